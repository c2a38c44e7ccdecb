/** Programs that not every machine has, for tests that are extras. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';

/** Ends with words where a program is missing. */
export function demandPrograms(programs: Readonly<Record<string, string>>): void {
  const missing = Object.entries(programs).filter(([program]) => spawnSync('which', [program]).status !== 0);
  if (missing.length > 0)
    throw new Error(
      `${missing.map(([program]) => program).join(', ')} cannot be found. On Debian: apt-get install ${[...new Set(missing.map(([, debian]) => debian))].join(' ')}`,
    );
}

/** As root, servers that refuse to be root’s run as nobody. */
export const asNobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** Where Debian has the programs of PostgreSQL, of the newest that is there. */
export function postgresBinaries(): string {
  const place = '/usr/lib/postgresql';
  const versions = existsSync(place) ? readdirSync(place) : [];
  const found = versions
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => path.join(place, version, 'bin'))
    .find((bin) => existsSync(path.join(bin, 'pg_rewind')));
  if (!found)
    throw new Error('There is no PostgreSQL below /usr/lib/postgresql. On Debian: apt-get install postgresql');
  return found;
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
