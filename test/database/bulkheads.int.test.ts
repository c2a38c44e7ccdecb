/**
 * Whoever waits holds up nobody else: those who wait to write, those who read at length, and those who ask for much leave the
 * connections alone that others need. What is asserted is what happens while they wait, not how long it takes.
 */
import { logFaults } from '../support/log';
import { foreign, waiting } from '../support/sessions';
import { until } from '../support/until';
import { ada, aud, ben, both, olga, otherWorkflow, workflow, World, type WorldOptions } from '../support/world';

const SIZE = 10;
const worlds: World[] = [];
async function worldWith(options: WorldOptions = {}): Promise<World> {
  const world = await World.create({ poolSize: SIZE, ...options });
  worlds.push(world);
  await world.get(ada, creating()); // a stream has a head once something was written to it
  return world;
}
afterEach(async () => {
  for (const world of worlds.splice(0)) {
    try {
      expect(await world.session('superuser', logFaults)).toEqual([]);
      await nothingIsHeld(world);
    } finally {
      await world.destroy();
    }
  }
});

/** Nobody waits, and every connection is free again. */
async function nothingIsHeld({ db }: World): Promise<void> {
  const { reading, writing, readingAtLength, readingThePast, streams } = db.shares;
  const shares = [reading, writing, readingAtLength, readingThePast, streams];
  await until('nobody waits', () => [...shares.map(({ waiting }) => waiting), ...db.pools.map(({ waitingCount }) => waitingCount)].every((n) => n === 0)); // prettier-ignore
  await until('every connection is free', () =>
    db.pools.every(({ idleCount, totalCount }) => idleCount === totalCount),
  );
  expect(db.pools.reduce((sum, pool) => sum + pool.totalCount, 0)).toBeLessThanOrEqual(SIZE);
}

const creating = (place = workflow) =>
  `mutation { createVersion(input: { cycleId: "${place.cycleId}", reportId: "${place.reportId}", phase: PLANNING, carryForward: NONE }) { version { versionId } } }`;
const reading = (place = workflow) =>
  `{ workflow(cycleId: "${place.cycleId}", reportId: "${place.reportId}") { phases { phase history(first: 5) { nodes { status createdBy { name } } } } } }`;
const versionsIn = async (world: World): Promise<number> =>
  (await world.sql('owner', 'select count(*)::int as n from phase_version where stream_id = $1', [workflow.workflowId]))[0].n; // prettier-ignore

/** Somebody outside the service holds the head of the workflow while `meanwhile` happens. */
const whileHeld = <T>(world: World, meanwhile: () => Promise<T>): Promise<T> =>
  foreign(world, async (client) => {
    await client.query('begin');
    await client.query('select from log.stream where stream_id = $1 for update', [workflow.workflowId]);
    const result = await meanwhile();
    await client.query('rollback');
    return result;
  });

test('forty mutations wait for a stream, and everybody reads, and writes to other workflows', async () => {
  const world = await worldWith();
  let answered = 0;
  const { mutations } = await whileHeld(world, async () => {
    const asked = Array.from({ length: 40 }, (_, n) =>
      world.codeOf(n % 2 ? ada : ben, creating()).finally(() => answered++),
    );
    await until('all but one wait', () => world.db.shares.streams.waiting === 39);
    await waiting(world, 1); // one waits at the lock; those behind it hold nothing
    expect(world.db.pool.totalCount - world.db.pool.idleCount).toBe(1);
    for (let n = 0; n < 10; n++) {
      const answers = await Promise.all([
        world.codeOf(olga, reading()),
        world.codeOf(ada, reading()),
        world.codeOf(aud, reading(otherWorkflow)),
        world.codeOf(both, creating(otherWorkflow)),
      ]);
      expect(answers).toEqual(Array(4).fill(undefined));
    }
    expect(answered).toBe(0);
    return { mutations: asked }; // in an object, or it would be waited for here
  });
  expect(await Promise.all(mutations)).toEqual(Array(40).fill(undefined));
  expect(await versionsIn(world)).toBe(41);
});

test('a stream that is held for too long: those who wait are told when to try again, and what was done is done once', async () => {
  const world = await worldWith({ patienceMs: 300, lockTimeoutMs: 200 });
  const [first, ...others] = await whileHeld(world, () =>
    Promise.all(Array.from({ length: 20 }, () => world.ask(ada, creating()))),
  );
  for (const { errors, headers } of [first!, ...others]) {
    expect(errors).toMatchObject([{ extensions: { code: 'BUSY', retryable: true, retryAfterSeconds: 2 } }]);
    expect(headers.get('retry-after')).toBe('2');
  }
  expect(await versionsIn(world)).toBe(1);
  expect(await world.codeOf(ada, creating())).toBeUndefined();
});

