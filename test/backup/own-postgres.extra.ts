/**
 * Backup and restore of one's own PostgreSQL, with the lines and commands of docs/backup.md as they stand there: a base backup while people
 * write, WAL that is archived, and an instant in between. An extra, since PostgreSQL's own programs have to be there: npm run test:backup.
 */
import { execFile, spawnSync } from 'node:child_process';
import { appendFileSync, chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { withClient } from '../../packages/pg-client';
import { Database } from '../../src/database/connection/database';
import { deployMigrations } from '../../src/database/deployment/migrations';
import { createDatabaseSql, createRolesSql, databaseName, ownerRole, prepareDatabaseSql, serviceRole } from '../../src/database/deployment/roles'; // prettier-ignore
import { installWatch } from '../../src/database/deployment/watch';
import { projectRoot, readEnv } from '../../src/env';
import { checkpointFolder, Checkpoints } from '../../src/proof/checkpoints';
import { asNobody, freePort, postgresBinaries } from '../cluster/programs';
import { command } from '../support/command';
import { temporaryFolder } from '../support/temporary';
import { until } from '../support/until';

const PASSWORD = 'only-for-this-run';
const root = temporaryFolder();
const place = (name: string) => path.join(root, name);
/** Gives something to the user whom PostgreSQL runs as. */
const handOver = (name: string): void => {
  if (asNobody.uid !== undefined) chownSync(place(name), asNobody.uid, asNobody.gid);
};
handOver('.');

/** What the document has between two fences, each with the folders and the instant of this run. */
const blocks = [...readFileSync(path.join(projectRoot, 'docs/backup.md'), 'utf8').matchAll(/^```\w*\n([^]*?)^```$/gm)].map(([, text]) => text!); // prettier-ignore
const blockWith = (word: string, instant = ''): string =>
  blocks
    .find((text) => text.includes(word))!
    .replaceAll('/archive/', `${place('archive')}/`)
    .replaceAll('/backups/2026-11-30', place('backup'))
    .replaceAll('2026-11-30 08:00:00+00', instant);

let bin: string;
const running = promisify(execFile);
/** Runs one of PostgreSQL's programs, as the user whom it runs as. */
const postgres = (program: string, ...args: string[]): Promise<unknown> =>
  running(path.join(bin, program), args, {
    ...asNobody,
    cwd: root,
    env: { PATH: process.env.PATH, PGPASSWORD: PASSWORD },
  });
const started: string[] = [];
const urlOf = (port: number, user: string, database = databaseName) =>
  `postgresql://${user}:${PASSWORD}@127.0.0.1:${port}/${database}`;

/** Starts the cluster in a folder and waits until it has recovered. */
async function start(folder: string): Promise<number> {
  const port = await freePort();
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${root}`;
  await postgres('pg_ctl', 'start', '--wait', '--pgdata', folder, '--log', `${folder}.log`, '--options', options);
  started.push(folder);
  const isOver = () =>
    withClient(urlOf(port, 'postgres', 'postgres'), async (client) => {
      const { rows } = await client.query<{ yes: boolean }>('select not pg_is_in_recovery() as yes');
      return rows[0]!.yes;
    });
  await until('its recovery has ended', isOver, 120_000);
  return port;
}

let primary: number;
const settingsOf = (port: number) => ({
  DATABASE_URL: urlOf(port, serviceRole),
  DATABASE_OWNER_URL: urlOf(port, ownerRole),
  DATA_DIR: place('product'),
});
const acknowledged: string[] = [];
const addCycle = async (name: string): Promise<void> => {
  await withClient(urlOf(primary, ownerRole), (client) =>
    client.query('insert into cycles (cycle_id, name) values (gen_random_uuid(), $1)', [name]),
  );
  acknowledged.push(name);
};
const noteHeads = async (): Promise<void> => {
  const db = new Database({ url: urlOf(primary, serviceRole), poolSize: 4, statementTimeoutMs: 0 });
  await new Checkpoints(checkpointFolder(readEnv(settingsOf(primary)))).note(db).finally(() => db.close());
};

beforeAll(async () => {
  bin = postgresBinaries();
  for (const folder of ['archive', 'product']) mkdirSync(place(folder));
  handOver('archive');
  const data = place('data');
  writeFileSync(place('password'), PASSWORD);
  await postgres('initdb', '--pgdata', data, '--username=postgres', '--pwfile', place('password'), '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--data-checksums'); // prettier-ignore
  appendFileSync(path.join(data, 'postgresql.conf'), blockWith('archive_command'));
  primary = await start(data);
  await withClient(urlOf(primary, 'postgres', 'postgres'), async (client) => {
    await client.query(createRolesSql(PASSWORD, PASSWORD));
    await client.query(createDatabaseSql());
  });
  await withClient(urlOf(primary, 'postgres'), (client) => client.query(prepareDatabaseSql()));
  await deployMigrations(urlOf(primary, ownerRole));
  await installWatch(urlOf(primary, 'postgres'));
});
afterAll(() => {
  for (const folder of started) spawnSync(path.join(bin, 'pg_ctl'), ['stop', '--mode=immediate', '--pgdata', folder], asNobody); // prettier-ignore
});

test('a base backup under load, and archived WAL, bring it to an instant; the log is right, and what is missing is said', async () => {
  await addCycle('first');
  let isOver = false;
  const writer = async (who: number) => {
    for (let n = 0; !isOver; n++) await addCycle(`during ${who} ${n}`);
  };
  const writing = [1, 2, 3].map(writer);
  try {
    const before = acknowledged.length;
    await until('people write', () => acknowledged.length > before + 3, 60_000);
    for (const line of blockWith('pg_basebackup').split('\n').filter(Boolean)) {
      const [program, ...args] = line.replace(/ +#.*/, '').split(' ');
      const at = program === 'pg_basebackup' ? ['--host=127.0.0.1', `--port=${primary}`, '--username=postgres'] : [];
      await postgres(program!, ...args, ...at);
    }
  } finally {
    isOver = true;
    await Promise.all(writing);
  }

  await addCycle('before the mistake');
  const wanted = [...acknowledged];
  // The instant of PostgreSQL's clock, between two commits of others.
  const instant = await withClient(urlOf(primary, 'postgres'), async (client) => {
    const { rows } = await client.query<{ at: string }>(`select pg_sleep(0.02), clock_timestamp()::text as at, pg_sleep(0.02)`); // prettier-ignore
    return rows[0]!.at;
  });
  await addCycle('the mistake');
  await noteHeads();
  const { last } = await withClient(urlOf(primary, 'postgres'), async (client) => {
    const { rows } = await client.query<{ last: string }>('select pg_walfile_name(pg_switch_wal()) as last');
    return rows[0]!;
  });
  await until('the WAL is archived', () => readdirSync(place('archive')).includes(last), 120_000);

  const restored = place('backup');
  appendFileSync(path.join(restored, 'postgresql.auto.conf'), blockWith('recovery_target_time', instant));
  writeFileSync(path.join(restored, 'recovery.signal'), '');
  handOver('backup/recovery.signal');
  const port = await start(restored);
  const names = await withClient(urlOf(port, ownerRole), async (client) => {
    const { rows } = await client.query<{ name: string }>('select name from cycles');
    return rows.map(({ name }) => name);
  });
  expect(names.sort()).toEqual(wanted.sort());

  // Every chain is recomputed, and what a checkpoint covers and is gone is named.
  const verified = await command('verify', [], settingsOf(port));
  expect([verified.code, verified.out]).toEqual([1, expect.stringMatching(/^BROKEN .*checkpoint/m)]);
  expect(verified.out).toMatch(/^ok +catalogue/m);
  const elsewhere = { ...settingsOf(port), CHECKPOINT_DIR: place('no-checkpoints') };
  expect((await command('verify', [], elsewhere)).code).toBe(0);
  const examined = await command('doctor', ['--json'], settingsOf(port));
  const { findings } = JSON.parse(examined.out) as { findings: { check: string; severity: string }[] };
  expect(findings.filter(({ severity }) => severity === 'error').map(({ check }) => check)).toEqual(['log behind checkpoints']); // prettier-ignore
});
