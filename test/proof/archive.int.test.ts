/**
 * What old commits changed goes into a file and comes back. On either side of the border, and on the way, nobody is told anything but
 * the truth: the past is answered as it was, or refused by name; the log verifies, and says what could not be recomputed.
 */
import fs, { appendFileSync, copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type pg from 'pg';
import { commitCount } from '../../src/cli/streams';
import { readHead } from '../../src/database/log/log-reader';
import { withArchiveLock, archivable, archiveFault, archiveLog, restoreArchive } from '../../src/proof/archive';
import { dbOn } from '../../src/database/connection/statements';
import { archiveOf, archiveRecords } from '../../src/proof/archives';
import { exportLog, verifyFile } from '../../src/proof/log-file';
import { rebuild } from '../../src/proof/rebuild';
import { verifyStream, type Verification } from '../../src/proof/verify';
import { buildVersion } from '../support/builders';
import { command } from '../support/command';
import { insertRows, loggedCommits, rawAttribute, rawVersion, transaction, type RecordedCommit } from '../support/log';
import { temporaryFolder } from '../support/temporary';
import { aud, workflow, World } from '../support/world';

const { workflowId, cycleId, reportId } = workflow;
const folder = path.join(temporaryFolder(), 'archives');
let world: World;
let draft: ReturnType<typeof rawVersion>;
let item: ReturnType<typeof rawAttribute>;
/** The log as it was before anything was taken out of it. */
let original: RecordedCommit[];
/** The commits by which the item got its three labels. */
const labelled: number[] = [];
/** What the past was like after each commit, before anything was archived. */
const items = new Map<number, unknown>();
const versions = new Map<number, unknown>();
let border: number;
let end: number;

const owner = <T>(work: (client: pg.Client) => Promise<T>): Promise<T> => world.session('owner', work);
const inPast = (sequence: number, table: string) =>
  world.db.queryPast({ sequences: JSON.stringify({ [workflowId]: sequence }), supplement: null }, `select * from ${table} order by 1`); // prettier-ignore
const last = () => commitCount(world.db, workflowId);
const verified = (archive?: string): Promise<Verification> =>
  world.db.snapshot((tx) => verifyStream(tx, workflowId, { ...(archive !== undefined && { archive }) }));
const archivedFile = async () => path.join(folder, (await archiveOf(world.db, workflowId))!.file);
const hash = (sequence: number) => original.find((commit) => commit.sequence === sequence)!.hash;
const archiveUpTo = (sequence: number, client: pg.Client) =>
  archiveLog(
    workflowId,
    { sequence, hash: hash(sequence), committedAt: original.find((one) => one.sequence === sequence)!.committedAt },
    { client, db: world.db, folder, reason: 'Older than the bank keeps at hand', checkpointHeads: new Map() },
  );
const restore = (file: string) =>
  owner((client) =>
    restoreArchive(file, { client, db: world.db, reason: 'An auditor asks', checkpointHeads: new Map() }),
  );
const logged = () => owner((client) => loggedCommits(client, workflowId));

beforeAll(async () => {
  world = await World.create();
  await buildVersion(world, { phase: 'SCOPING', status: 'APPROVED', items: 2 });
  draft = rawVersion({ version_number: 2 });
  item = rawAttribute(draft, {
    label: 'first',
    attribute_data: { 'ä"\\\u2028': [null, 1.1, '": null'], nothing: null },
  });
  await owner((client) =>
    transaction(client, async () => {
      await insertRows(client, 'phase_version', [draft]);
      await insertRows(client, 'attribute_decisions', [item, rawAttribute(draft)]);
    }),
  );
  labelled.push(await last());
  for (const label of ['second', 'third']) {
    await world.sql('owner', 'update attribute_decisions set label = $2 where item_id = $1', [item.item_id, label]);
    labelled.push(await last());
  }
  await world.sql('owner', 'update phase_version set revision = 2 where version_id = $1', [draft.version_id]);
  [, border] = labelled as [number, number];
  end = await last();
  original = await logged();
  for (let sequence = 0; sequence <= end; sequence++) {
    items.set(sequence, await inPast(sequence, 'attribute_decisions'));
    versions.set(sequence, await inPast(sequence, 'phase_version'));
  }
});
afterAll(() => world.destroy());

describe('before anything is archived', () => {
  test('nothing of it can be taken, by nobody', async () => {
    const taking = `update log.row_change set before = null, after = null, before_digest = log.image_digest(before),
      after_digest = log.image_digest(after) where stream_id = $1 and sequence = 1`;
    await expect(world.sql('owner', taking, [workflowId])).rejects.toMatchObject({ code: 'PL002' });
    await expect(world.sql('service', taking, [workflowId])).rejects.toMatchObject({ code: '42501' });
    await expect(world.sql('owner', 'select log.take_images($1, 1, 1)', [workflowId])).rejects.toMatchObject({ code: 'PL002' }); // prettier-ignore
    await expect(world.sql('service', 'select log.take_images($1, 1, 1)', [workflowId])).rejects.toMatchObject({ code: '42501' }); // prettier-ignore
  });

  test('an archive is noted only with a commit of the workflow at its end', async () => {
    const noting = `insert into log_archives (workflow_id, sequence, hash, file, sha256, bytes) values ($1, $2, $3, 'f', 's', 1)`;
    await expect(world.sql('owner', noting, [workflowId, 2, hash(1)])).rejects.toMatchObject({ code: 'PL002' });
    await expect(world.sql('service', noting, [workflowId, 1, hash(1)])).rejects.toMatchObject({ code: '42501' });
  });

  test('there is something to take before an instant, and nothing of the reference data or of the time before its first commit', async () => {
    const [first] = original;
    const found = await world.db.snapshot((tx) => archivable(tx, workflowId, new Date(Date.parse(original[border]!.committedAt)))); // prettier-ignore
    expect(found?.last).toMatchObject({ sequence: border, hash: hash(border) });
    expect(await world.db.snapshot((tx) => archivable(tx, workflowId, new Date(first!.committedAt)))).toBeNull();
    const reference = '00000000-0000-0000-0000-000000000000';
    expect(await world.db.snapshot((tx) => archivable(tx, reference, new Date()))).toBeNull();
  });
});

describe('once it is archived', () => {
  let rows: number;

  test('whoever writes to the workflow at the same time is not waited for, and keeps nobody waiting', async () => {
    await owner(async (writer) => {
      await transaction(writer, async () => {
        await writer.query('update attribute_decisions set label = $2 where item_id = $1', [item.item_id, 'fourth']);
        ({ rows } = await owner((client) => archiveUpTo(border, client)));
      });
    });
    expect(rows).toBeGreaterThan(4);
    expect(await last()).toBe(end + 1);
    end++;
    original = [...original, ...(await logged()).slice(-1)];
    for (const [table, past] of [['attribute_decisions', items], ['phase_version', versions]] as const)
      past.set(end, await inPast(end, table)); // prettier-ignore
  });

  test('the file is a log file that verifies, up to the border, and is not to be changed', async () => {
    const file = await archivedFile();
    expect(await verifyFile(file)).toMatchObject({ valid: true, changeSetsChecked: border, streamId: workflowId });
    expect(await archiveFault(file, (await archiveOf(world.db, workflowId))!)).toBeNull();
    expect(readdirSync(folder)).toEqual([path.basename(file)]);
  });

  test('the log says that hashes up to there were not recomputed; with the file it verifies whole', async () => {
    const without = await verified();
    expect(without).toMatchObject({ valid: true, changeSetsChecked: end, archived: { sequence: border } });
    const { archived, ...whole } = await verified(await archivedFile());
    expect(archived).toBeUndefined();
    expect(whole).toMatchObject({ valid: true, changeSetsChecked: end, headHash: without.headHash });
  });

  test('who, when, why and which rows are there as before', async () => {
    const bare = (commits: RecordedCommit[]) =>
      commits.map((commit) => ({ ...commit, rows: commit.rows.map((row) => ({ ...row, before: '', after: '' })) }));
    expect(bare(await logged())).toEqual(bare(original));
    const counts = await world.db.snapshot((tx) => rebuild(tx, workflowId));
    expect(counts.filter(({ different, missing, unknown }) => different + missing + unknown > 0)).toEqual([]);
  });

  test('the past behind the border is answered as it was; before it, so are versions, and what was changed is refused', async () => {
    for (let sequence = 0; sequence <= end; sequence++) {
      expect(await inPast(sequence, 'phase_version')).toEqual(versions.get(sequence));
      const answer = inPast(sequence, 'attribute_decisions');
      if (sequence >= labelled[0]! && sequence < border)
        await expect(answer).rejects.toMatchObject({ code: 'ARCHIVED' });
      else expect(await answer).toEqual(items.get(sequence));
    }
  });

  test('the API says ARCHIVED, and which file, where it would need what is away, and answers what it does not need it for', async () => {
    const archive = (await archiveOf(world.db, workflowId))!;
    const at = (sequence: number) => original.find((one) => one.sequence === sequence)!.committedAt;
    const content = `query ($id: UUID!, $at: DateTime) { phaseVersion(versionId: $id, asOf: $at) { versionNumber items(first: 5) { nodes { itemId } } } }`;
    const ask = (sequence: number) => world.ask(aud, content, { id: draft.version_id, at: at(sequence) });
    const early = await ask(labelled[0]!);
    expect(early.errors?.[0]).toMatchObject({
      extensions: { code: 'ARCHIVED' },
      message: expect.stringContaining(archive.file),
    });
    expect((await ask(border)).errors).toBeUndefined();

    const log = await world.ask(
      aud,
      `query ($c: UUID!, $r: UUID!) { workflow(cycleId: $c, reportId: $r) { changes(first: 50) { nodes { sequence rowChanges(first: 5) { nodes { table rowId operation before after } } } } } }`,
      { c: cycleId, r: reportId },
    );
    expect(new Set(log.errors?.map(({ extensions }) => extensions.code))).toEqual(new Set(['ARCHIVED']));
    const changed = log.data.workflow.changes.nodes.find(({ sequence }: { sequence: number }) => sequence === border);
    expect(changed.rowChanges.nodes).toEqual([
      { table: 'attribute_decisions', rowId: item.item_id, operation: 'UPDATE', before: null, after: null },
    ]);
    const blame = `query ($id: UUID!) { phaseVersion(versionId: $id) { blame { __typename } } }`;
    expect(await world.codeOf(aud, blame, { id: draft.version_id })).toBe('ARCHIVED');

    const { verifyChangeLog } = await world.get(
      aud,
      `query ($c: UUID!, $r: UUID!) { verifyChangeLog(cycleId: $c, reportId: $r) { valid archivedSequence archivedIn } }`,
      { c: cycleId, r: reportId },
    );
    expect(verifyChangeLog).toEqual({
      valid: true,
      archivedSequence: border,
      archivedIn: `the file ${archive.file} (SHA-256 ${archive.sha256})`,
    });
  });

  test('no file is written that lacks it', async () => {
    const file = path.join(folder, 'other.jsonl');
    const writing = world.db.snapshot((tx) => exportLog(tx, workflowId, file));
    await expect(writing).rejects.toMatchObject({ code: 'ARCHIVED' });
    expect(readdirSync(folder)).not.toContain('other.jsonl');
    const archive = await archivedFile();
    await world.db.snapshot((tx) => exportLog(tx, workflowId, file, { archive }));
    expect(await verifyFile(file)).toMatchObject({ valid: true, changeSetsChecked: end });
    rmSync(file);
  });

  test('nothing else of the log can be changed, and the archive is not forgotten', async () => {
    const refused = (sql: string, ...values: unknown[]) =>
      expect(world.sql('owner', sql, [workflowId, ...values])).rejects.toMatchObject({ code: 'PL002' });
    await refused('delete from log_archives where workflow_id = $1');
    await refused('update log_archives set sequence = sequence - 1 where workflow_id = $1');
    await refused('delete from log.row_change where stream_id = $1');
    await refused('select log.take_images($1, $2, $2)', border + 1);
    await refused(`update log.row_change set after = '{}', after_digest = null, before_digest = null where stream_id = $1 and sequence = $2`, border); // prettier-ignore
    await refused(
      `update log.row_change set after_digest = sha256('x') where stream_id = $1 and sequence = $2`,
      border,
    );
    await expect(world.sql('owner', 'truncate log_archives')).rejects.toMatchObject({ code: 'PL002' });
  });

  test('a superuser who takes more, or leaves another digest, is found out', async () => {
    const forged = (change: string) =>
      world.session('superuser', async (client) => {
        await client.query('begin');
        await client.query('alter table log.row_change disable trigger all');
        await client.query(change);
        const found = await verifyStream(dbOn(client), workflowId);
        await client.query('rollback');
        return found;
      });
    const of = (sequence: number) => `where stream_id = '${workflowId}' and sequence = ${sequence}`;
    expect(await forged(`update log.row_change set before = null, after = null, before_digest = log.image_digest(before), after_digest = log.image_digest(after) ${of(border + 1)}`)).toMatchObject({ valid: false, firstBrokenSequence: border + 1 }); // prettier-ignore
    expect(await forged(`update log.row_change set after_digest = sha256('x') ${of(border)}`)).toMatchObject({ valid: false, firstBrokenSequence: border + 1 }); // prettier-ignore
  });

  test('a file that was tampered with brings nothing back', async () => {
    const file = await archivedFile();
    const copy = path.join(temporaryFolder(), 'copy.jsonl');
    copyFileSync(file, copy);
    const text = readFileSync(file, 'utf8');
    writeFileSync(copy, text.replace('second', 'sekond')); // in its last commit, after others were restored
    await expect(restore(copy)).rejects.toThrow('is not as it was written');
    copyFileSync(file, copy);
    appendFileSync(copy, '\n');
    await expect(restore(copy)).rejects.toThrow('is not as it was written');
    expect(await verified()).toMatchObject({ valid: true, archived: { sequence: border } });
  });

  test('who was interrupted goes on: what is half taken verifies, and the rest is taken', async () => {
    const { rows } = original.find(({ sequence }) => sequence === border)!;
    await world.sql(
      'owner',
      `update log.row_change set before = $3::jsonb, after = $4::jsonb, before_digest = null, after_digest = null
       where stream_id = $1 and sequence = $2 and ordinal = 1`,
      [workflowId, border, rows[0]!.before, rows[0]!.after],
    );
    const file = await archivedFile();
    expect(await verified()).toMatchObject({ valid: true, archived: { sequence: border - 1 } });
    expect((await verified(file)).valid).toBe(true);
    expect((await owner((client) => archiveUpTo(border, client))).rows).toBe(1);
    expect(await verified()).toMatchObject({ valid: true, archived: { sequence: border } });
    expect(await archivedFile()).toBe(file);
  });

  test('one is made at a time', async () => {
    await owner(
      (first) =>
      withArchiveLock(first, () => owner((second) => expect(withArchiveLock(second, () => Promise.resolve())).rejects.toThrow('Another archive'))), // prettier-ignore
    );
    await owner((client) => withArchiveLock(client, () => Promise.resolve()));
  });
});

describe('when more is archived', () => {
  test('it takes the file of before, and the new one has all of it', async () => {
    const former = await archivedFile();
    const kept = readFileSync(former);
    rmSync(former);
    await expect(owner((client) => archiveUpTo(end, client))).rejects.toThrow('It is not there');
    writeFileSync(former, kept);
    await owner((client) => archiveUpTo(end, client));
    expect(await archiveRecords(world.db)).toMatchObject([{ workflowId, sequence: end, hash: hash(end) }]);
    expect(await verifyFile(await archivedFile())).toMatchObject({ valid: true, changeSetsChecked: end });
    expect((await verified(await archivedFile())).valid).toBe(true);
  });

  test('people go on working, and the log goes on from there', async () => {
    await world.sql('owner', 'update attribute_decisions set label = $2 where item_id = $1', [item.item_id, 'fifth']);
    expect(await verified()).toMatchObject({ valid: true, changeSetsChecked: end + 1, archived: { sequence: end } });
    const [now] = (await inPast(end + 1, 'attribute_decisions')) as { itemId: string; label: string }[];
    expect(now).toBeDefined();
  });
});

test('what comes back is what went: the log is as it was, and says that it was away', async () => {
  const file = await archivedFile();
  const reading = jest.spyOn(fs, 'createReadStream');
  const { rows } = await restore(file);
  expect(rows).toBeGreaterThan(4);
  expect(reading.mock.calls.filter(([read]) => read === file)).toHaveLength(1);
  reading.mockRestore();
  expect((await logged()).slice(0, -1)).toEqual(original);
  expect(await verified()).toMatchObject({ valid: true, changeSetsChecked: end + 1 });
  expect((await verified()).archived).toBeUndefined();
  for (let sequence = 0; sequence <= end; sequence++)
    expect(await inPast(sequence, 'attribute_decisions')).toEqual(items.get(sequence));
  expect(await archiveRecords(world.db)).toEqual([]);
  const noted = await world.db.query<{ operation: string; reason: string }>(
    `select operation, reason from log.change_set where operation in ('archive-log', 'restore-archive') order by sequence`,
  );
  expect(noted).toEqual([
    { operation: 'archive-log', reason: 'Older than the bank keeps at hand' },
    { operation: 'archive-log', reason: 'Older than the bank keeps at hand' },
    { operation: 'restore-archive', reason: 'An auditor asks' },
  ]);
  await expect(restore(file)).rejects.toThrow('nothing is archived');
  expect(await world.db.snapshot((tx) => readHead(tx, workflowId))).toMatchObject({ sequence: end + 1 });
});

test('the commands do the same, for all workflows, and say what they did', async () => {
  const settings = {
    DATABASE_URL: world.database.serviceUrl,
    DATABASE_OWNER_URL: world.database.ownerUrl,
    DATA_DIR: temporaryFolder(),
  };
  const taken = await command('archive-log', ['--before', '2999-01-01', '--reason', 'Old'], settings);
  expect([taken.code, taken.err]).toEqual([0, expect.stringContaining('Keep ')]);
  const { file, sequence } = (await archiveOf(world.db, workflowId))!;
  expect(sequence).toBe(await last());
  expect(taken.out).toContain(file);
  const again = await command('archive-log', ['--before', '2999-01-01', '--reason', 'Old'], settings);
  expect(again).toMatchObject({ code: 0, out: expect.stringContaining('There is nothing') });
  const back = [path.join(settings.DATA_DIR, 'archives', file), '--reason', 'Asked for'];
  expect(await command('restore-archive', back, settings)).toMatchObject({
    code: 0,
    out: expect.stringContaining(file),
  });
  expect(await verified()).toMatchObject({ valid: true, changeSetsChecked: sequence });
  expect((await verified()).archived).toBeUndefined();
});
