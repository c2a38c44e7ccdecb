/**
 * No false alarms: histories that nobody tampered with are sound, however random, while others write, and after columns
 * have come and gone as migrations do it. `FC_RUNS` says how many random histories (1000 if it is not set).
 */

import fc from 'fast-check';
import type pg from 'pg';
import { commitsOf } from '../../src/database/log/log-reader';
import { Checkpoints } from '../../src/proof/checkpoints';
import { rebuild } from '../../src/proof/rebuild';
import { verifyStream } from '../../src/proof/verify';
import { buildRecord, buildVersion, mutate, sampleItem, transition } from '../support/builders';
import { effort, seed } from '../support/effort';
import { insertRows, rawAttribute, rawVersion } from '../support/log';
import { ada, workflow } from '../support/world';
import { AttackedWorld, type Place } from './attacked-world';

let attacked: AttackedWorld;
beforeAll(async () => {
  attacked = await AttackedWorld.create();
});
afterAll(() => attacked.destroy());

const verify = (streamId: string) => attacked.verifyWithoutCheckpoints(streamId);
const faults = async (streamId: string) =>
  (await attacked.world.db.snapshot((tx) => rebuild(tx, streamId))).filter(
    ({ different, missing, unknown }) => different + missing + unknown > 0,
  );

// ── random histories ────────────────────────────────────────────────────────────────────────────────────────────────

type Deed =
  | { do: 'insert'; label: string; json: unknown }
  | { do: 'edit'; n: number; label: string }
  | { do: 'fill' | 'clear' | 'delete' | 'touch'; n: number }
  | { do: 'all'; label: string }
  | { do: 'revise' };
const text = fc
  .oneof(
    fc.string({ unit: 'grapheme', maxLength: 20 }),
    fc.constantFrom('', '": null', '{"a": null}', '\u2028', '3:abc-', 'null', '\\', "'); --"),
  )
  .map((value) => value.replaceAll('\0', ''));
const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value).replaceAll('\\u0000', '')) as unknown);
const n = fc.nat(5);
const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({ do: fc.constant('insert' as const), label: text, json }),
  fc.record({ do: fc.constant('edit' as const), n, label: text }),
  fc.record({ do: fc.constantFrom('fill' as const, 'clear' as const, 'delete' as const, 'touch' as const), n }),
  fc.record({ do: fc.constant('all' as const), label: text }),
  fc.constant({ do: 'revise' as const }),
);
/** Commits of a few statements each; some are taken back. */
const history = fc.array(
  fc.record({
    deeds: fc.array(deed, { minLength: 1, maxLength: 4 }),
    kept: fc.integer({ min: 0, max: 9 }).map((x) => x > 0),
  }),
  { minLength: 1, maxLength: 5 },
);

function sqlOf(client: pg.Client, draft: ReturnType<typeof rawVersion>, it: Deed): string {
  const one = (at: number) =>
    `item_id = (select item_id from attribute_decisions where version_id = '${draft.version_id}' order by item_id offset ${at} limit 1)`;
  switch (it.do) {
    case 'insert':
      return `insert into attribute_decisions (item_id, stream_id, version_id, item_key, attribute_id, label, attribute_data)
        values (gen_random_uuid(), '${draft.stream_id as string}', '${draft.version_id}', gen_random_uuid(), gen_random_uuid(),
          ${client.escapeLiteral(it.label)}, ${client.escapeLiteral(JSON.stringify(it.json))})`;
    case 'edit':
      return `update attribute_decisions set label = ${client.escapeLiteral(it.label)} where ${one(it.n)}`;
    case 'fill':
      return `update attribute_decisions set decision_type = 'INCLUDE', decision_reason = 'null', decision_metadata = 'null' where ${one(it.n)}`;
    case 'clear':
      return `update attribute_decisions set decision_type = null, decision_reason = null, decision_metadata = null where ${one(it.n)}`;
    case 'delete':
      return `delete from attribute_decisions where ${one(it.n)}`;
    case 'touch':
      return `update attribute_decisions set label = label where ${one(it.n)}`;
    case 'all':
      return `update attribute_decisions set label = ${client.escapeLiteral(it.label)} where version_id = '${draft.version_id}'`;
    case 'revise':
      return `update phase_version set revision = revision + 1 where version_id = '${draft.version_id}'`;
  }
}

