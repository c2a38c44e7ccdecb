/** What an auditor is told about the capture: complete, or which table is not, and why. */
import { auditCoverage } from '../../src/proof/coverage';
import { aud, World } from '../support/world';
import { dbOf } from './attacked-world';

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.destroy());

/** What is said after some statements, which are undone. */
const after = (...statements: string[]) =>
  world.session('superuser', async (client) => {
    await client.query('begin');
    for (const sql of statements) await client.query(sql);
    const tables = await auditCoverage(dbOf(client));
    await client.query('rollback');
    return tables.filter(({ captured }) => !captured);
  });
const only = (table: string, problem: string) => [{ table, captured: false, problem }];

test('a fresh database is covered, and says so through the API', async () => {
  const { auditCoverage: coverage } = await world.get(
    aud,
    '{ auditCoverage { complete tables { table captured problem } } }',
  );
  expect(coverage.tables.filter(({ captured }: { captured: boolean }) => !captured)).toEqual([]);
  expect(coverage.complete).toBe(true);
  const names = coverage.tables.map(({ table }: { table: string }) => table);
  expect(names).toEqual(expect.arrayContaining(['users', 'phase_version', 'test_report_signoffs', 'log.row_change']));
  expect(names).not.toContain('_prisma_migrations');
});

test('is told incomplete through the API while anything is missing', async () => {
  await world.sql('superuser', 'alter table lobs disable trigger a_capture_delete');
  const { auditCoverage: coverage } = await world
    .get(aud, '{ auditCoverage { complete } }')
    .finally(() => world.sql('superuser', 'alter table lobs enable always trigger a_capture_delete'));
  expect(coverage).toEqual({ complete: false });
});

describe.each(['a_capture_insert', 'a_capture_update', 'a_capture_delete', 'a_capture_truncate', 'a_identity'])(
  'the trigger %s that is',
  (trigger) => {
    test.each([
      ['dropped', `drop trigger ${trigger} on users`, 'is missing'],
      ['disabled', `alter table users disable trigger ${trigger}`, 'is disabled'],
      ['not for replicas', `alter table users enable trigger ${trigger}`, 'is not for replicas'],
      ['for replicas only', `alter table users enable replica trigger ${trigger}`, 'is only for replicas'],
    ])('%s, is told', async (_, sql, problem) => {
      expect(await after(sql)).toEqual(only('users', `${trigger} ${problem}.`));
    });
  },
);

describe('a trigger of the same name', () => {
  const fresh = (definition: string) => [
    'drop trigger a_capture_update on users',
    `create trigger a_capture_update ${definition}`,
    'alter table users enable always trigger a_capture_update',
  ];
  const rows = 'referencing old table as old_rows new table as new_rows for each statement';
  test.each([
    [
      'on another event',
      `after insert on users referencing new table as new_rows for each statement execute function log.capture_users()`,
    ],
    ['with a condition', `after update on users ${rows} when (false) execute function log.capture_users()`],
    ['for another table', `after update on users ${rows} execute function log.capture_lobs()`],
    [
      'for the rows the wrong way round',
      `after update on users referencing new table as old_rows old table as new_rows for each statement execute function log.capture_users()`,
    ],
  ])('%s, is told', async (_, definition) => {
    expect(await after(...fresh(definition))).toEqual([
      expect.objectContaining({
        table: 'users',
        problem: expect.stringContaining('a_capture_update is not made as it was'),
      }),
    ]);
  });
  test('that guards fewer columns, is told', async () => {
    expect(
      await after(
        'drop trigger a_identity on users',
        'create trigger a_identity before update on users for each row when (old.user_id is distinct from new.user_id) execute function log.refuse_identity_change()',
        'alter table users enable always trigger a_identity',
      ),
    ).toEqual(only('users', 'a_identity is not made as it was.'));
  });
});

describe('a function of the same name', () => {
  const nothing = 'language plpgsql as $$ begin return null; end $$';
  test('with another body, is told', async () => {
    expect(
      await after(
        `create or replace function log.capture_users() returns trigger ${nothing.replace('language plpgsql', 'language plpgsql security definer')}`,
      ),
    ).toEqual(only('users', 'capture_users is not the function that captures this table.'));
  });
  test('that looks elsewhere, is told', async () => {
    expect(await after('alter function log.capture_users() set search_path = public, pg_catalog')).toEqual(
      only('users', 'capture_users is not the function that captures this table.'),
    );
  });
  test('that runs as whoever writes, is told', async () => {
    expect(await after('alter function log.capture_users() security invoker')).toEqual(
      only('users', 'capture_users is not the function that captures this table.'),
    );
  });
  test('and a source of it that was changed with it, is told', async () => {
    expect(
      await after(
        `create or replace function log.capture_users() returns trigger language plpgsql security definer as $$ begin return null; end $$`,
        `alter function log.capture_users() set search_path = pg_catalog, public, log, pg_temp`,
        `alter function log.capture_users() set timezone = 'UTC'`,
        `create or replace function log.capture_source(p_table regclass) returns text language sql stable as $$ select prosrc from pg_proc where proname = 'capture_' || (select relname from pg_class where oid = p_table) $$`,
      ),
    ).toEqual(only('log', 'log.capture_source is not the function that a migration made.'));
  });
  test.each([
    'log.seal()',
    'log.refuse_change()',
    'log.refuse_direct_insert()',
    'log.guard_head()',
    'log.guard_version()',
  ])('in the place of %s, is told', async (name) => {
    expect(await after(`create or replace function ${name} returns trigger ${nothing}`)).toEqual(
      only('log', `${name.slice(0, -2)} is not the function that a migration made.`),
    );
  });
  test('that takes fewer arguments, and would be called instead, is told', async () => {
    expect(
      await after(
        `create function log.enter(uuid) returns log.stream language sql as $$ select * from log.stream limit 1 $$`,
      ),
    ).toEqual(only('log', 'log.enter is not the function that a migration made.'));
  });
  test('that PostgreSQL has, for a row of our own, is told', async () => {
    expect(
      await after(`create function public.to_jsonb(users) returns jsonb language sql as $$ select '{}'::jsonb $$`),
    ).toEqual(only('log', 'to_jsonb(users) can take the place of PostgreSQL’s own function.'));
  });
  test('or an operator, that says that nothing changed, is told', async () => {
    expect(
      await after(
        `create function public.never(users, users) returns boolean language sql as $$ select false $$`,
        `create operator public.*<> (leftarg = users, rightarg = users, function = public.never)`,
      ),
    ).toEqual(only('log', 'operator *<>(users,users) can take the place of PostgreSQL’s own.'));
  });
});

