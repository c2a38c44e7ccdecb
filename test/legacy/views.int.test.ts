/** The old tables' names, as views over the new tables. */
import { legacyTables } from '../../src/legacy/tables';
import { World } from '../support/world';
import { takeOver } from './taken-over';

let world: World;
beforeAll(async () => {
  world = await World.create();
  await takeOver(world);
});
afterAll(() => world.destroy());

describe('the old tables', () => {
  test('have the columns they had, of the same types, in the same order', async () => {
    const found = await world.sql<{ table: string; name: string; type: string }>(
      'service',
      `select table_name as table, column_name as name, case data_type when 'timestamp with time zone' then 'timestamptz'
         when 'timestamp without time zone' then 'timestamp' else data_type end as type
       from information_schema.columns where table_schema = 'legacy' and table_name = any ($1) order by table_name, ordinal_position`,
      [legacyTables.map(({ name }) => name)],
    );
    for (const { name, columns } of legacyTables)
      expect([name, found.filter(({ table }) => table === name).map((column) => [column.name, column.type])]).toEqual([
        name,
        Object.entries(columns),
      ]);
  });

  test('have the rows that were taken over, column by column', async () => {
    for (const { name, key } of legacyTables) {
      const rows = await world.sql<{ shown: object; source: object }>(
        'service',
        `select to_jsonb(v) as shown, to_jsonb(jsonb_populate_record(null::legacy.${name}, s.row)) as source
         from legacy.source_row s left join legacy.${name} v on ${key.map((column) => `v.${column}::text = s.row ->> '${column}'`).join(' and ')} where s.table_name = $1`,
        [name],
      );
      for (const { shown, source } of rows) expect({ name, row: shown }).toEqual({ name, row: source });
    }
  });
});
