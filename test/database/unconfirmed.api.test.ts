/** Commits that standbys have to confirm and do not: nobody is told that they are done, also not whoever asks again. */
import { randomUUID } from 'node:crypto';
import { withClient } from '../../packages/pg-client';
import { startAlone } from '../support/cluster';
import { demandConfirmation } from '../support/standby';
import { until } from '../support/until';
import { ada, root, workflow, World } from '../support/world';

let world: World;
/** A server that waits for its commits as long as the product does. */
let patient: Awaited<ReturnType<World['secondServer']>>;
beforeAll(async () => {
  const alone = await startAlone();
  await withClient(alone.superuserUrl, (client) =>
    client.query('alter database phaseledger set synchronous_commit = on'),
  );
  world = await World.create({ commitPatienceMs: 500 }, alone);
  patient = await world.secondServer();
});
afterAll(async () => {
  await demandConfirmation(world, '');
  await patient.stop();
  await world.destroy();
});

const place = `cycleId: "${workflow.cycleId}", reportId: "${workflow.reportId}"`;
const create = (key?: string) =>
  `mutation { createVersion(input: { ${place}, phase: PLANNING, carryForward: NONE${key ? `, idempotencyKey: "${key}"` : ''} }) { version { versionId } } }`;
const versions = async () => (await world.sql<{ n: number }>('superuser', 'select count(*)::int as n from phase_version'))[0]!.n; // prettier-ignore
/** Ends the waiting of a commit, as an operator may, as soon as there is one that waits. */
const cancel = () =>
  until('a commit waits', async () => {
    const cancelled = await world.sql('superuser', `select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'`); // prettier-ignore
    return cancelled.length > 0;
  });

test('a mutation is not acknowledged before it is confirmed, nor as one that was done before', async () => {
  const query = create(randomUUID());
  await demandConfirmation(world, 'ANY 1 (nobody)');
  const first = world.ask(ada, query);
  await cancel();
  expect((await first).errors?.[0]?.extensions).toMatchObject({ code: 'BUSY', outcome: 'UNKNOWN', retryable: true });
  // It is there, and would be gone with this server.
  await until('it is there', async () => (await versions()) === 1);
  expect(await world.codeOf(ada, query)).toBe('BUSY');
  await cancel();
  await demandConfirmation(world, '');
  expect((await world.at(patient.server).ask(ada, query)).errors).toBeUndefined();
  expect(await versions()).toBe(1);
});

test('a commit that is not confirmed is not waited for without end, and it is said that nobody knows', async () => {
  await demandConfirmation(world, 'ANY 1 (nobody)');
  const { errors } = await world.ask(ada, create());
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'BUSY', outcome: 'UNKNOWN', retryable: false });
  await demandConfirmation(world, '');
});

test('nor are changes of the register', async () => {
  const cycles = async () => (await world.sql<{ n: number }>('superuser', 'select count(*)::int as n from cycles'))[0]!.n; // prettier-ignore
  const before = await cycles();
  const add = (key?: string) => `mutation { createCycle(input: { name: "${randomUUID()}"${key ? `, idempotencyKey: "${key}"` : ''} }) { cycle { cycleId } } }`; // prettier-ignore
  await demandConfirmation(world, 'ANY 1 (nobody)');
  const [unkeyed, keyed] = [add(), add(randomUUID())];
  expect((await world.ask(root, unkeyed)).errors?.[0]?.extensions).toMatchObject({ code: 'BUSY', outcome: 'UNKNOWN', retryable: false }); // prettier-ignore
  await cancel(); // it holds the register for as long as it waits
  expect((await world.ask(root, keyed)).errors?.[0]?.extensions).toMatchObject({ code: 'BUSY', outcome: 'UNKNOWN', retryable: true }); // prettier-ignore
  await cancel();
  expect(await world.codeOf(root, keyed)).toBe('BUSY');
  await demandConfirmation(world, '');
  expect((await world.at(patient.server).ask(root, keyed)).errors).toBeUndefined();
  expect(await cycles()).toBe(before + 2);
});
