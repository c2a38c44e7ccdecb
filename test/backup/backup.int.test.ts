/** Backups of the embedded database: under load, restored elsewhere and to an instant; damaged, and onto a disk that is full. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { noRoom } from '../../packages/embedded-postgres/backup';
import { withClient } from '../../packages/pg-client';
import { Database } from '../../src/database/connection/database';
import { openEmbedded, type EmbeddedDatabase } from '../../src/database/deployment/embedded';
import { deployMigrations } from '../../src/database/deployment/migrations';
import { checkpointFolder, Checkpoints } from '../../src/proof/checkpoints';
import { readEnv } from '../../src/env';
import { command } from '../support/command';
import { temporaryFolder } from '../support/temporary';

const root = temporaryFolder();
const place = (name: string) => path.join(root, name);
const dataDir = place('data');
const [base, wal] = [place('base'), place('wal')];
let opened: EmbeddedDatabase;
/** What was acknowledged, with when, by PostgreSQL's clock. */
const acknowledged: { name: string; at: Date }[] = [];
let holdsUntil: Date;

const settingsOf = (folder: string) => ({ DATA_DIR: folder });
const addCycle = async (name: string) => {
  const { rows } = await withClient(opened.ownerUrl, async (client) => {
    await client.query(`insert into cycles (cycle_id, name) values (gen_random_uuid(), $1)`, [name]);
    return client.query<{ at: Date }>('select clock_timestamp() as at');
  });
  acknowledged.push({ name, at: rows[0]!.at });
};
const noteHeads = async () => {
  const db = new Database({ url: opened.serviceUrl, poolSize: 4, statementTimeoutMs: 0 });
  await new Checkpoints(checkpointFolder(readEnv(settingsOf(dataDir)))).note(db).finally(() => db.close());
};
/** The names that a restored database has. */
async function namesIn(folder: string): Promise<Set<string>> {
  const restored = await openEmbedded(folder, { volatile: true });
  try {
    return await withClient(restored.ownerUrl, async (client) => {
      const { rows } = await client.query<{ name: string }>('select name from cycles');
      return new Set(rows.map(({ name }) => name));
    });
  } finally {
    await restored.close();
  }
}
const missingIn = (names: ReadonlySet<string>, until: Date) =>
  acknowledged.filter(({ name, at }) => at <= until && !names.has(name));

beforeAll(async () => {
  jest.spyOn(console, 'error').mockReturnValue();
  mkdirSync(dataDir);
  opened = await openEmbedded(dataDir, { volatile: false });
  await deployMigrations(opened.ownerUrl);
  expect((await command('backup', ['wal', wal], settingsOf(dataDir))).code).toBe(0);
  await addCycle('first');
  await noteHeads();
  // Under load: people write from before the backup begins until after it has ended.
  let isOver = false;
  const writer = async (who: number) => {
    for (let n = 0; !isOver; n++) await addCycle(`during ${who} ${n}`);
  };
  const writing = [1, 2, 3].map(writer);
  const { code, out } = await command('backup', [base], settingsOf(dataDir)).finally(() => (isOver = true));
  await Promise.all(writing);
  expect([code, out]).toEqual([0, expect.stringMatching(/files, .* MB, as of \d{4}-/)]);
  holdsUntil = new Date(
    (JSON.parse(readFileSync(path.join(base, 'backup-manifest.json'), 'utf8')) as { holdsUntil: string }).holdsUntil,
  );
});
afterAll(() => opened.close());

test('restored elsewhere it has everything that was acknowledged by the instant that it names, and its log is right', async () => {
  const { code, out, err } = await command('restore', [base], settingsOf(place('elsewhere')));
  expect([code, err.replace(/.*Creating.*\n/, '')]).toEqual([0, '']);
  expect(out).toContain('ok      every chain was recomputed.');
  expect(out).toContain('ok      the log has everything that the checkpoints cover.');
  const started = new Date(
    (JSON.parse(readFileSync(path.join(base, 'backup-manifest.json'), 'utf8')) as { startedAt: string }).startedAt,
  );
  expect(acknowledged.filter(({ at }) => at > started && at <= holdsUntil).length).toBeGreaterThan(3);
  expect(missingIn(await namesIn(place('elsewhere')), holdsUntil)).toEqual([]);
});

