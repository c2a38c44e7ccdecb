/**
 * Nothing is forgotten: every table of the product is captured and guarded, held against the database's own catalogue, so a
 * table that somebody adds without its triggers fails here. The check itself is checked.
 */
import type pg from 'pg';
import { policyDifferences, writePolicies } from '../../src/database/deployment/phase-policies';
import { fullPhases, phases } from '../../src/phases';
import { auditCoverage } from '../../src/proof/coverage';
import { columnFields, columnName, type FieldTable } from '../../src/versioning/fields';
import {
  changesIn,
  copyIn,
  differences,
  insertRows,
  rawAttribute,
  rawVersion,
  recording,
  uncapturedTables,
} from '../support/log';
import { World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.destroy());

/** What the check says after some statements, which are undone. */
const after = (...statements: string[]): Promise<string[]> =>
  world.session('superuser', async (client) => {
    await client.query('begin');
    for (const sql of statements) await client.query(sql);
    const missing = await uncapturedTables(client);
    await client.query('rollback');
    return missing;
  });
const phaseTables = [...phases.map(({ version }) => version.table), ...fullPhases.map(({ item }) => item.table)];

test('every table is captured and guarded, also against sessions in replica mode', async () => {
  expect(await world.session('owner', uncapturedTables)).toEqual([]);
});

test('every table of the product has rows of a stream, and a key', async () => {
  const rows = await world.sql<{ name: string }>(
    'owner',
    `select c.relname as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> '_prisma_migrations'
       and (not exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'stream_id' and a.attnotnull)
         or not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary))`,
  );
  expect(rows).toEqual([]);
});

test.each(phaseTables)('%s is frozen outside drafts', async (table) => {
  const names = ['insert', 'update', 'delete', 'truncate'].map((deed) => `b_guard_${deed}`);
  const rows = await world.sql<{ tgname: string; tgenabled: string }>(
    'owner',
    `select tgname, tgenabled from pg_trigger where tgrelid = $1::regclass and tgname = any($2) order by tgname`,
    [table, names],
  );
  expect(rows).toEqual([...names].sort().map((tgname) => ({ tgname, tgenabled: 'A' })));
});

describe('the check notices', () => {
  test('a table that was added without capture', async () => {
    expect(await after('create table public.tenth (id int primary key, stream_id uuid not null)')).toEqual([
      'public.tenth: a_capture_insert is missing',
      'public.tenth: a_capture_update is missing',
      'public.tenth: a_capture_delete is missing',
      'public.tenth: a_capture_truncate is missing',
      'public.tenth: a_identity is missing',
    ]);
  });
  test('a phase’s table that is captured and not frozen', async () => {
    const create =
      'create table public.tenth_items (item_id uuid primary key, stream_id uuid not null, version_id uuid not null, item_key uuid, label text, item_hash text)';
    expect(await after(create, `select log.capture_table('public.tenth_items')`)).toEqual([
      'public.tenth_items: b_guard_insert is missing',
      'public.tenth_items: b_guard_update is missing',
      'public.tenth_items: b_guard_delete is missing',
      'public.tenth_items: b_guard_truncate is missing',
      'public.tenth_items: c_forget_hash is missing',
    ]);
    expect(await after(create, `select log.phase_table('public.tenth_items')`)).toEqual([]);
  });
  test('a table that inherits from a captured one', async () => {
    expect(await after('create table public.shadow () inherits (public.users)')).toContain(
      'public.shadow: a_capture_insert is missing',
    );
  });
  test.each([
    'public.users',
    'public.phase_version',
    'public.item_decision',
    'public.version_editor',
    'log.change_set',
    'log.row_change',
    'log.stream',
    'public.scoping_decisions',
  ])('any one trigger of %s that is disabled or weakened, and each required one that is gone', async (table) => {
    const triggers = await world.sql<{ tgname: string }>(
      'owner',
      `select tgname from pg_trigger where tgrelid = $1::regclass and not tgisinternal`,
      [table],
    );
    expect(triggers.length).toBeGreaterThan(1);
    const dropped: string[] = [];
    for (const { tgname } of triggers) {
      expect(await after(`alter table ${table} disable trigger ${tgname}`)).toEqual([
        `${table}: ${tgname} is disabled`,
      ]);
      expect(await after(`alter table ${table} enable trigger ${tgname}`)).toEqual([
        `${table}: ${tgname} is not enabled always`,
      ]);
      expect(await after(`alter table ${table} enable replica trigger ${tgname}`)).toEqual([
        `${table}: ${tgname} is only for replicas`,
      ]);
      dropped.push(...(await after(`drop trigger ${tgname} on ${table}`)));
    }
    expect(dropped.length).toBeGreaterThan(1);
    expect(triggers.map(({ tgname }) => `${table}: ${tgname} is missing`)).toEqual(expect.arrayContaining(dropped));
  });
});

