/**
 * A table that is captured in a schema of its own: the log, its past and its proof know it as any other. No migration made it, so
 * its coverage has to be told that it may be there.
 */
import { v4 as uuidv4 } from 'uuid';
import { allStreams } from '../../src/database/log/log-reader';
import { checkCatalogue } from '../../src/proof/catalogue';
import { allow } from '../../src/proof/catalogue-exceptions';
import { auditCoverage } from '../../src/proof/coverage';
import { rebuild } from '../../src/proof/rebuild';
import { verifyStream } from '../../src/proof/verify';
import { dbOf } from '../proof/attacked-world';
import { changesIn, differences, recording } from '../support/log';
import { workflow, World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await World.create();
  await world.sql(
    'owner',
    `create schema attic;
     create table attic.box (box_id uuid primary key, stream_id uuid not null, label text, contents jsonb);
     select log.capture_table('attic.box'), past.make_views();
     grant usage on schema attic to phaseledger_service;
     grant select on attic.box to phaseledger_service`,
  );
  for (const object of ['schema attic', 'table attic.box', 'view past.box', 'function log.capture_box()'])
    await world.session('owner', async (client) => {
      await client.query('begin');
      await allow(dbOf(client), object, 'It came with us.');
      await client.query('commit');
    });
});
afterAll(() => world.destroy());

const { workflowId } = workflow;
const put = (label: string) =>
  world.sql('owner', 'insert into attic.box values ($1, $2, $3, $4)', [
    uuidv4(),
    workflowId,
    label,
    JSON.stringify({ label }),
  ]);
const verified = () => world.db.snapshot((tx) => verifyStream(tx, workflowId));
const rebuilt = () => world.db.snapshot((tx) => rebuild(tx, workflowId));
/** The tables whose coverage is incomplete after some statements, which are undone. */
const uncovered = (...statements: string[]) =>
  world.session('superuser', async (client) => {
    await client.query('begin');
    for (const sql of statements) await client.query(sql);
    const { tables } = await auditCoverage(dbOf(client));
    await client.query('rollback');
    return tables.filter(({ captured }) => !captured).map(({ table, problem }) => `${table}: ${problem}`);
  });

test('whatever is written to it is recorded, under its bare name', async () => {
  const recorded = await recording(world, async () => {
    await put('one');
    await put('two');
    await world.sql('owner', `update attic.box set label = 'three' where label = 'two'`);
    await world.sql('owner', `delete from attic.box where label = 'one'`);
    await world.sql('owner', 'truncate attic.box');
    await put('four');
  });
  const changes = changesIn(recorded.commits);
  expect(changes.map(({ operation }) => operation).sort()).toEqual([
    'DELETE',
    'DELETE',
    'INSERT',
    'INSERT',
    'INSERT',
    'UPDATE',
  ]);
  expect(changes.every(({ row, streamId }) => row.startsWith('box ') && streamId === workflowId)).toBe(true);
  expect(differences(recorded)).toHaveLength(1);
  await expect(world.sql('owner', `update attic.box set box_id = $1`, [uuidv4()])).rejects.toMatchObject({
    code: 'PL003',
  });
});

test('its rows are verified and rebuilt, and one that was changed behind the log is found', async () => {
  await put('five');
  expect(await verified()).toMatchObject({ valid: true, problem: null });
  const [box] = (await rebuilt()).filter(({ table }) => table === 'box');
  expect(box).toMatchObject({ different: 0, missing: 0, unknown: 0 });
  expect(box!.equal).toBeGreaterThan(0);
  const behind = (sql: string) =>
    world.sql(
      'superuser',
      `alter table attic.box disable trigger a_capture_update; ${sql}; alter table attic.box enable always trigger a_capture_update`,
    );
  await behind(`update attic.box set label = 'six' where label = 'five'`);
  expect(await verified()).toMatchObject({ valid: false, problem: expect.stringContaining('The row box ') });
  await behind(`update attic.box set label = 'five' where label = 'six'`);
  expect(await verified()).toMatchObject({ valid: true });
});

