/** Statements of a transaction leave together; what fails among them undoes all of it, and is what is told. */
import pg from 'pg';
import { Database } from '../../src/database/connection/database';
import { run } from '../../src/database/connection/statements';
import { Transaction } from '../../src/database/connection/transaction';
import { updateHeader } from '../../src/database/versions/version-writes';
import { buildVersion } from '../support/builders';
import { workflow, World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await World.create();
  await world.sql('superuser', 'create table public.noted (n int primary key)');
  await world.sql('superuser', 'grant select, insert on public.noted to phaseledger_service');
});
afterAll(() => world.destroy());

const noted = async () =>
  (await world.sql<{ n: number }>('superuser', 'select n from noted order by n')).map(({ n }) => n);

async function packetsOf<T>(work: () => Promise<T>): Promise<number> {
  let packets = 0;
  world.db.onPacket = () => packets++;
  await work().finally(() => (world.db.onPacket = undefined));
  return packets;
}

test('what nobody waits for leaves in one packet, with BEGIN and COMMIT', async () => {
  const packets = await packetsOf(() =>
    world.db.transaction(async (tx) => {
      for (const n of [1, 2, 3]) tx.write('insert into noted values ($1)', [n]);
      return Promise.resolve();
    }),
  );
  expect(packets).toBe(1);
  expect(await noted()).toEqual([1, 2, 3]);
});

test('whoever waits for an answer begins another packet', async () => {
  const packets = await packetsOf(() =>
    world.db.transaction(async (tx) => {
      const [one, other] = await Promise.all([tx.query('select 1 as n'), tx.query('select 2 as n')]);
      expect([one, other]).toEqual([[{ n: 1 }], [{ n: 2 }]]);
      expect(await tx.query('select 3 as n')).toEqual([{ n: 3 }]);
    }),
  );
  expect(packets).toBe(3);
});

test('statements see what those before them wrote, in the same packet', async () => {
  await world.db.transaction(async (tx) => {
    const before = tx.query('select n from noted where n = 4');
    tx.write('insert into noted values (4)');
    expect(await tx.query('select n from noted where n = 4')).toEqual([{ n: 4 }]);
    expect(await before).toEqual([]);
  });
});

test('a write that fails undoes everything, also what came after it, and COMMIT is not believed', async () => {
  const failed = world.db.transaction(async (tx) => {
    tx.write('insert into noted values (10)');
    tx.write('insert into noted values (1)');
    tx.write('insert into noted values (11)');
    return Promise.resolve();
  });
  await expect(failed).rejects.toMatchObject({ code: 'CONFLICT' }); // it is there, which is what failed first
  expect(await noted()).toEqual([1, 2, 3, 4]);
});

test('what failed first is told, not that the rest was not done any more', async () => {
  const failed = world.db.transaction(async (tx) => {
    tx.write('insert into noted values (1)');
    await tx.query('select n from noted');
  });
  await expect(failed).rejects.toMatchObject({ code: 'CONFLICT' });
});

test('the connection is of use afterwards, whatever failed on it', async () => {
  for (let n = 0; n < 20; n++)
    await expect(
      world.db.transaction((tx) => Promise.all([tx.query('select 1/0 as n'), tx.query('select 1 as n')])),
    ).rejects.toMatchObject({ code: '22012' });
  expect(await world.db.transaction((tx) => tx.query('select 5 as n'))).toEqual([{ n: 5 }]);
});

test('what a packet was to prepare behind a failure is prepared when it is asked again', async () => {
  const db = new Database({ url: world.database.serviceUrl, poolSize: 4, statementTimeoutMs: 0 });
  try {
    for (const _ of [1, 2]) {
      const failed = db.transaction((tx) => Promise.all([tx.query('select 1/0 as n'), tx.query('select 6 as n')]));
      await expect(failed).rejects.toMatchObject({ code: '22012' });
    }
    for (const _ of [1, 2]) expect(await db.transaction((tx) => tx.query('select 6 as n'))).toEqual([{ n: 6 }]);
  } finally {
    await db.close();
  }
});

test('columns that are asked for once have their names and types each time, also where there are no rows', async () => {
  const asked = `select $1::int as how_many, '{"a": 1}'::jsonb as some_json, null::text as nothing where $1::int > 0`;
  for (const n of [0, 1, 2])
    expect(await world.db.transaction((tx) => tx.query(asked, [n]))).toEqual(
      n === 0 ? [] : [{ howMany: n, someJson: { a: 1 }, nothing: null }],
    );
});

test('nothing that is sent on the same connection overtakes what waits to be sent', async () => {
  const client = new pg.Client({ connectionString: world.database.serviceUrl });
  await client.connect();
  try {
    const tx = new Transaction(client, 'begin');
    tx.write("set local application_name = 'within'");
    expect(await run(client, 'show application_name')).toEqual([{ applicationName: 'within' }]);
    expect(await tx.commit()).toBe('COMMITTED');
  } finally {
    await client.end();
  }
});

test('a value that cannot be sent fails the transaction, and is what is told', async () => {
  const circular: Record<string, unknown> = {};
  circular.itself = circular;
  const failed = world.db.transaction(async (tx) => {
    tx.write('insert into noted values (20)');
    await tx.query('select $1::jsonb', [circular]);
  });
  await expect(failed).rejects.toThrow(/circular/i);
  expect(await noted()).toEqual([1, 2, 3, 4]);
});

test('a version that is not as it was read any more is not changed, and nothing is committed', async () => {
  const { versionId, revision } = await buildVersion(world, { phase: 'PLANNING' });
  const sequence = async () =>
    (await world.sql('superuser', `select sequence from log.stream where stream_id = '${workflow.workflowId}'`))[0];
  const before = await sequence();
  for (const stale of [
    { versionId, revision: revision - 1, status: 'DRAFT' },
    { versionId, revision, status: 'REJECTED' },
  ] as const) {
    const failed = world.db.transaction(async (tx) => {
      await tx.query('select log.open($1, 1, $2, null, null)', [workflow.workflowId, 'updateVersion']);
      const updated = updateHeader(tx, stale, { approvalNotes: 'Stale.' });
      updated.catch(() => undefined);
    });
    await expect(failed).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('Somebody else') });
  }
  expect(await sequence()).toEqual(before);
});
