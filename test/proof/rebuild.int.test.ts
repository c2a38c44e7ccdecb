/** Rebuild: the log alone leads to the live rows; where it does not, the difference is counted by table. */
import { Database } from '../../src/database/connection/database';
import { allStreams } from '../../src/database/log/log-reader';
import { REFERENCE_STREAM } from '../../src/database/register/people';
import { rebuild, type RebuiltTable } from '../../src/proof/rebuild';
import { verifyStream } from '../../src/proof/verify';
import { createDemoDatabase } from '../support/demo';
import { TEST_STATEMENT_TIMEOUT_MS } from '../support/server';
import { AttackedWorld, type Story } from './attacked-world';

const isEqual = ({ different, missing, unknown }: RebuiltTable) => different + missing + unknown === 0;

test('the demo is rebuilt from its log, row by row, and verifies', async () => {
  const database = await createDemoDatabase();
  const db = new Database({ url: database.serviceUrl, poolSize: 3, statementTimeoutMs: TEST_STATEMENT_TIMEOUT_MS });
  try {
    const streams = await db.snapshot(allStreams);
    expect(streams[0]).toBe(REFERENCE_STREAM);
    expect(streams).toHaveLength(3);
    const rebuilt = new Map<string, number>();
    for (const streamId of streams) {
      const tables = await db.snapshot((tx) => rebuild(tx, streamId));
      expect(tables.filter((table) => !isEqual(table))).toEqual([]);
      for (const { table, equal } of tables) rebuilt.set(table, (rebuilt.get(table) ?? 0) + equal);
      expect(await db.snapshot((tx) => verifyStream(tx, streamId))).toMatchObject({ valid: true });
    }
    for (const [table, count] of rebuilt) {
      const [live] = await db.query<{ count: number }>(`select count(*)::int as count from ${table}`);
      expect({ table, count }).toEqual({ table, count: live!.count });
    }
    expect(rebuilt.size).toBeGreaterThan(20);
  } finally {
    await db.close();
    await database.drop();
  }
});

describe('after tampering', () => {
  let attacked: AttackedWorld;
  beforeAll(async () => {
    attacked = await AttackedWorld.create();
  });
  afterAll(() => attacked.destroy());
  const told = async (): Promise<Story> => attacked.tell((await attacked.places(1))[0]!);
  const items = async ({ workflowId }: Story) =>
    (await attacked.world.db.snapshot((tx) => rebuild(tx, workflowId))).find(
      ({ table }) => table === 'attribute_decisions',
    );

  test.each<[string, (story: Story) => string, Partial<RebuiltTable>]>([
    ['nothing, all is equal', () => 'select 1', { equal: 3 }],
    [
      'a row that was changed is different',
      ({ items: [id] }) => `update attribute_decisions set label = 'x' where item_id = '${id}'`,
      { equal: 2, different: 1 },
    ],
    [
      'a row that was removed is missing',
      ({ items: [id] }) => `delete from attribute_decisions where item_id = '${id}'`,
      { equal: 2, missing: 1 },
    ],
    [
      'a row that was added is unknown',
      ({ workflowId }) =>
        `insert into attribute_decisions select (jsonb_populate_record(null::attribute_decisions, before)).* from log.row_change where stream_id = '${workflowId}' and sequence = 4 and operation = 'DELETE'`,
      { equal: 3, unknown: 1 },
    ],
    [
      'an image that was changed is different',
      ({ workflowId }) =>
        `update log.row_change set after = after || '{"label": "x"}' where stream_id = '${workflowId}' and sequence = 6`,
      { equal: 2, different: 1 },
    ],
    [
      'a log that was deleted makes all unknown',
      ({ workflowId }) => `delete from log.row_change where stream_id = '${workflowId}'`,
      { unknown: 3 },
    ],
  ])('%s', async (_, sql, expected) => {
    const story = await told();
    await attacked.attack(sql(story));
    expect(await items(story)).toEqual({
      table: 'attribute_decisions',
      equal: 0,
      different: 0,
      missing: 0,
      unknown: 0,
      ...expected,
    });
  });
});