test('with WAL that was kept since it is brought to an instant: what was before is there, what came after is not, and that is said', async () => {
  await addCycle('before the mistake');
  await sleep(20);
  const instant = new Date();
  await sleep(20);
  await addCycle('the mistake');
  await noteHeads();
  expect((await command('backup', ['wal', wal], settingsOf(dataDir))).code).toBe(0);
  const there = place('instant');
  cpSync(checkpointFolder(readEnv(settingsOf(dataDir))), path.join(there, 'checkpoints'), { recursive: true });
  const { code, out, err } = await command(
    'restore',
    [base, '--wal', wal, '--to', instant.toISOString()],
    settingsOf(there),
  );
  expect([err.replace(/.*Creating.*\n/, ''), out]).toEqual([
    '',
    expect.stringContaining('ok      every chain was recomputed.'),
  ]);
  expect(out).toMatch(/^PAST .* ends before commit \d+, which a checkpoint covers\.$/m);
  expect(code).toBe(1);
  const names = await namesIn(there);
  expect([names.has('before the mistake'), names.has('the mistake')]).toEqual([true, false]);
  expect(missingIn(names, instant)).toEqual([]);

  const whole = place('whole');
  expect((await command('restore', [base, '--wal', wal], settingsOf(whole))).code).toBe(0);
  expect(missingIn(await namesIn(whole), new Date())).toEqual([]);

  const early = await command('restore', [base, '--to', '2020-01-01T00:00:00Z'], settingsOf(place('early')));
  expect([early.code, early.err]).toEqual([
    78,
    expect.stringContaining('cannot be restored to 2020-01-01T00:00:00.000Z'),
  ]);
});

test('a backup of which one file was changed, or is missing, or that was not finished, is refused, and nothing is left of it', async () => {
  const damaged = place('damaged');
  cpSync(base, damaged, { recursive: true });
  const largest = path.join(damaged, 'postgres', 'base');
  const [file] = (readdirSync(largest, { recursive: true }) as string[]).filter((name) => /\d+\/\d+$/.test(name));
  appendFileSync(path.join(largest, file!), 'x');
  rmSync(path.join(damaged, 'postgres', 'backup_label'));
  const target = place('from-damaged');
  const { code, err } = await command('restore', [damaged], settingsOf(target));
  expect(code).toBe(78);
  expect(err).toContain(`postgres/base/${file} was changed`);
  expect(err).toContain('postgres/backup_label is missing');
  expect(existsSync(path.join(target, 'postgres'))).toBe(false);
  rmSync(path.join(damaged, 'backup-manifest.json'));
  expect((await command('restore', [damaged], settingsOf(target))).err).toContain('is no backup that was finished');
});

test('neither a backup nor a restore writes over what is there', async () => {
  expect((await command('backup', [base], settingsOf(dataDir))).err).toContain('is there already');
  expect((await command('restore', [base], settingsOf(dataDir))).err).toContain('There is a database in');
});

test('what was archived is in a backup of later; one of before, brought to a later instant, says which file is missing', async () => {
  await withClient(opened.ownerUrl, (client) =>
    client.query(`with c as (insert into cycles (cycle_id, name) values (gen_random_uuid(), 'Archived') returning cycle_id),
        r as (insert into reports (report_id, name, number) values (gen_random_uuid(), 'Archived', 'AR-1') returning report_id)
      insert into workflows (workflow_id, cycle_id, report_id) select gen_random_uuid(), cycle_id, report_id from c, r`),
  );
  await withClient(opened.ownerUrl, (client) =>
    client.query(`insert into versioning_metrics (metric_id, stream_id, phase, metric_type, metric_value, calculated_at)
      select gen_random_uuid(), workflow_id, 'SCOPING', 'REVISION_COUNT', 1, now() from workflows`),
  );
  const archiving = await command('archive-log', ['--before', '2999-01-01', '--reason', 'Old'], settingsOf(dataDir));
  expect(archiving.code).toBe(0);
  const [file] = readdirSync(path.join(dataDir, 'archives'));
  const later = place('later');
  for (const asked of [[later], ['wal', wal]])
    expect((await command('backup', asked, settingsOf(dataDir))).code).toBe(0);

  const there = place('with-archives');
  const { code, out } = await command('restore', [later], settingsOf(there));
  expect([code, out]).toEqual([0, expect.stringContaining('ok      every chain was recomputed.')]);
  const restored = readFileSync(path.join(there, 'archives', file!));
  expect(restored.equals(readFileSync(path.join(dataDir, 'archives', file!)))).toBe(true);

  const without = await command('restore', [base, '--wal', wal], settingsOf(place('without-archives')));
  expect([without.code, without.out]).toEqual([1, expect.stringMatching(new RegExp(`^MISSING ${file!}`, 'm'))]);
});

test('onto a disk that is full: it is said, and nothing is left behind', async () => {
  const small = place('small');
  mkdirSync(small);
  chmodSync(small, 0o755);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', small], { stdio: 'ignore' });
  } catch {
    // Where nobody may mount, what a full disk says is put into words all the same.
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    expect(String(noRoom(full, small))).toContain('is full');
    return;
  }
  try {
    const backup = await command('backup', [path.join(small, 'backup')], settingsOf(dataDir));
    expect([backup.code, backup.err]).toEqual([78, expect.stringContaining('is full')]);
    expect(readdirSync(small)).toEqual([]);
    const restore = await command('restore', [base], settingsOf(path.join(small, 'data')));
    expect([restore.code, restore.err]).toEqual([78, expect.stringContaining('is full')]);
    expect(existsSync(path.join(small, 'data', 'postgres'))).toBe(false);
  } finally {
    execFileSync('umount', [small]);
  }
});
