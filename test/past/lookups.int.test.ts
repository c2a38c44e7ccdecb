/**
 * What plans look up in the past is what its views show, as of every commit of every stream: also where somebody went around the
 * rules, and changed what was in force several times in one commit.
 */
import type pg from 'pg';
import { placesInAWorld } from '../access/places';
import { REFERENCE } from '../support/log';
import type { World } from '../support/world';

let world: World;
beforeAll(async () => {
  ({ world } = await placesInAWorld());
  await world.session('superuser', aroundTheRules);
  await world.sql('owner', `update users set name = name || ' later' where user_id % 2 = 0`);
});
afterAll(() => world.destroy());

/** Everything is captured, and nothing is guarded. */
async function aroundTheRules(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select tgname as name from pg_trigger where tgrelid = 'phase_version'::regclass and not tgisinternal and tgname not like 'a_capture%'`,
  );
  const guards = (how: string) => rows.map(({ name }) => `alter table phase_version ${how} trigger ${name};`).join(' ');
  const inForce = `versioning_type = 'FULL' and effective_from is not null and effective_to is null`;
  await client.query('begin');
  await client.query(guards('disable'));
  await client.query(`update phase_version set approval_notes = 'once' where ${inForce}`);
  await client.query(`update phase_version set approval_notes = 'twice' where ${inForce}`);
  await client.query('set constraints all immediate');
  await client.query(guards('enable always'));
  await client.query('commit');
  await client.query('begin');
  await client.query(guards('disable'));
  await client.query(
    `update phase_version set status = 'SUPERSEDED', effective_to = effective_from + interval '1 second' where ${inForce}`,
  );
  await client.query(
    `update phase_version v set status = 'APPROVED', effective_to = null where versioning_type = 'FULL' and effective_to is not null
       and version_number = (select max(version_number) from phase_version o where o.master_record_id = v.master_record_id and o.effective_from is not null)`,
  );
  await client.query('set constraints all immediate');
  await client.query(guards('enable always'));
  await client.query('commit');
}

/** How many rows are in one of two queries and not in the other. */
const differing = (one: string, other: string) =>
  `with one as (${one}), other as (${other})
   select count(*)::int as n from ((table one except table other) union all (table other except table one)) d`;

type Lookup = [what: string, stream: string, lookup: string, view: string];
const ofReference: Lookup[] = [
  ['users', 'user_id', 'int'],
  ['lobs', 'lob_id', 'uuid'],
  ['cycles', 'cycle_id', 'uuid'],
  ['reports', 'report_id', 'uuid'],
  ['workflows', 'workflow_id', 'uuid'],
].map(([table, key, type]) => [
  `a row of ${table}`,
  REFERENCE,
  `select f.* from (select distinct row_id::${type} as id from log.row_change where table_name = '${table}') k cross join past.${table}($1, $2, k.id) f`,
  `select t.* from past.${table} t where t.${key} is not null and t.stream_id = $1 and $2::int is not null`,
]);

test.each<Lookup>([
  [
    'what is in force',
    'stream',
    `select f.* from past.in_force($1, $2, enum_range(null::"Phase")) f where f.versioning_type = 'FULL'`,
    `select v.* from past.phase_version v where v.stream_id = $1 and $2::int is not null and v.versioning_type = 'FULL' and v.effective_from is not null and v.effective_to is null`,
  ],
  [
    'a version',
    'stream',
    `select f.* from (select distinct version_id from log.row_change where stream_id = $1 and table_name = 'phase_version') v cross join past.phase_version($1, $2, v.version_id) f`,
    'select v.* from past.phase_version v where v.stream_id = $1 and $2::int is not null',
  ],
  ...ofReference,
])('%s is found as the view shows it, as of every commit', async (_, stream, lookup, view) => {
  const heads = await world.sql<{ id: string; sequence: number }>(
    'superuser',
    'select stream_id as id, sequence from log.stream where (stream_id = $1) = $2',
    [REFERENCE, stream === REFERENCE],
  );
  expect(heads.length).toBeGreaterThan(0);
  let found = 0;
  await world.session('superuser', async (client) => {
    for (const { id, sequence } of heads)
      for (let n = 0; n <= sequence; n++) {
        await client.query(`select set_config('phaseledger.horizon', $1, false)`, [JSON.stringify({ [id]: n })]);
        const { rows } = await client.query<{ n: number }>(differing(lookup, view), [id, n]);
        expect({ id, n, differing: rows[0]!.n }).toEqual({ id, n, differing: 0 });
        found += (await client.query(lookup, [id, n])).rowCount!;
      }
  });
  expect(found).toBeGreaterThan(0);
});