test('the queue of a stream is bounded; whoever comes too many is refused at once, with 503 and Retry-After over REST', async () => {
  const world = await worldWith();
  const bound = world.db.shares.streams.bounds.waiting;
  const { mutations } = await whileHeld(world, async () => {
    const asked = Array.from({ length: bound + 1 }, (_, n) => world.codeOf(n % 2 ? ada : ben, creating()));
    await until('the queue is full', () => world.db.shares.streams.waiting === bound);
    const refused = await world.ask(ada, creating());
    expect(refused.errors).toMatchObject([{ extensions: { code: 'BUSY', retryable: true, retryAfterSeconds: 2 } }]);
    expect(refused.headers.get('retry-after')).toBe('2');
    const overRest = await fetch(`${world.server.url}/v1/phases/planning/versions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await world.tokenOf(ada)}`, 'content-type': 'application/json' },
      body: JSON.stringify({ cycleId: workflow.cycleId, reportId: workflow.reportId, carryForward: 'NONE' }),
    });
    expect([overRest.status, overRest.headers.get('retry-after')]).toEqual([503, '2']);
    expect(await overRest.json()).toMatchObject({ code: 'BUSY', retryAfterSeconds: 2 });
    return { mutations: asked };
  });
  expect(await Promise.all(mutations)).toEqual(Array(bound + 1).fill(undefined));
  expect(await versionsIn(world)).toBe(bound + 2);
});

test('readers of the past who wait for a commit in flight leave the connections of readers and writers alone', async () => {
  const world = await worldWith();
  const { settling } = await whileHeld(world, async () => {
    const at = new Date().toISOString();
    const all = Array.from({ length: 20 }, () =>
      world.codeOf(aud, reading().replace('{', `query @asOf(at: "${at}") {`)),
    );
    await waiting(world, 1);
    expect(await world.codeOf(olga, reading())).toBeUndefined();
    expect(await world.codeOf(both, creating(otherWorkflow))).toBeUndefined();
    return { settling: all };
  });
  expect(await Promise.all(settling)).toEqual(Array(20).fill(undefined));
});

describe('one person', () => {
  const hold = 'select pg_advisory_lock_shared(1)';

  test('has a few of the connections at most, and those who ask for little are answered meanwhile', async () => {
    const world = await worldWith();
    const own = world.db.inNameOf(ada);
    let done = 0;
    const asked = await foreign(world, async (client) => {
      await client.query('select pg_advisory_lock(1)');
      const all = Array.from({ length: 100 }, () =>
        own.query(`${hold}, pg_advisory_unlock_shared(1)`).then(() => done++),
      );
      const most = world.db.shares.reading.bounds.each;
      expect(most).toBe(2);
      await waiting(world, most);
      for (let n = 0; n < 20; n++) expect(await world.codeOf(olga, reading())).toBeUndefined();
      expect(world.db.shares.reading.waiting).toBe(100 - most);
      expect(done).toBe(0);
      return { all };
    });
    await Promise.all(asked.all);
    expect(done).toBe(100);
  });

  test('reads at length one after the other, and neither readers nor writers wait for that', async () => {
    const world = await worldWith();
    const letGo: (() => void)[] = [];
    let begun = 0;
    const long = Array.from({ length: 30 }, () =>
      world.db.inNameOf(ada).snapshot(async (tx) => {
        await tx.query('select 1');
        begun++;
        await new Promise<void>((resolve) => letGo.push(resolve));
      }),
    );
    await until('one has begun', () => begun === 1);
    expect(await world.codeOf(olga, reading())).toBeUndefined();
    expect(await world.codeOf(ada, creating())).toBeUndefined();
    expect((await fetch(`${world.server.url}/health/ready`)).status).toBe(200);
    expect(begun).toBe(1);
    for (let n = 1; n <= 30; n++) {
      await until('the next has begun', () => letGo.length > 0);
      letGo.pop()!();
    }
    await Promise.all(long);
  });
});

test('connections are opened before they are needed, and kept', async () => {
  const world = await worldWith();
  const { db } = world;
  await db.connect();
  const totals = () => db.pools.map(({ totalCount }) => totalCount);
  const all = db.pools.map(({ options }) => options.max);
  expect(totals()).toEqual(all);
  expect(db.pools.map(({ options }) => options.idleTimeoutMillis)).toEqual([0, 0]);

  let opened = 0;
  for (const pool of db.pools) pool.on('connect', () => opened++);
  await Promise.all([ada, olga, aud].flatMap((person) => [1, 2, 3].map(() => world.get(person, reading()))));
  expect([opened, totals()]).toEqual([0, all]);
});