test(`random histories raise no alarm (${effort.historiesOfTheLog}, seed ${seed})`, async () => {
  const runs = effort.historiesOfTheLog;
  let places: Place[] = [];
  let clean = 0;
  let commits = 0;
  await attacked.world.session('owner', (client) =>
    fc.assert(
      fc.asyncProperty(history, async (told) => {
        if (places.length === 0) places = await attacked.places(Math.min(runs, 250));
        const place = places.pop()!;
        const draft = rawVersion({ version_number: 1 }, place);
        await insertRows(client, 'phase_version', [draft]);
        for (const { deeds, kept } of told)
          await client.query(
            `begin; ${deeds.map((it) => sqlOf(client, draft, it)).join(';')}; ${kept ? 'commit' : 'rollback'}`,
          );
        const found = await verify(place.workflowId);
        expect(found).toMatchObject({ valid: true, firstBrokenSequence: null, problem: null });
        if (clean % 10 === 0) expect(await faults(place.workflowId)).toEqual([]);
        clean++;
        commits += found.changeSetsChecked;
      }),
      { numRuns: runs, seed },
    ),
  );
  expect(clean).toBe(runs);
  expect(commits).toBeGreaterThan(runs);
  expect(await attacked.verifyReference()).toMatchObject({ valid: true });
});

// ── what the product itself does ────────────────────────────────────────────────────────────────────────────────────

test('what people do through the API raises no alarm, with checkpoints noted in between', async () => {
  const { world, checkpoints } = attacked;
  await buildVersion(world, { phase: 'SCOPING', status: 'APPROVED' });
  await checkpoints.note(world.db);
  await buildVersion(world, { phase: 'SCOPING', status: 'REJECTED' });
  await buildVersion(world, { phase: 'SCOPING', status: 'PENDING_APPROVAL' });
  await buildRecord(world, { phase: 'DATA_OWNER_ID' });
  await checkpoints.note(world.db);
  const found = await attacked.verify(workflow);
  expect(found).toMatchObject({ valid: true, problem: null });
  expect(found.changeSetsChecked).toBeGreaterThan(10);
  expect(await faults(workflow.workflowId)).toEqual([]);
});

test('verifying while others write raises no alarm', async () => {
  const { world, checkpoints } = attacked;
  const draft = await buildVersion(world, { phase: 'PLANNING', items: 1 });
  let writing = true;
  let revision = draft.revision;
  const person = (async () => {
    while (writing)
      ({ revision } = await mutate(world, ada, 'putItems', 'PutItemsInput', {
        versionId: draft.versionId,
        expectedRevision: revision,
        items: { attributeDecisions: [sampleItem('PLANNING', revision)] },
      }));
  })();
  const script = world.session('owner', async (client) => {
    while (writing) {
      await client.query(`update users set name = name || '.' where user_id = 9`);
      await client.query(
        `update phase_version set approval_notes = coalesce(approval_notes, '') || '.' where version_id = $1`,
        [draft.versionId],
      );
    }
  });
  const noting = (async () => {
    while (writing) await checkpoints.note(world.db);
  })();
  try {
    for (let round = 0; round < 12; round++) {
      expect(await attacked.verify(workflow)).toMatchObject({ valid: true, problem: null });
      expect(await attacked.verifyReference()).toMatchObject({ valid: true, problem: null });
      expect(await faults(workflow.workflowId)).toEqual([]);
    }
  } finally {
    writing = false;
    await Promise.allSettled([person, script, noting]);
  }
  await Promise.all([script, noting]);
  await transition(world, ada, 'submitVersion', { ...draft, revision }).catch(() => undefined);
  expect(await attacked.verify(workflow)).toMatchObject({ valid: true });
});

test('two servers that share a folder and note at once, do not spoil it', async () => {
  const { world, checkpoints } = attacked;
  const others = Array.from({ length: 4 }, () => new Checkpoints(checkpoints.folder));
  await checkpoints.note(world.db);
  const before = checkpoints.summary().count;
  for (let round = 0; round < 10; round++) {
    await world.sql('owner', `update users set name = name || '.' where user_id = 9`);
    const noted = await Promise.all(others.map((each) => each.note(world.db)));
    expect(noted.reduce((sum, each) => sum + each, 0)).toBe(1);
  }
  expect(new Checkpoints(checkpoints.folder).summary().count).toBe(before + 10);
  expect(await attacked.verifyReference()).toMatchObject({ valid: true });
});

// ── size ────────────────────────────────────────────────────────────────────────────────────────────────────────────