test('a column that is added later is in the images from then on, also for sessions that were there before', async () => {
  const database = await World.create();
  try {
    const draft = rawVersion({ version_number: 1 });
    const item = rawAttribute(draft);
    await database.session('owner', async (client) => {
      await insertRows(client, 'phase_version', [draft]);
      await insertRows(client, 'attribute_decisions', [item]);
      const write = (label: string) => client.query('update attribute_decisions set label = $1', [label]);
      await write('before'); // the session has used the capture, and the service has cached plans of it
      await database.sql('owner', `alter table attribute_decisions add column confidence numeric`);
      const images = async (work: (client: pg.Client) => Promise<unknown>) => {
        const recorded = await recording(database, () => work(client));
        return changesIn(recorded.commits).map(({ before, after: image }) =>
          [before, image].map((text) => text && (JSON.parse(text) as { confidence?: unknown }).confidence),
        );
      };
      expect(await images(() => client.query('update attribute_decisions set confidence = 0.5'))).toEqual([
        [null, 0.5],
      ]);
      expect(
        await images((c) =>
          copyIn(
            c,
            'copy attribute_decisions (item_id, stream_id, version_id, item_key, attribute_id, attribute_data, confidence) from stdin (format csv)',
            `${crypto.randomUUID()},${draft.stream_id as string},${draft.version_id},${crypto.randomUUID()},${crypto.randomUUID()},{},0.25\n`,
          ),
        ),
      ).toEqual([[null, 0.25]]);
      expect((await images(() => client.query('delete from attribute_decisions'))).flat().sort()).toEqual([
        0.25,
        0.5,
        null,
        null,
      ]);
    });
  } finally {
    await database.destroy();
  }
});

test('a table that is attached to the capture in a later migration is captured from then on', async () => {
  const database = await World.create();
  try {
    await database.sql(
      'owner',
      `create table tenth (a int, "B c" text, stream_id uuid not null default '00000000-0000-0000-0000-000000000000', note text, primary key ("B c", a))`,
    );
    await database.sql('owner', `select log.capture_table('tenth')`);
    const recorded = await recording(database, () =>
      database.sql('owner', `insert into tenth (a, "B c", note) values (1, 'x,y', 'n'), (2, 'z', null)`),
    );
    expect(changesIn(recorded.commits)).toEqual(differences(recorded));
    expect(changesIn(recorded.commits).map(({ row }) => row)).toEqual(['tenth x,y,1', 'tenth z,2']);
    await expect(database.sql('owner', `update tenth set "B c" = 'q'`)).rejects.toMatchObject({ code: 'PL003' });
    await recording(database, () => database.sql('owner', `update tenth set note = 'm' where a = 1; truncate tenth`));
  } finally {
    await database.destroy();
  }
});

