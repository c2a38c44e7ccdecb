/** What the doctor finds: nothing in a database that is as it should be, and each of these misconfigurations by its name. */
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { withClient } from '../../packages/pg-client';
import { Database } from '../../src/database/connection/database';
import { openEmbedded, type EmbeddedDatabase } from '../../src/database/deployment/embedded';
import { deployMigrations } from '../../src/database/deployment/migrations';
import { installWatch } from '../../src/database/deployment/watch';
import { examine, type Examination } from '../../src/doctor/examine';
import type { Finding } from '../../src/doctor/finding';
import { readEnv } from '../../src/env';
import { checkpointFolder, Checkpoints } from '../../src/proof/checkpoints';
import { command } from '../support/command';
import { setHead } from '../support/log';
import { temporaryFolder } from '../support/temporary';
import { until } from '../support/until';
import { demandConfirmation } from '../support/standby';

const folder = temporaryFolder();
const settings = { DATA_DIR: folder, NODE_ENV: 'test' };
const reference = '00000000-0000-0000-0000-000000000000';
let opened: EmbeddedDatabase;
let firstCheckpoints: string;
/** Whatever the database is set to at the moment. */
const superuserUrl = () =>
  `${opened.superuserUrl}&options=${encodeURIComponent('-c default_transaction_read_only=off')}`;
const superuser = (sql: string) => withClient(superuserUrl(), (client) => client.query(sql));
/** What a statement says in its one column. */
const told = async (expression: string): Promise<string> =>
  ((await superuser(`select (${expression})::text as said`)).rows[0] as { said: string }).said;

beforeAll(async () => {
  jest.spyOn(console, 'error').mockReturnValue(); // it says that it makes a database
  // With all care for durability: that is what is looked at.
  opened = await openEmbedded(folder);
  await deployMigrations(opened.ownerUrl);
  await installWatch(opened.superuserUrl);
  await superuser(`insert into cycles (cycle_id, name) values (gen_random_uuid(), 'Noted')`);
  const db = new Database({ url: opened.serviceUrl, poolSize: 4, statementTimeoutMs: 0 });
  await new Checkpoints(checkpointFolder(readEnv(settings))).note(db).finally(() => db.close());
  firstCheckpoints = readFileSync(noted(), 'utf8');
});
afterAll(async () => {
  await opened.close();
  rmSync(opened.cluster, { recursive: true, force: true });
});

const noted = () => path.join(checkpointFolder(readEnv(settings)), 'checkpoints.jsonl');
const look = (more: Record<string, string> = {}, examination: Examination = {}) =>
  examine(readEnv({ ...settings, ...more }), opened, examination);

/** The same server as somebody's own: by its addresses, with settings of its own. */
const asOwn = (more: Record<string, string>, over: Partial<{ serviceUrl: string }> = {}) =>
  examine(readEnv({ ...settings, DATABASE_URL: opened.serviceUrl, DATABASE_OWNER_URL: opened.ownerUrl, ...more }), {
    ...opened,
    ...over,
  });

test('a database that is as it should be has no findings, and the command says so', async () => {
  expect(await look()).toEqual([]);
  const { code, out, err } = await command('doctor', ['--json'], settings);
  expect([code, JSON.parse(out), err]).toEqual([0, { healthy: true, findings: [] }, '']);
});

type Seed = readonly [check: string, seed: string, undo: string];
const setting = (name: string, value: string): Seed => [
  `setting ${name}`,
  `alter database phaseledger set ${name} = '${value}'`,
  `alter database phaseledger reset ${name}`,
];
const system = (name: string, value: string): Seed => [
  `setting ${name}`,
  `alter system set ${name} = '${value}'; select pg_reload_conf()`,
  `alter system reset ${name}; select pg_reload_conf()`,
];
const service = (check: string, change: string, undo: string): Seed => [
  check,
  `alter role phaseledger_service ${change}`,
  `alter role phaseledger_service ${undo}`,
];
/** The n-th migration, in their order. */
const nth = (n: number) =>
  `migration_name = (select migration_name from kept_migrations order by 1 offset ${n - 1} limit 1)`;
