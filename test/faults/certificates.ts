/** Certificates for a PostgreSQL, by authorities of their own, where openssl is installed. */
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withClient } from '../../packages/pg-client';
import { until } from '../support/until';
import { temporaryFolder } from '../support/temporary';

const folder = temporaryFolder();
const openssl = (...args: readonly string[]): void => {
  const { status, stderr } = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`openssl ${args.join(' ')}: ${stderr}`);
};

export const canMakeCertificates = (): boolean => spawnSync('openssl', ['version']).status === 0;

/** Who signs certificates; returns its own. */
export function makeAuthority(name: string): string {
  openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.crt`); // prettier-ignore
  return path.join(folder, `${name}.crt`);
}

/** Gives a PostgreSQL another certificate for localhost, and ends the sessions that have seen the one before. */
export async function giveCertificate(authority: string, cluster: string, superuserUrl: string): Promise<void> {
  openssl('req', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=localhost', '-keyout', 'server.key', '-out', 'server.csr'); // prettier-ignore
  writeFileSync(path.join(folder, 'names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  openssl('x509', '-req', '-in', 'server.csr', '-CA', `${authority}.crt`, '-CAkey', `${authority}.key`, '-CAcreateserial', '-days', '2', '-extfile', 'names', '-out', 'server.crt'); // prettier-ignore
  const { uid, gid } = statSync(cluster);
  for (const name of ['server.key', 'server.crt']) {
    const file = path.join(cluster, name);
    spawnSync('cp', [path.join(folder, name), file]);
    chownSync(file, uid, gid);
    chmodSync(file, 0o600);
  }
  await withClient(superuserUrl, async (client) => {
    await client.query('alter system set ssl = on');
    const { before } = (await client.query<{ before: string }>('select pg_conf_load_time()::text as before')).rows[0]!;
    await client.query('select pg_reload_conf()');
    await until('the certificate is read', () =>
      // A new session begins with what the server has read.
      withClient(superuserUrl, async (other) => {
        const { rows } = await other.query<{ now: string }>('select pg_conf_load_time()::text as now');
        return rows[0]!.now !== before;
      }),
    );
    await client.query("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'phaseledger_service'");
  });
}