describe('what the database knows of phases is what the declarations say', () => {
  test('every row that guards a phase is there, and no other', async () => {
    expect(await policyDifferences(world.db)).toEqual([]);
    const rows = await world.sql<object>(
      'owner',
      `select phase::text, versioning_type::text, self_attested from phase_policy order by phase_policy.phase`,
    );
    expect(rows).toEqual(
      phases.map((phase) => ({
        phase: phase.key,
        versioning_type: phase.versioning,
        self_attested: (phase.versioning === 'FULL' && phase.selfAttested) ?? false,
      })),
    );
    expect(await world.sql('owner', 'select sign_off_role, given_by::text from phase_signature order by 1')).toEqual([
      { sign_off_role: 'report_owner', given_by: 'REPORT_OWNER' },
      { sign_off_role: 'test_executive', given_by: 'TEST_EXECUTIVE' },
      { sign_off_role: 'test_lead', given_by: 'TESTER' },
    ]);
  });
  test.each([
    ['phase_policy', 'changed', 'SCOPING', `update phase_policy set self_attested = true where phase = 'SCOPING'`],
    [
      'phase_signature',
      'missing',
      'FINALIZE_TEST_REPORT test_lead',
      `delete from phase_signature where sign_off_role = 'test_lead'`,
    ],
    ['phase_step', 'changed', 'REQUEST_INFO reviewDocument', `update phase_step set field = null where is_review`],
    [
      'version_transition',
      'unexpected',
      'REJECTED APPROVED',
      `insert into version_transition values ('REJECTED', 'APPROVED')`,
    ],
  ])('a row of %s that is %s is told, and the deployment writes what must be', async (table, kind, row, sql) => {
    const told = async () =>
      (await world.db.snapshot(auditCoverage)).tables.find((found) => found.table === table)?.problem;
    await world.sql('owner', sql);
    expect(await told()).toBe(`row ${row} is ${kind}, held against what the phases declare.`);
    await writePolicies(world.database.ownerUrl);
    expect(await told()).toBeNull();
    const [last] = await world.sql(
      'owner',
      `select operation, origin from log.change_set order by committed_at desc limit 1`,
    );
    expect(last).toEqual({ operation: 'deploy', origin: 'db:phaseledger_owner' });
  });
  test('the enum has every declared phase, in the order of the workflow', async () => {
    const rows = await world.sql<{ phase: string }>('owner', `select unnest(enum_range(null::"Phase"))::text as phase`);
    const declared = phases.map(({ key }) => key);
    expect(rows.map(({ phase }) => phase).filter((phase) => declared.includes(phase))).toEqual(declared);
  });
  test.each(phases.map((phase) => [phase.key, phase] as const))(
    '%s has a column for every field that is stored, and none that nobody declared',
    async (_, phase) => {
      const columnsOf = async (table: string) =>
        (
          await world.sql<{ name: string }>(
            'owner',
            `select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped`,
            [table],
          )
        ).map(({ name }) => name);
      const about = ['version_id', 'stream_id'];
      const aboutItem = [
        ...about,
        'item_id',
        'item_key',
        'label',
        'item_hash',
        'carried_from_item_id',
        'merged_from_item_id',
        'carried_decision_id',
      ];
      const columns = (table: FieldTable) => columnFields(table).map(([name]) => columnName(name));
      expect((await columnsOf(phase.version.table)).sort()).toEqual(
        [...about, ...columns(phase.version.fields)].sort(),
      );
      if (phase.versioning === 'FULL')
        expect((await columnsOf(phase.item.table)).sort()).toEqual(
          [...aboutItem, ...columns(phase.item.fields)].sort(),
        );
    },
  );
});

describe('functions of the log', () => {
  test('that run with their owner’s rights look nowhere but in the product’s schemas, temporary tables last', async () => {
    const rows = await world.sql<{ name: string; path: string | null }>(
      'owner',
      `select p.proname as name, (select substr(c, 13) from unnest(p.proconfig) c where c like 'search_path=%') as path
       from pg_proc p where p.pronamespace = 'log'::regnamespace and p.prosecdef order by 1`,
    );
    expect(rows.length).toBeGreaterThan(10);
    // PostgreSQL looks for tables in pg_temp first, unless it is named.
    expect(rows.filter(({ path }) => !/^pg_catalog(, (public|log))*, pg_temp$/.test(path ?? ''))).toEqual([]);
  });
  test('cannot be called by everybody, but for what conditions of triggers ask', async () => {
    const callableBy = async (role: string) =>
      (
        await world.sql<{ name: string }>(
          'owner',
          `select p.proname as name from pg_proc p
           where p.pronamespace = 'log'::regnamespace and has_function_privilege($1, p.oid, 'execute') order by 1`,
          [role],
        )
      ).map(({ name }) => name);
    const byEverybody = ['is_import', 'may_import'];
    expect(await callableBy('public')).toEqual(byEverybody);
    expect(await callableBy('phaseledger_service')).toEqual(
      [
        'capture_source',
        'close',
        'close_idle',
        'commit',
        'demand_changed',
        'identity_key',
        'instant',
        'is_future',
        'is_service',
        'name_key',
        'note_editor',
        'number_reads',
        'open',
        'refuse_archived',
        'search_words',
        'security_lock',
        ...byEverybody,
      ].sort(),
    );
  });
});