test('rows that the service may not read are a fault of the proof, and of nothing else', async () => {
  await world.sql('owner', 'revoke usage on schema attic from phaseledger_service');
  try {
    expect(await verified()).toMatchObject({
      valid: false,
      firstBrokenSequence: null,
      problem: 'It cannot be read as a whole: permission denied for schema attic.',
    });
    expect(await world.db.snapshot(allStreams)).toContain(workflowId);
    expect((await world.db.snapshot(checkCatalogue)).differences.map(({ object }) => object)).toEqual(['schema attic']);
  } finally {
    await world.sql('owner', 'grant usage on schema attic to phaseledger_service');
  }
  expect(await verified()).toMatchObject({ valid: true });
});

test('its past is that of each commit', async () => {
  await put('seven');
  const [{ sequence } = { sequence: 0 }] = await world.sql<{ sequence: number }>(
    'superuser',
    'select sequence from log.stream where stream_id = $1',
    [workflowId],
  );
  await world.sql('owner', `update attic.box set label = 'eight' where label = 'seven'`);
  const labels = async (at: number) =>
    (
      await world.db.queryPast<{ label: string }>(
        { sequences: JSON.stringify({ [workflowId]: at }), supplement: null },
        'select label from past.box order by label',
      )
    ).map(({ label }) => label);
  expect(await labels(sequence)).toContain('seven');
  expect(await labels(sequence)).not.toContain('eight');
  expect(await labels(sequence + 1)).toContain('eight');
  expect(await labels(sequence - 1)).not.toContain('seven');
});

describe('its coverage', () => {
  test('is complete, and is told under its full name where it is not', async () => {
    expect(await uncovered()).toEqual([]);
    expect((await world.db.snapshot(auditCoverage)).tables).toContainEqual({
      table: 'attic.box',
      captured: true,
      problem: null,
    });
    expect(await uncovered('alter table attic.box disable trigger a_capture_delete')).toEqual([
      'attic.box: trigger a_capture_delete on attic.box is there, and it is not as it was when it was allowed.',
    ]);
    expect(await uncovered('alter table attic.box add column size int')).toEqual([
      'attic.box: table attic.box is there, and it is not as it was when it was allowed.',
    ]);
  });
  test('is that of its whole schema', async () => {
    expect(await uncovered('create table attic.shelf (shelf_id int primary key, stream_id uuid)')).toEqual([
      'attic.shelf: table attic.shelf is there, and no migration made it.',
    ]);
  });
  test('tells what was allowed and is gone no more than what never was', async () => {
    // Its rows are what the log says they are, as long as they are captured: verification looks at those.
    expect(await uncovered('drop table attic.box cascade', 'drop function log.capture_box')).toEqual([]);
  });
  test('does not mind a schema in which nothing is captured', async () => {
    expect(await uncovered('create schema backup', 'create table backup.users as table public.users')).toEqual([]);
  });
});

test('the log knows one table of a name', async () => {
  await expect(
    world.sql(
      'owner',
      `create table attic.users (user_id int primary key, stream_id uuid not null); select log.capture_table('attic.users')`,
    ),
  ).rejects.toMatchObject({ code: 'PL001', message: expect.stringContaining('captured as users already') });
});

test('every table is captured by the one text that there is', async () => {
  const rows = await world.sql<{ name: string; same: boolean }>(
    'owner',
    `select c.relname as name, p.prosrc = log.capture_source(c.oid) as same
     from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_proc p on p.oid = t.tgfoid where t.tgname = 'a_capture_insert'`,
  );
  expect(rows.length).toBeGreaterThan(20);
  expect(rows.filter(({ same }) => !same)).toEqual([]);
  const [made] = await world.sql<{ text: string }>(
    'owner',
    `select prosrc as text from pg_proc where oid = 'log.capture_table(regclass)'::regprocedure`,
  );
  expect(made!.text).not.toContain('row_change');
});