test('a long log is read some hundred rows at a time, and a commit at a time', async () => {
  const [place] = await attacked.places(1);
  const draft = rawVersion({ version_number: 1 }, place);
  const items = Array.from({ length: 50 }, () => rawAttribute(draft));
  const long = effort.commitsOfALongLog;
  await attacked.world.session('owner', async (client) => {
    await insertRows(client, 'phase_version', [draft]);
    await insertRows(client, 'attribute_decisions', items);
    await client.query(`do $$ begin for i in 1..${long} loop
      update attribute_decisions set label = i::text where version_id = '${draft.version_id}'; commit; end loop; end $$`);
  });
  const most: Record<string, number> = { fetched: 0, inCommit: 0 };
  const found = await attacked.world.db.snapshot((tx) =>
    verifyStream(
      {
        query: async <Row extends object>(sql: string, parameters?: readonly unknown[]) => {
          const rows = await tx.query<Row>(sql, parameters);
          most.fetched = Math.max(most.fetched!, rows.length);
          return rows;
        },
      },
      place!.workflowId,
    ),
  );
  expect(found).toMatchObject({ valid: true, changeSetsChecked: long + 2 });
  await attacked.world.db.snapshot(async (tx) => {
    for await (const { rows } of commitsOf(tx, place!.workflowId))
      most.inCommit = Math.max(most.inCommit!, rows.length);
  });
  expect(most).toEqual({ fetched: 250, inCommit: 50 });
});

test('beside a large workflow a small one is verified without a look at any row of that', async () => {
  const [large, small] = await attacked.places(2);
  const draft = rawVersion({ version_number: 1 }, large);
  const items = Array.from({ length: 2_000 }, () => rawAttribute(draft));
  await attacked.world.session('owner', async (client) => {
    await insertRows(client, 'phase_version', [draft]);
    await insertRows(client, 'attribute_decisions', items);
    await client.query('analyze attribute_decisions, log.row_change');
  });
  const { workflowId } = await attacked.tell(small!);
  const read = await attacked.world.db.snapshot(async (tx) => {
    // The counters also have what earlier transactions of the connection read, until PostgreSQL writes them down, once a second.
    const rowsRead = async (table: string): Promise<number> =>
      (
        await tx.query<{ rows: number }>(
          `select sum(seq_tup_read + idx_tup_fetch)::int as rows from pg_stat_xact_all_tables where relname ~ ('^' || $1)`,
          [table],
        )
      )[0]!.rows;
    const before = { items: await rowsRead('attribute_decisions'), changes: await rowsRead('row_change') };
    expect(await verifyStream(tx, workflowId)).toMatchObject({ valid: true, changeSetsChecked: 6 });
    return {
      items: (await rowsRead('attribute_decisions')) - before.items,
      changes: (await rowsRead('row_change')) - before.changes,
    };
  });
  expect(read).toEqual({ items: 3, changes: expect.any(Number) });
  expect(read.changes).toBeLessThan(15);
});

test('whatever is of workflows is found by theirs', async () => {
  // Tables of the register and of what deployments write have one stream, and are small.
  const without = await attacked.world.sql(
    'superuser',
    `select c.relname::text as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'stream_id'
       join pg_trigger t on t.tgrelid = c.oid and t.tgname = 'a_capture_insert'
     where not exists (select from pg_attrdef d where d.adrelid = c.oid and d.adnum = a.attnum)
       and not exists (select from pg_index i where i.indrelid = c.oid and i.indkey[0] = a.attnum and i.indpred is null)`,
  );
  expect(without).toEqual([]);
});

// ── columns ─────────────────────────────────────────────────────────────────────────────────────────────────────────

test('a column that is added later raises no alarm, nor once its past shows it; values without a commit do', async () => {
  const [place] = await attacked.places(1);
  const story = await attacked.tell(place!);
  const sql = (statement: string) => attacked.world.sql('owner', statement);
  const isSound = () => verify(story.workflowId).then(({ valid }) => valid);

  await sql('alter table attribute_decisions add column confidence numeric');
  expect(await isSound()).toBe(true);
  await sql(`select past.make_views()`);
  expect(await isSound()).toBe(true);
  await sql(`update attribute_decisions set label = 'later' where item_id = '${story.items[0]}'`);
  await sql(`update attribute_decisions set confidence = 0.50 where item_id = '${story.items[1]}'`);
  expect(await isSound()).toBe(true);
  await sql(`update attribute_decisions set confidence = null where item_id = '${story.items[1]}'`);
  expect(await isSound()).toBe(true);
  expect(await faults(story.workflowId)).toEqual([]);

  await sql('alter table attribute_decisions add column weight int default 1');
  expect(await verify(story.workflowId)).toMatchObject({
    valid: false,
    problem: expect.stringContaining('is not as commit'),
  });
  expect(await faults(story.workflowId)).toEqual([
    expect.objectContaining({ table: 'attribute_decisions', different: 3 }),
  ]);
  await sql('alter table attribute_decisions drop column weight');
  expect(await isSound()).toBe(true);

  await sql('drop view past.attribute_decisions cascade');
  await sql('alter table attribute_decisions drop column confidence');
  expect(await isSound()).toBe(true);
  await sql('alter table attribute_decisions drop column label');
  expect(await verify(story.workflowId)).toMatchObject({ valid: false, firstBrokenSequence: 4 });
});
