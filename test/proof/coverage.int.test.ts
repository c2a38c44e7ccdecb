/** What an auditor is told about the capture: complete, or which table is not, and why. */
import { allow, forbid } from '../../src/proof/catalogue-exceptions';
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
  world.undone('superuser', async (client) => {
    for (const sql of statements) await client.query(sql);
    const { tables } = await auditCoverage(dbOf(client));
    return tables.filter(({ captured }) => !captured);
  });
const only = (table: string, problem: string) => [{ table, captured: false, problem }];
/** What is said of an object that is there and is not as it was made. */
const changed = (table: string, object: string, ...changes: string[]) =>
  only(table, `${object} is changed (${changes.join('; ')}).`);
const made = (object: string) => `${object} is there, and no migration made it`;

test('a fresh database is covered, and says so through the API', async () => {
  const { auditCoverage: coverage } = await world.get(
    aud,
    '{ auditCoverage { complete recordsSchemaChanges tables { table captured problem } } }',
  );
  expect(coverage.tables.filter(({ captured }: { captured: boolean }) => !captured)).toEqual([]);
  expect(coverage).toMatchObject({ complete: true, recordsSchemaChanges: false });
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

test('a server whose database is not as it must be is not ready, and says in short why', async () => {
  await world.sql('superuser', 'alter table lobs disable trigger a_capture_delete');
  const response = await fetch(`${world.server.url}/health/ready`).finally(() =>
    world.sql('superuser', 'alter table lobs enable always trigger a_capture_delete'),
  );
  expect(response.status).toBe(503);
  expect(await response.json()).toEqual({
    status: 'not ready',
    problems: ['trigger a_capture_delete on public.lobs is changed.'],
  });
});
test('a schema that the service cannot look into is told, and nothing else goes wrong', async () => {
  for (const schema of ['public', 'past']) {
    await world.sql('superuser', `revoke usage on schema ${schema} from phaseledger_service`);
    const { tables } = await world.db
      .snapshot(auditCoverage)
      .finally(() => world.sql('superuser', `grant usage on schema ${schema} to phaseledger_service`));
    expect(tables.filter(({ captured }) => !captured)).toEqual(
      changed(schema, `schema ${schema}`, 'rights of the service: found nothing, expected “usage”'),
    );
  }
});

describe.each(['a_capture_insert', 'a_capture_update', 'a_capture_delete', 'a_capture_truncate', 'a_identity'])(
  'the trigger %s that is',
  (trigger) => {
    test.each([
      ['disabled', `alter table users disable trigger ${trigger}`, 'never'],
      ['not for replicas', `alter table users enable trigger ${trigger}`, 'not for replicas'],
      ['for replicas only', `alter table users enable replica trigger ${trigger}`, 'for replicas only'],
    ])('%s, is told', async (_, sql, fires) => {
      expect(await after(sql)).toEqual(
        changed('users', `trigger ${trigger} on public.users`, `fires: found “${fires}”, expected “always”`),
      );
    });
    test('dropped, is told', async () => {
      expect(await after(`drop trigger ${trigger} on users`)).toEqual(
        only('users', `trigger ${trigger} on public.users is missing.`),
      );
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
        problem: expect.stringMatching(/^trigger a_capture_update on public\.users is changed \(says: found “/),
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
    ).toEqual([
      expect.objectContaining({
        table: 'users',
        problem: expect.stringMatching(/^trigger a_identity on public\.users is changed \(says: found “/),
      }),
    ]);
  });
});

describe('a function of the same name', () => {
  const nothing = 'language plpgsql as $$ begin return null; end $$';
  test('with another text, is told, and in which line', async () => {
    const [found] = await after(
      `create or replace function log.capture_users() returns trigger ${nothing.replace('language plpgsql', "language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp set timezone = 'UTC'")}`,
    );
    expect(found!.problem).toMatch(
      /^function log\.capture_users\(\) is changed \(settings: .*; text, line 1: found “begin return null; end”, /,
    );
  });
  const settings = (searchPath: string) =>
    `DateStyle=ISO, MDY; IntervalStyle=postgres; TimeZone=UTC; bytea_output=hex; extra_float_digits=1; search_path=${searchPath}; xmlbinary=base64`;
  test('that looks elsewhere, is told', async () => {
    expect(await after('alter function log.capture_users() set search_path = public, pg_catalog')).toEqual(
      changed(
        'log',
        'function log.capture_users()',
        `settings: found “${settings('public, pg_catalog')}”, expected “${settings('pg_catalog, public, log, pg_temp')}”`,
      ),
    );
  });
  test('that runs as whoever writes, is told', async () => {
    expect(await after('alter function log.capture_users() security invoker')).toEqual(
      changed(
        'log',
        'function log.capture_users()',
        'runs: found “plpgsql, volatile, as its caller”, expected “plpgsql, volatile, as its owner”',
      ),
    );
  });
  test.each([
    'log.seal()',
    'log.refuse_change()',
    'log.refuse_direct_insert()',
    'log.guard_head()',
    'log.guard_version()',
    'log.capture_source(p_table regclass)',
  ])('in the place of %s, is told', async (name) => {
    const returns = name.includes('regclass') ? 'text language sql as $$ select null $$' : `trigger ${nothing}`;
    expect(await after(`create or replace function ${name} returns ${returns}`)).toEqual([
      expect.objectContaining({
        table: 'log',
        problem: expect.stringContaining(`function ${name} is changed (`),
      }),
    ]);
  });
  test('that takes fewer arguments, and would be called instead, is told', async () => {
    expect(
      await after(
        `create function log.enter(uuid) returns log.stream language sql as $$ select * from log.stream limit 1 $$`,
      ),
    ).toEqual(only('log', `${made('function log.enter(uuid)')}.`));
  });
  test('that PostgreSQL has, for a row of our own, is told', async () => {
    expect(
      await after(`create function public.to_jsonb(users) returns jsonb language sql as $$ select '{}'::jsonb $$`),
    ).toEqual(only('public', `${made('function public.to_jsonb(public.users)')}.`));
  });
  test('or an operator, that says that nothing changed, is told', async () => {
    expect(
      await after(
        `create function public.never(users, users) returns boolean language sql as $$ select false $$`,
        `create operator public.*<> (leftarg = users, rightarg = users, function = public.never)`,
      ),
    ).toEqual(
      only(
        'public',
        `${made('function public.never(public.users, public.users)')}; ${made('operator public.*<>(public.users,public.users)')}.`,
      ),
    );
  });
});

describe('a table', () => {
  test('that no migration made, is told, without all that is on it', async () => {
    expect(await after('create table public.tenth (id int primary key, stream_id uuid not null)')).toEqual(
      only('tenth', `${made('table public.tenth')}.`),
    );
  });
  test('that inherits from one that is captured, is told with it', async () => {
    expect(await after('create table public.shadow () inherits (public.users)')).toEqual([
      ...only('shadow', `${made('table public.shadow')}.`),
      ...changed('users', 'table public.users', 'is inherited by: found “public.shadow”, expected nothing'),
    ]);
  });
  test('that is gone, is told once', async () => {
    expect(await after('drop table catalogue_exceptions cascade')).toEqual([
      ...only('catalogue_exceptions', 'table public.catalogue_exceptions is missing.'),
      ...only('past.catalogue_exceptions', 'view past.catalogue_exceptions is missing.'),
    ]);
  });
  test('without a key, is told', async () => {
    expect(await after('alter table version_editor drop constraint version_editor_pkey')).toEqual(
      only(
        'version_editor',
        'index public.version_editor_pkey on public.version_editor is missing; ' +
          'table public.version_editor is changed (constraint version_editor_pkey: found nothing, expected “PRIMARY KEY (version_id, user_id)”).',
      ),
    );
  });
  test('that was put aside for a view, is told', async () => {
    const found = await after(
      'create schema aside',
      'alter table lobs set schema aside',
      'create view public.lobs as select * from aside.lobs',
    );
    const problems = found.map(({ problem }) => problem).join(' ');
    expect(problems).toContain('table public.lobs is missing');
    expect(problems).toContain(made('view public.lobs'));
    expect(problems).toContain(made('table aside.lobs'));
  });
  test('with another column, is told', async () => {
    expect(await after('alter table users add column nickname text')).toEqual(
      changed('users', 'table public.users', 'column nickname: found “text”, expected nothing'),
    );
  });
  test('whose rows can be hidden, is told', async () => {
    for (const [table, place] of [
      ['public.users', 'users'],
      ['log.row_change', 'log.row_change'],
    ] as const)
      expect(await after(`alter table ${table} enable row level security`)).toEqual(
        changed(place, `table ${table}`, 'row security: found “hides rows”, expected nothing'),
      );
  });
  test('with a rule, is told', async () => {
    expect(await after('create rule quiet as on delete to users do instead nothing')).toEqual(
      only('users', `${made('rule quiet on public.users')}.`),
    );
  });
  test('with a trigger of somebody’s own, is told', async () => {
    expect(
      await after(
        'create function public.mine() returns trigger language plpgsql as $$ begin return new; end $$',
        'create trigger mine before update on users for each row execute function public.mine()',
        'alter table users enable always trigger mine',
      ),
    ).toEqual([
      ...only('public', `${made('function public.mine()')}.`),
      ...only('users', `${made('trigger mine on public.users')}.`),
    ]);
  });
});

describe('what a customer adds', () => {
  const index = 'index public.users_shouted on public.users';
  /** What is said of statements that were allowed, and after others that follow. */
  const allowed = (name: string, statements: string[], then: string[] = [], work = allow) =>
    world.undone('superuser', async (client) => {
      for (const sql of statements) await client.query(sql);
      await work(dbOf(client), name, 'Our own.');
      await client.query('set local search_path = public');
      for (const sql of then) await client.query(sql);
      const { tables } = await auditCoverage(dbOf(client));
      return tables.filter(({ captured }) => !captured);
    });
  const create = 'create unique index users_shouted on users (upper(name))';

  test('is told until it is allowed, and is recorded with its reason and its form', async () => {
    expect(await after(create)).toEqual(only('users', `${made(index)}.`));
    expect(await allowed(index, [create])).toEqual([]);
    await world.session('superuser', async (client) => {
      await client.query('begin');
      await client.query(create);
      await allow(dbOf(client), index, 'We search for shouted names.');
      await client.query('set constraints log.seal immediate');
      const { rows } = await client.query(
        `select c.operation, c.reason, r.after ->> 'object' as object, r.after ->> 'definition' as definition from log.change_set c
         join log.row_change r using (stream_id, sequence) where r.table_name = 'catalogue_exceptions'`,
      );
      expect(rows).toEqual([
        {
          operation: 'catalogue allow',
          reason: 'We search for shouted names.',
          object: index,
          definition: '  says: CREATE UNIQUE INDEX users_shouted ON public.users USING btree (upper(name))\n',
        },
      ]);
      await client.query('rollback');
    });
  });
  test('is told again when it is not what was allowed', async () => {
    expect(
      await allowed(
        index,
        [create],
        ['drop index users_shouted', 'create unique index users_shouted on users (lower(name))'],
      ),
    ).toEqual(only('users', `${index} is there, and it is not as it was when it was allowed.`));
  });
  test('is allowed with what is on it: a table that is captured as migrations do it', async () => {
    const table = 'public.tenth';
    const statements = [
      `create table ${table} (item_id uuid primary key, stream_id uuid not null, version_id uuid not null, item_key uuid, label text, item_hash text)`,
      `select log.phase_table('${table}'), past.make_views(), recorded.make_views()`,
    ];
    expect(await allowed(`table ${table}`, statements)).toEqual([
      ...only('past.tenth', `${made('view past.tenth')}.`),
      ...only('recorded.tenth', `${made('view recorded.tenth')}.`),
      ...only('log', `${made('function log.capture_tenth()')}.`),
    ]);
  });
  test('is no way to have what a migration made otherwise', async () => {
    for (const [name, sql] of [
      ['trigger seal on log.stream', 'alter table log.stream disable trigger seal'],
      ['trigger seal on log.stream', 'drop trigger seal on log.stream'],
      ['table public.users', 'alter table users add column nickname text'],
    ] as const)
      await expect(allowed(name, [sql])).rejects.toThrow(`There is no “${name}” to allow.`);
  });
  test('is an extension, whose own functions are its matter, and none that is only said to be its', async () => {
    const name = 'extension pg_trgm';
    expect(await after('create extension pg_trgm')).toEqual(only('database', `${made(name)}.`));
    expect(await allowed(name, ['create extension pg_trgm'])).toEqual([]);
    const mine = 'create function public.to_jsonb(users) returns jsonb language sql as $$ select null::jsonb $$';
    expect(
      await allowed(
        name,
        ['create extension pg_trgm'],
        [mine, 'alter extension pg_trgm add function public.to_jsonb(users)'],
      ),
    ).toEqual(only('public', `${made('function public.to_jsonb(public.users)')}.`));
  });
  test('is nothing to take back before it was allowed', async () => {
    await expect(allowed(index, [create], [], forbid)).rejects.toThrow(
      'is not allowed, so there is nothing to take back',
    );
  });
  test('is told again when it was taken back', async () => {
    const found = await world.session('superuser', async (client) => {
      await client.query('begin');
      await client.query(create);
      await allow(dbOf(client), index, 'Our own.');
      await client.query('set constraints log.seal immediate; set constraints log.seal deferred; commit; begin');
      expect(await forbid(dbOf(client), index, 'No longer.')).toEqual([index]);
      const { tables } = await auditCoverage(dbOf(client));
      await client.query('commit');
      await client.query('drop index public.users_shouted');
      return tables.filter(({ captured }) => !captured);
    });
    expect(found).toEqual(only('users', `${made(index)}.`));
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
    const object = `trigger ${trigger} on ${table}`;
    expect(await after(`drop trigger ${trigger} on ${table}`)).toEqual(only(table, `${object} is missing.`));
    const told = (fires: string) => changed(table, object, `fires: found “${fires}”, expected “always”`);
    expect(await after(`alter table ${table} disable trigger ${trigger}`)).toEqual(told('never'));
    expect(await after(`alter table ${table} enable trigger ${trigger}`)).toEqual(told('not for replicas'));
  });
  test('a seal that never comes, is told', async () => {
    expect(
      await after(
        'drop trigger seal on log.stream',
        'create constraint trigger seal after update on log.stream deferrable initially deferred for each row when (false) execute function log.seal()',
        'alter table log.stream enable always trigger seal',
      ),
    ).toEqual([
      {
        table: 'log.stream',
        captured: false,
        problem: expect.stringMatching(/^trigger seal on log\.stream is changed \(says: found “.*WHEN \(false\)/),
      },
    ]);
  });
});