describe('a table', () => {
  test('without capture, is told', async () => {
    const [found] = await after('create table public.tenth (id int primary key, stream_id uuid not null)');
    expect(found).toMatchObject({ table: 'tenth', problem: expect.stringMatching(/^a_capture_delete is missing; /) });
  });
  test('that inherits from one that is captured, is told', async () => {
    expect(await after('create table public.shadow () inherits (public.users)')).toEqual([
      expect.objectContaining({ table: 'shadow' }),
    ]);
  });
  test('without a stream, is told', async () => {
    const [found] = await after('create table public.tenth (id int primary key)');
    expect(found!.problem).toContain('it has no column stream_id');
  });
  test('without a key, is told', async () => {
    expect(await after('alter table version_editor drop constraint version_editor_pkey')).toEqual([
      expect.objectContaining({ table: 'version_editor', problem: expect.stringContaining('it has no key') }),
    ]);
  });
  test('that was put aside for a view, is told', async () => {
    expect(
      await after(
        'create schema aside',
        'alter table lobs set schema aside',
        'create view public.lobs as select * from aside.lobs',
      ),
    ).toEqual([
      ...only('aside.lobs', 'capture_lobs is not the function that captures this table.'),
      ...only('lobs', 'it has a past, and is no table.'),
    ]);
  });
  test('with a column that is not in its past, is told, until it is exposed', async () => {
    const add = 'alter table users add column nickname text';
    expect(await after(add)).toEqual(only('users', 'column nickname cannot be read in the past.'));
    expect(await after(add, `select past.expose('users')`)).toEqual([]);
  });
  test('whose rows can be hidden, is told', async () => {
    expect(await after('alter table users enable row level security')).toEqual(
      only('users', 'row security can hide its rows.'),
    );
    expect(await after('alter table log.row_change enable row level security')).toEqual(
      only('log.row_change', 'row security can hide its rows.'),
    );
  });
  test('with a rule, is told', async () => {
    expect(await after('create rule quiet as on delete to users do instead nothing')).toEqual(
      only('users', 'rules change what is written to it.'),
    );
  });
  test('with a trigger of somebody’s own, is told', async () => {
    expect(
      await after(
        'create function public.mine() returns trigger language plpgsql as $$ begin return new; end $$',
        'create trigger mine before update on users for each row execute function public.mine()',
        'alter table users enable always trigger mine',
      ),
    ).toEqual(only('users', 'mine calls public.mine, which no migration made.'));
  });
  test('that is captured as migrations do it, is covered', async () => {
    expect(
      await after(
        'create table public.tenth (item_id uuid primary key, stream_id uuid not null, version_id uuid not null, item_key uuid, item_hash text)',
        `select log.phase_table('public.tenth')`,
      ),
    ).toEqual([]);
  });
});

describe('the log itself:', () => {
  const triggers: [string, string][] = [
    ['log.stream', 'seal'],
    ['log.stream', 'guard_head'],
    ['log.stream', 'refuse_removal'],
    ['log.change_set', 'refuse_change'],
    ['log.change_set', 'refuse_direct_insert'],
    ['log.row_change', 'refuse_change'],
    ['log.row_change', 'refuse_direct_insert'],
  ];
  test.each(triggers)('%s without %s, or with it switched off, is told', async (table, trigger) => {
    expect(await after(`drop trigger ${trigger} on ${table}`)).toEqual(only(table, `${trigger} is missing.`));
    expect(await after(`alter table ${table} disable trigger ${trigger}`)).toEqual(
      only(table, `${trigger} is disabled.`),
    );
    expect(await after(`alter table ${table} enable trigger ${trigger}`)).toEqual(
      only(table, `${trigger} is not for replicas.`),
    );
  });
  test('a seal that never comes, is told', async () => {
    expect(
      await after(
        'drop trigger seal on log.stream',
        'create constraint trigger seal after update on log.stream deferrable initially deferred for each row when (false) execute function log.seal()',
        'alter table log.stream enable always trigger seal',
      ),
    ).toEqual(only('log.stream', 'seal is not made as it was.'));
  });
});