const migration = (state: string, seed: string): Seed => [`migration ${state}`, seed, ''];

const seeds: readonly Seed[] = [
  system('fsync', 'off'),
  system('full_page_writes', 'off'),
  system('autovacuum', 'off'),
  setting('synchronous_commit', 'off'),
  setting('zero_damaged_pages', 'on'),
  setting('ignore_checksum_failure', 'on'),
  setting('default_transaction_read_only', 'on'),
  setting('session_replication_role', 'replica'),
  setting('track_counts', 'off'),
  setting('default_transaction_isolation', 'serializable'),
  setting('TimeZone', 'Europe/Zurich'),
  setting('password_encryption', 'md5'),
  setting('log_statement', 'all'),
  service('role rights', 'createrole', 'nocreaterole'),
  service('role expiry', `valid until '${new Date(Date.now() + 86_400_000).toISOString()}'`, `valid until 'infinity'`),
  service('role connection limit', 'connection limit 6', 'connection limit -1'),
  ['role membership', 'grant pg_read_all_data to phaseledger_service', 'revoke pg_read_all_data from phaseledger_service'], // prettier-ignore
  ['role owner', 'alter role phaseledger_owner superuser', 'alter role phaseledger_owner nosuperuser'],
  ['grant connect', 'grant connect on database phaseledger to public', 'revoke connect on database phaseledger from public'], // prettier-ignore
  ['grant create', 'grant create on schema public to public', 'revoke create on schema public from public'],
  ['grant superusers', 'create role second superuser login', 'drop role second'],
  ['replication slot', `select pg_create_physical_replication_slot('left', true)`, `select pg_drop_replication_slot('left')`], // prettier-ignore
  ['index invalid', `update pg_index set indisvalid = false where indexrelid = 'phase_version_pkey'::regclass`, `update pg_index set indisvalid = true where indexrelid = 'phase_version_pkey'::regclass`], // prettier-ignore
  ['catalogue', 'alter table lobs disable trigger a_capture_delete', 'alter table lobs enable always trigger a_capture_delete'], // prettier-ignore
  migration('pending', `delete from _prisma_migrations where ${nth(2)}`),
  migration('failed', `update _prisma_migrations set finished_at = null where ${nth(3)}`),
  migration('edited', `update _prisma_migrations set checksum = 'another' where ${nth(4)}`),
  migration('unknown', `update _prisma_migrations set migration_name = '29991231235959_later' where ${nth(5)}`),
];

/** ALTER SYSTEM runs in no transaction, and two statements at once are one. */
async function run(statements: readonly string[]): Promise<void> {
  for (const sql of statements.filter(Boolean))
    for (const each of sql.includes('alter system') ? sql.split('; ') : [sql]) await superuser(each);
  // Until the server has read its settings: a new session begins with those that it has.
  const since = await told('pg_conf_load_time()');
  await superuser('select pg_reload_conf()');
  await until('the settings are read', async () => (await told('pg_conf_load_time()')) !== since);
}

describe('misconfigured in every way at once', () => {
  let found: Finding[];
  beforeAll(async () => {
    await superuser('create table kept_migrations as table _prisma_migrations');
    await run(seeds.map(([, seed]) => seed));
    found = await look();
    await run(seeds.map(([, , undo]) => undo));
    await superuser(`delete from _prisma_migrations; insert into _prisma_migrations table kept_migrations; drop table kept_migrations`); // prettier-ignore
  });

  test.each(seeds)('%s is found, and it is said what to do', (check) => {
    const those = found.filter((finding) => finding.check === check);
    expect(those.length).toBeGreaterThan(0);
    for (const { problem, advice } of those) {
      expect(problem).toMatch(/\.$/);
      expect(advice).toMatch(/\.$/);
    }
  });

  test('mended, it is healthy again', async () => {
    expect(await look()).toEqual([]);
  });
});

