/**
 * The database's faults as they happen: whoever asks is told BUSY, with when to ask again, and once; nothing is done by halves,
 * the log of the server says why, and when the database is back, so is the service.
 */
import { randomUUID } from 'node:crypto';
import pino from 'pino';
import { layCable, type Cable } from '../support/cable';
import { createTestDatabase } from '../support/database';
import { logFaults } from '../support/log';
import { foreign, waiting } from '../support/sessions';
import { until } from '../support/until';
import { ada, olga, workflow, World } from '../support/world';

let cable: Cable;
let world: World;
/** What the server's log says of the database. */
let said: { err: { code?: string; message: string } }[];

beforeAll(async () => {
  const database = await createTestDatabase();
  cable = await layCable(database.serviceUrl);
  const logger = pino({ level: 'error' }, { write: (line: string) => void said.push(JSON.parse(line) as never) });
  said = [];
  world = await World.create({ poolSize: 10, logger }, { ...database, serviceUrl: cable.url });
  await world.get(ada, creating());
});
beforeEach(() => {
  said = [];
});
afterEach(async () => {
  expect(await world.session('superuser', logFaults)).toEqual([]);
  await until('every connection is free', () =>
    world.db.pools.every(({ idleCount, totalCount }) => idleCount === totalCount),
  );
});
afterAll(async () => {
  await world.destroy();
  await cable.remove();
});

const place = `cycleId: "${workflow.cycleId}", reportId: "${workflow.reportId}"`;
const creating = (more = '') =>
  `mutation { createVersion(input: { ${place}, phase: PLANNING, carryForward: NONE ${more} }) { version { versionId } changeSet { id } } }`;
const reading = `{ workflow(${place}) { phases { phase history(first: 5) { nodes { status } } } } }`;
const versions = async (): Promise<number> =>
  (await world.sql('owner', 'select count(*)::int as n from phase_version'))[0].n as number;
const terminateWaiting = `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
const BUSY = { code: 'BUSY', retryable: true };

test('a connection that an operator ends in the middle of a mutation, and of a read', async () => {
  const before = await versions();
  for (const asking of [creating(), reading])
    await foreign(world, async (client) => {
      await client.query('begin; lock table phase_version in access exclusive mode');
      const asked = world.ask(ada, asking);
      await waiting(world, 1);
      await world.sql('superuser', terminateWaiting);
      const { errors, headers } = await asked;
      expect(errors![0]!.extensions).toMatchObject(BUSY);
      expect(headers.get('retry-after')).toBe('5');
      await client.query('rollback');
    });
  expect(await versions()).toBe(before);
  // Each is told once. Of a packet that PostgreSQL has not read to its end, the reset of the connection can come first.
  const told = said.map(({ err }) => err.code);
  expect(told).toContain('57P01');
  expect(told.filter((code) => code !== '57P01' && code !== 'ECONNRESET')).toEqual([]);
  expect(new Set(told).size).toBe(told.length);
  expect(await world.codeOf(ada, creating())).toBeUndefined();
});

test('connections that were ended while nobody used them: whoever begins a transaction is given another one', async () => {
  const answer = await world.session('superuser', (client) => {
    void client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'phaseledger'`,
    );
    // This process stands still meanwhile, so it hears of their end when it has asked already.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    return world.db.transaction((tx) => tx.query('select 1 as one'));
  });
  expect(answer).toEqual([{ one: 1 }]);
  expect(said).toEqual([]);
});

test.each([
  ['before it arrives', 'before'],
  ['after it was done', 'after'],
] as const)(
  'a connection that is lost at COMMIT, %s: that is said, and the same key repeats it safely',
  async (_, when) => {
    const before = await versions();
    const asking = creating(`, idempotencyKey: "${randomUUID()}"`);
    cable.cutAtCommit(when);
    const { errors } = await world.ask(ada, asking);
    expect(errors![0]!.extensions).toMatchObject({ ...BUSY, outcome: 'UNKNOWN' });
    expect(errors![0]!.message).toContain('same idempotencyKey');
    expect(await versions()).toBe(before + (when === 'after' ? 1 : 0));
    const again = await world.get(ada, asking);
    expect(await world.get(ada, asking)).toEqual(again);
    expect(await versions()).toBe(before + 1);
  },
);

test('without a key, what may have been done is nothing to repeat unread', async () => {
  cable.cutAtCommit('after');
  const { errors } = await world.ask(ada, creating());
  expect(errors![0]!.extensions).toMatchObject({ code: 'BUSY', retryable: false, outcome: 'UNKNOWN' });
});

describe('an error that the database raises for want of something', () => {
  test.each([
    ['53100', 'BUSY'],
    ['53200', 'BUSY'],
    ['58030', 'INTERNAL_SERVER_ERROR'], // what cannot be read or written is for somebody to look at, and no reason to try again
  ])('%s is %s', async (code, answer) => {
    const before = await versions();
    await world.sql(
      'superuser',
      `create function public.fail() returns trigger language plpgsql as $$ begin raise exception using errcode = '${code}', message = 'secret'; end $$;
       create trigger zz_fail before insert on phase_version execute function public.fail()`,
    );
    try {
      const [error] = (await world.ask(ada, creating())).errors!;
      expect(error!.extensions.code).toBe(answer);
      expect(JSON.stringify(error)).not.toMatch(/secret|53\d00|phase_version/);
    } finally {
      await world.sql('superuser', 'drop trigger zz_fail on phase_version; drop function public.fail()');
    }
    expect(said).toHaveLength(1);
    expect(JSON.stringify(said)).toContain('secret');
    expect(await versions()).toBe(before);
    expect(await world.codeOf(ada, creating())).toBeUndefined();
  });
});

test('a transaction that PostgreSQL ended because it was idle', async () => {
  const idle = world.db.transaction(async (tx) => {
    await tx.query(`select set_config('idle_in_transaction_session_timeout', '20ms', true)`);
    const [{ pid }] = (await tx.query<{ pid: number }>('select pg_backend_pid() as pid')) as [{ pid: number }];
    await until('it is ended', async () => {
      const left = await world.sql('superuser', 'select from pg_stat_activity where pid = $1', [pid]);
      return left.length === 0;
    });
    return tx.query('select 1');
  });
  await expect(idle).rejects.toMatchObject({ code: 'BUSY', details: { retryable: true } });
});

test('a database that is away: BUSY, not ready, alive; and everything as before when it is back', async () => {
  const ready = async () => (await fetch(`${world.server.url}/health/ready`)).status;
  expect(await ready()).toBe(200);
  const before = await versions();
  await cable.cut();
  try {
    for (const [person, asking] of [
      [olga, reading],
      [ada, creating()],
      [ada, reading],
    ] as const) {
      // prettier-ignore
      const { status, errors, headers } = await world.ask(person, asking);
      expect([status, headers.get('retry-after')]).toEqual([503, '5']);
      expect(errors![0]!.extensions).toEqual({ ...BUSY, retryAfterSeconds: 5 });
    }
    expect(await ready()).toBe(503);
    expect((await fetch(`${world.server.url}/health/live`)).status).toBe(200);
  } finally {
    await cable.mend();
  }
  expect(await ready()).toBe(200);
  expect(await world.codeOf(olga, reading)).toBeUndefined();
  expect(await versions()).toBe(before);
  expect(await world.codeOf(ada, creating())).toBeUndefined();
  expect(said.length).toBeLessThanOrEqual(2); // each kind once: connections that were cut, and those that cannot be made
});