test('what goes on: sessions that do nothing, wait or take long, and tables that nobody vacuums', async () => {
  const clients = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const client = new pg.Client({ connectionString: superuserUrl() });
      client.on('error', () => undefined);
      await client.connect();
      return client;
    }),
  );
  const [open, waiting, slow] = clients as [pg.Client, pg.Client, pg.Client];
  try {
    await open.query('begin; lock table lobs in access exclusive mode');
    const running = [waiting.query('select count(*) from lobs'), slow.query('select pg_sleep(60)')];
    for (const each of running) each.catch(() => undefined);
    await superuser(`create table bloated with (autovacuum_enabled = off) as select g as n from generate_series(1, 30000) g;
      delete from bloated where n <= 20000`);
    await superuser(`insert into bloated select generate_series(1, 5000); select pg_stat_force_next_flush()`);
    const waits = `select count(*) from pg_stat_activity where wait_event = 'PgSleep' or wait_event_type = 'Lock'`;
    await until('they wait', async () => Number(await told(waits)) >= 2);
    const zero = { idleInTransactionSeconds: 0, statementSeconds: 0, lockSeconds: 0, unusedHours: 0, deadRows: 1_000 };
    const checks = new Set((await look({}, { thresholds: zero })).map(({ check }) => check));
    expect([...checks].sort()).toEqual(
      expect.arrayContaining(['session idle in transaction', 'session slow statement', 'session unused', 'session waiting', 'table bloat', 'table statistics']), // prettier-ignore
    );
  } finally {
    await superuser(
      `select pg_terminate_backend(pid) from pg_stat_activity where pid = any(array[${clients.map((client) => (client as unknown as { processID: number }).processID).join()}])`,
    );
    for (const client of clients) await client.end().catch(() => undefined);
    await superuser('drop table bloated');
  }
});

test('clock and disk, by what they are held against', async () => {
  const far = await look({}, { now: () => Date.now() + 3_600_000 });
  expect(far.map(({ check }) => check)).toEqual(['clock']);
  const full = await look({}, { thresholds: { minFreeBytes: Number.MAX_SAFE_INTEGER } });
  expect(new Set(full.map(({ check }) => check))).toEqual(new Set(['disk']));
});

test('commits that wait for standbys of which none is there', async () => {
  const here = { sql: async <Row extends object>(_: unknown, sql: string) => (await superuser(sql)).rows as Row[] };
  await demandConfirmation(here, 'nobody');
  expect((await look()).map(({ check }) => check)).toEqual(['standby unconfirming']);
  await demandConfirmation(here, '');
});

test('the log against what was noted: put back, rewritten, tampered with, not noted any more, ahead of its time', async () => {
  const checksNow = async (examination: Examination = {}) => (await look({}, examination)).map(({ check }) => check);
  const head = () =>
    withClient(superuserUrl(), async (client) => {
      const { rows } = await client.query<{ committed_at: Date }>(`select committed_at from log.stream where stream_id = '${reference}'`); // prettier-ignore
      return rows[0]!.committed_at.toISOString();
    });
  const before = await head();
  await withClient(superuserUrl(), (client) => setHead(client, reference, `committed_at = '2999-01-01T00:00:00Z'`));
  expect(await checksNow()).toEqual(expect.arrayContaining(['log clock']));
  await withClient(superuserUrl(), (client) => setHead(client, reference, `committed_at = '${before}'`));

  // A commit that was noted, and is gone after a restore.
  const db = new Database({ url: opened.serviceUrl, poolSize: 4, statementTimeoutMs: 0 });
  await superuser(`insert into cycles (cycle_id, name) values (gen_random_uuid(), 'Later')`);
  expect(await checksNow({ thresholds: { checkpointHours: 0 } })).toContain('checkpoints');
  await new Checkpoints(checkpointFolder(readEnv(settings))).note(db).finally(() => db.close());
  const later = readFileSync(noted(), 'utf8');
  expect(later.length).toBeGreaterThan(firstCheckpoints.length);
  const { sequence } = JSON.parse(later.trim().split('\n').at(-1)!) as { sequence: number };
  await superuser(`alter table log.change_set disable trigger user; create table kept_commits as
      select * from log.change_set where stream_id = '${reference}' and sequence = ${sequence};
    delete from log.change_set where stream_id = '${reference}' and sequence = ${sequence}`);
  expect(await checksNow()).toContain('log behind checkpoints');
  await superuser(`update kept_commits set hash = '\\x00'; insert into log.change_set select * from kept_commits`);
  expect(await checksNow()).toContain('log differs from checkpoints');
  appendFileSync(noted(), '{}\n');
  expect(await checksNow()).toContain('checkpoints broken');
  writeFileSync(noted(), later);
});

test('an archive whose file is not where it was', async () => {
  await superuser(`with c as (insert into cycles (cycle_id, name) values (gen_random_uuid(), 'Archived') returning cycle_id),
      r as (insert into reports (report_id, name, number) values (gen_random_uuid(), 'Archived', 'AR-1') returning report_id)
    insert into workflows (workflow_id, cycle_id, report_id) select gen_random_uuid(), cycle_id, report_id from c, r`);
  await superuser(`insert into versioning_metrics (metric_id, stream_id, phase, metric_type, metric_value, calculated_at)
    select gen_random_uuid(), workflow_id, 'SCOPING', 'REVISION_COUNT', 1, now() from workflows`);
  await superuser(`insert into log_archives (workflow_id, sequence, hash, file, sha256, bytes, archived_at)
    select stream_id, sequence, encode(hash, 'hex'), 'log-x.jsonl', 'x', 3, now() from log.change_set where stream_id <> '${reference}'`);
  const found = async () => (await look({ ARCHIVE_DIR: folder })).filter(({ check }) => check === 'archive');
  expect(await found()).toMatchObject([{ severity: 'error', problem: expect.stringContaining('is not in') }]);
  writeFileSync(path.join(folder, 'log-x.jsonl'), 'four');
  expect(await found()).toMatchObject([{ problem: expect.stringContaining('4 bytes; it was written with 3') }]);
  writeFileSync(path.join(folder, 'log-x.jsonl'), 'all');
  expect(await found()).toEqual([]);
  await superuser('delete from log_archives');
});

test("somebody's own server: what its variables say together", async () => {
  const remote = 'postgresql://phaseledger_service:x@db.example:5432/phaseledger';
  const checks = async (...given: Parameters<typeof asOwn>) => (await asOwn(...given)).map(({ check }) => check);
  expect(await checks({ NODE_ENV: 'production', COST_PER_MINUTE: '0', DEMO: 'on', CHECKPOINT_SECONDS: '0', STATEMENT_TIMEOUT_MS: '0' })).toEqual(
    expect.arrayContaining(['configuration unlimited', 'configuration demo', 'configuration checkpoints', 'configuration statement timeout', 'configuration shared secret']),
  ); // prettier-ignore
  expect(await checks({ DATABASE_URL: remote })).toEqual(expect.arrayContaining(['configuration unencrypted', 'configuration two databases'])); // prettier-ignore
  expect(await checks({ DATABASE_URL: opened.ownerUrl })).toContain('configuration one role');
  expect(await checks({ NODE_ENV: 'development' })).toContain('configuration development');
  expect(await checks({ DATABASE_POOL_SIZE: '1000' })).toContain('configuration pool size');
  expect(await checks({}, { serviceUrl: opened.serviceUrl.replace(/:[^:@]+@/, ':wrong@') })).toContain('database unreachable'); // prettier-ignore
});

test('settings that are wrong are findings as well, one each, and end with the exit code of a configuration', async () => {
  const { code, out } = await command('doctor', ['--json'], { ...settings, PORT: 'x', MAX_COST: '0' });
  expect(code).toBe(78);
  expect((JSON.parse(out) as { findings: { problem: string }[] }).findings.map(({ problem }) => problem)).toEqual([
    expect.stringMatching(/^PORT must be /),
    expect.stringMatching(/^MAX_COST must be /),
  ]);
  const spoken = await command('doctor', [], { ...settings, STATEMENT_TIMEOUT_MS: '0' });
  expect(spoken.out).toMatch(/^WARNING +configuration statement timeout: /m);
});
