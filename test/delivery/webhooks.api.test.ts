/** Webhooks: who keeps them, what a receiver is told, and what becomes of one that fails. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import pino from 'pino';
import { Database } from '../../src/database/connection/database';
import { REFERENCE_STREAM } from '../../src/database/register/people';
import { parseNetworks } from '../../src/delivery/address';
import { Deliverer, type DelivererOptions } from '../../src/delivery/deliverer';
import { SCHEDULE } from '../../src/delivery/schedule';
import { projectRoot } from '../../src/env';
import type { OcsfEvent } from '../../src/proof/ocsf';
import { exportOcsf } from '../../src/proof/ocsf-export';
import { buildVersion } from '../support/builders';
import { chance } from '../support/chance';
import { effort, seed } from '../support/effort';
import { startTestServer } from '../support/server';
import { temporaryFolder } from '../support/temporary';
import { ada, aud, olga, otherWorkflow, root, workflow, World } from '../support/world';
import { Receiver, type Told } from './receiver';
import { until } from '../support/until';

let world: World;
let receiver: Receiver;
const deliverers: Deliverer[] = [];
beforeAll(async () => {
  world = await World.create();
});
beforeEach(async () => {
  receiver = await Receiver.start();
});
afterEach(async () => {
  await Promise.all(deliverers.splice(0).map((deliverer) => deliverer.stop()));
  await world.sql('owner', 'update webhooks set enabled_since = null where enabled_since is not null');
  await receiver.stop();
});
afterAll(() => world.destroy());

const networks = parseNetworks('127.0.0.0/8')!;
const quick = { ...SCHEDULE, firstWaitMs: 10, longestWaitMs: 40 };
/** For receivers that do not answer: no answer of another one comes so late, unless the machine is busy. */
const hasty = { timeoutMs: 1_000, leaseMs: 3_000 };
/** Delivers as a server does, only sooner. */
function deliver(options: Partial<DelivererOptions> = {}, db = world.db): Deliverer {
  const logger = pino({ level: 'silent' });
  const times = { pollEveryMs: 20, idlePollEveryMs: 20, timeoutMs: 30_000, leaseMs: 90_000 };
  const deliverer = new Deliverer(db, { networks, logger, schedule: quick, ...times, ...options }).start();
  deliverers.push(deliverer);
  return deliverer;
}

const selection = `{ secret changeSet { sequence operation reason actor { userId } }
  webhook { webhookId name url operations format status secretId deliveredAt failingSince lastFailure suspendedAt waiting revision
    deadLetters { streamId sequence changeSetId attempts lastFailure givenUpAt } } }`;
const typeOf = (mutation: string) => `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`;
const operation = (mutation: string) =>
  `mutation ($input: ${typeOf(mutation)}!) { ${mutation}(input: $input) ${selection} }`;
async function change(mutation: string, input: object): Promise<any> {
  return (await world.get(root, operation(mutation), { input: { reason: 'It was asked for.', ...input } }))[mutation];
}
const create = (more: object = {}) => change('createWebhook', { name: 'The warehouse', url: receiver.url, ...more });
const read = async (webhookId: string): Promise<any> =>
  (await world.get(aud, `{ webhooks ${/webhook (\{.*\}) \}$/s.exec(selection)![1]} }`)).webhooks.find(
    (webhook: { webhookId: string }) => webhook.webhookId === webhookId,
  );
/** The revision of a webhook as mutations take it. */
const now = async ({ webhookId }: { webhookId: string }) => ({
  webhookId,
  expectedRevision: (await read(webhookId)).revision,
});

/** Makes commits in a workflow, by a path that is not ours. */
const commitTo = (streamId: string, count = 1) =>
  world.session('owner', async (client) => {
    for (let n = 0; n < count; n++)
      await client.query(
        `insert into versioning_metrics (metric_id, stream_id, phase, metric_type, metric_value, calculated_at)
         values (gen_random_uuid(), $1, 'SCOPING', 'REJECTION_RATE', 1, now())`,
        [streamId],
      );
  });
const headOf = async (streamId: string): Promise<number> =>
  (
    await world.sql<{ sequence: number }>('owner', 'select sequence from log.stream where stream_id = $1', [streamId])
  )[0]?.sequence ?? 0;
const from = (first: number, count: number) => Array.from({ length: count }, (_, n) => first + n);
const { workflowId } = workflow;

describe('an administrator', () => {
  test('adds a receiver, whose secret is told once and stands nowhere in the log', async () => {
    const key = randomUUID();
    const input = {
      name: ' The warehouse ',
      url: receiver.url,
      operations: ['approveVersion', 'approveVersion'],
      idempotencyKey: key,
    };
    const made = await change('createWebhook', input);
    expect(made.webhook).toMatchObject({
      name: 'The warehouse',
      status: 'ENABLED',
      operations: ['approveVersion'],
      waiting: 1,
    });
    expect(made.changeSet).toMatchObject({
      operation: 'createWebhook',
      reason: 'It was asked for.',
      actor: { userId: root },
    });
    expect(made.webhook.revision).toBe(made.changeSet.sequence);
    expect(made.secret).toMatch(/^whsec_.{44}$/);
    const again = await change('createWebhook', input);
    expect(again).toMatchObject({
      webhook: { webhookId: made.webhook.webhookId },
      changeSet: made.changeSet,
      secret: null,
    });

    const rotated = await change('rotateWebhookSecret', await now(made.webhook));
    expect(rotated.secret).not.toBe(made.secret);
    expect(rotated.webhook.secretId).not.toBe(made.webhook.secretId);
    const kept = await world.sql('owner', 'select before, after from log.row_change');
    for (const secret of [made.secret, rotated.secret]) {
      expect(JSON.stringify(kept)).not.toContain(secret);
      expect(JSON.stringify(await read(made.webhook.webhookId))).not.toContain(secret.slice(6));
    }
  });

  test.each<[string, object, string, RegExp]>([
    ['an address without TLS', { url: 'http://hooks.bank.example' }, 'BAD_USER_INPUT', /https/],
    ['a password in the address', { url: 'https://a:b@hooks.bank.example' }, 'BAD_USER_INPUT', /log/],
    ['no name', { name: ' ' }, 'BAD_USER_INPUT', /1 to 200/],
    ['no reason', { reason: ' ' }, 'BAD_USER_INPUT', /needs a reason/],
    ['operations that are none', { operations: [''] }, 'BAD_USER_INPUT', /names as commits have them/],
  ])('is refused %s', async (_, input, code, message) => {
    const whole = { name: 'X', url: 'https://hooks.bank.example', reason: 'Why not.', ...input };
    const { errors } = await world.ask(root, operation('createWebhook'), { input: whole });
    expect(errors?.[0]).toMatchObject({ extensions: { code }, message: expect.stringMatching(message) });
  });

  test('changes it at the revision that was seen, and nobody else does, or reads it', async () => {
    const { webhook } = await create();
    const input = { ...(await now(webhook)), reason: 'Another.' };
    const ask = (as: number, mutation: string, more: object) =>
      world.codeOf(as, operation(mutation), { input: { ...input, ...more } });
    for (const as of [ada, olga, aud])
      for (const [mutation, more] of [
        ['updateWebhook', { isEnabled: false }],
        ['rotateWebhookSecret', {}],
        ['replayWebhook', { streamId: workflowId, fromSequence: 1 }],
      ] as const)
        expect(await ask(as, mutation, more)).toBe('FORBIDDEN');
    expect(await world.codeOf(olga, '{ webhooks { name } }')).toBe('FORBIDDEN');
    const disabled = await change('updateWebhook', { ...input, isEnabled: false });
    expect(disabled.webhook.status).toBe('DISABLED');
    expect(await ask(root, 'updateWebhook', { isEnabled: true })).toBe('CONFLICT');
    expect(await ask(root, 'updateWebhook', { webhookId: randomUUID() })).toBe('NOT_FOUND');
    expect(
      await ask(root, 'replayWebhook', {
        expectedRevision: disabled.webhook.revision,
        streamId: workflowId,
        fromSequence: 9_999,
      }),
    ).toBe('BAD_USER_INPUT');
  });

  test('one of two who change it at once is told of a conflict', async () => {
    const { webhook } = await create();
    const input = { ...(await now(webhook)), reason: 'At once.' };
    const codes = await Promise.all(
      ['One', 'Another'].map((name) => world.codeOf(root, operation('updateWebhook'), { input: { ...input, name } })),
    );
    expect(codes.sort()).toEqual(['CONFLICT', undefined]);
  });
});

describe('a receiver is told', () => {
  test('what is committed from then on, by whatever path, in ids only and signed; of what is done to the register as well', async () => {
    const before = await headOf(workflowId);
    const { secret, changeSet, webhook } = await create();
    receiver.secret = secret;
    deliver();
    const version = await buildVersion(world, { phase: 'PLANNING', items: 1 });
    await commitTo(workflowId, 2);
    await until('all is told', () => receiver.sequences(workflowId).length === 3);
    expect(receiver.sequences(workflowId)).toEqual(from(before + 1, 3));
    const [told] = receiver.taken.filter(({ data }) => data.streamId === workflowId) as [Told];
    const [committed] = await world.sql(
      'owner',
      'select change_set_id, committed_at from log.change_set where stream_id = $1 and sequence = $2',
      [workflowId, before + 1],
    );
    expect(told).toMatchObject({
      id: committed.change_set_id,
      type: 'workflow.committed',
      timestamp: committed.committed_at.toISOString(),
      data: {
        sequence: before + 1,
        previousSequence: null,
        operation: 'createVersion',
        versionIds: [version.versionId],
        ...workflow,
      },
    });
    expect(told.data.changeSetId).toBe(told.id);
    await until('the register is told', () => receiver.sequences(REFERENCE_STREAM).length > 0);
    expect(receiver.taken.find(({ type }) => type === 'reference.committed')!.data).toMatchObject({
      sequence: changeSet.sequence,
      operation: 'createWebhook',
    });
    expect(
      receiver.taken
        .map(({ data }) => Object.keys(data).sort().join())
        .filter((keys) => /name|reason|url|actor/i.test(keys)),
    ).toEqual([]);
    await until('that is noted', async () => (await read(webhook.webhookId)).waiting === 0);
    expect((await read(webhook.webhookId)).deliveredAt).not.toBeNull();
  });

  test('only of the operations that were asked for, and which of them came before', async () => {
    await create({ operations: ['createVersion'] });
    deliver();
    await buildVersion(world, { phase: 'PLANNING', of: otherWorkflow, preparer: 2 });
    const first = await headOf(otherWorkflow.workflowId);
    await commitTo(otherWorkflow.workflowId, 3);
    await buildVersion(world, { phase: 'PLANNING', of: otherWorkflow, preparer: 2 });
    const second = await headOf(otherWorkflow.workflowId);
    await until('both are told', () => receiver.sequences(otherWorkflow.workflowId).length === 2);
    expect(receiver.taken.map(({ data }) => [data.sequence, data.previousSequence])).toEqual([
      [first, null],
      [second, first],
    ]);
  });

  test('with the secret before as well, for a day', async () => {
    const { webhook, secret } = await create();
    const rotated = await change('rotateWebhookSecret', await now(webhook));
    receiver.secret = secret;
    deliver();
    await until('it is told', () => receiver.taken.length > 0);
    expect(receiver.taken[0]!.signatures).toHaveLength(2);
    receiver.secret = rotated.secret;
    const known = receiver.taken.length;
    await world.sql('owner', `update log.webhook_secret set former_until = now()`);
    await commitTo(workflowId);
    await until(
      'it is told with the new one',
      () => receiver.taken.length > known && receiver.taken.at(-1)!.signatures.length === 1,
    );
  });
});

test('a SIEM is told the events of OCSF that the export has, and before which commit each came', async () => {
  const { webhook } = await create({ format: 'OCSF' });
  expect((await read(webhook.webhookId)).format).toBe('OCSF');
  const since = (await world.sql('owner', 'select clock_timestamp() as now'))[0].now;
  deliver();
  const { versionId } = await buildVersion(world, { phase: 'SCOPING', items: 1 });
  const events = () => receiver.taken as unknown as (OcsfEvent & { metadata: { uid: string }; unmapped: any })[];
  const ofVersion = () => events().filter((event) => JSON.stringify(event.resources).includes(versionId));
  await until('it is told', () => ofVersion().length > 0);
  const exported = new Map<unknown, OcsfEvent>();
  await exportOcsf(world.db, { since }, (event) => exported.set((event.metadata as { uid: string }).uid, event), {
    settledMs: 0,
  });
  for (const { id: _id, path: _path, signatures: _signatures, ...event } of ofVersion() as any[]) {
    const { previous_sequence: before, ...unmapped } = event.unmapped;
    expect({ ...event, unmapped }).toEqual(exported.get(event.metadata.uid));
    expect(before === null || before < unmapped.sequence).toBe(true);
  }
});

describe('a receiver that fails', () => {
  test('is tried again, in order, and redirects are not followed', async () => {
    const { webhook } = await create();
    const answers: (number | 'cut' | 'never')[] = [500, 302, 'cut', 404, 'never'];
    // Streams do not wait for each other, and the webhook's own commit is of another one.
    receiver.answer = ({ data }) => (data.streamId === workflowId && answers.shift()) || 200;
    const deliverer = deliver(hasty);
    const before = await headOf(workflowId);
    await commitTo(workflowId, 5);
    // What was taken too late is told again.
    const distinct = () => [...new Set(receiver.sequences(workflowId))];
    await until('all is told', () => distinct().length === 5);
    expect(distinct()).toEqual(from(before + 1, 5));
    expect(receiver.taken.every(({ path: asked }) => asked === '/')).toBe(true);
    for (const outcome of ['failed', 'redirected', 'unreachable', 'refused'] as const)
      expect([outcome, deliverer.outcomes.get(outcome)]).toEqual([outcome, 1]);
    expect(deliverer.outcomes.get('timeout')).toBeGreaterThanOrEqual(1);
    await until('it is well', async () => (await read(webhook.webhookId)).failingSince === null);
  });

  test('a commit that alone is never taken becomes a dead letter, what follows is told, and it can be told again', async () => {
    const { webhook } = await create();
    const poisoned = (await headOf(workflowId)) + 2;
    let isPoison = true;
    receiver.answer = ({ data }) =>
      isPoison && data.streamId === workflowId && data.sequence === poisoned ? 500 : 200;
    deliver({ schedule: { ...quick, attempts: 3 } });
    await commitTo(workflowId, 4);
    // Others get through meanwhile, so it is not the receiver that is away.
    await until('what follows is told', async () => {
      await commitTo(otherWorkflow.workflowId);
      return receiver.sequences(workflowId).includes(poisoned + 2);
    });
    expect(receiver.sequences(workflowId)).toEqual([poisoned - 1, poisoned + 1, poisoned + 2]);
    // The receiver can tell that one is missing.
    expect(
      receiver.taken.find(({ data }) => data.streamId === workflowId && data.sequence === poisoned + 1)!.data
        .previousSequence,
    ).toBe(poisoned);
    const { deadLetters } = await read(webhook.webhookId);
    expect(deadLetters).toMatchObject([{ streamId: workflowId, sequence: poisoned, lastFailure: 'it answered 500' }]);
    expect(deadLetters[0].attempts).toBeGreaterThanOrEqual(3);
    isPoison = false;
    const replayed = await change('replayWebhook', {
      ...(await now(webhook)),
      streamId: workflowId,
      fromSequence: poisoned,
    });
    expect(replayed.webhook.deadLetters).toEqual([]);
    expect(replayed.changeSet).toMatchObject({ operation: 'replayWebhook', reason: 'It was asked for.' });
    await until('it is told again', () => receiver.sequences(workflowId).length === 6);
    expect(receiver.sequences(workflowId).slice(3)).toEqual(from(poisoned, 3));
    const ids = receiver.taken
      .filter(({ data }) => data.streamId === workflowId && data.sequence > poisoned)
      .map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length / 2);
  });

  test('for days is suspended, which is seen, and once enabled again it is told what it missed', async () => {
    const { webhook } = await create();
    receiver.answer = () => 503;
    deliver({ schedule: { ...quick, suspendAfterMs: 300 } });
    const before = await headOf(workflowId);
    await commitTo(workflowId, 3);
    await until('it is suspended', async () => (await read(webhook.webhookId)).status === 'SUSPENDED');
    expect(await read(webhook.webhookId)).toMatchObject({ lastFailure: 'it answered 503', deadLetters: [] });
    // What was being sent when it was suspended is answered before a server stops; another one begins nothing.
    await deliverers.pop()!.stop();
    const { asked } = receiver;
    const another = counted();
    deliver({ schedule: quick }, another.db);
    await commitTo(workflowId, 1);
    const looks = another.statements.length;
    await until('it was looked twice', () => another.statements.length > looks + 1);
    expect(receiver.asked).toBe(asked);
    receiver.answer = () => 200;
    const enabled = await change('updateWebhook', { ...(await now(webhook)), isEnabled: true });
    expect(enabled.webhook).toMatchObject({ status: 'ENABLED', suspendedAt: null, failingSince: null });
    await until('it is told what it missed', () => receiver.sequences(workflowId).length === 4);
    expect(receiver.sequences(workflowId)).toEqual(from(before + 1, 4));
  });

  test('with 410 is suspended at once', async () => {
    const { webhook } = await create();
    receiver.answer = () => 410;
    deliver();
    await until('it is suspended', async () => (await read(webhook.webhookId)).status === 'SUSPENDED');
    expect(receiver.asked).toBeLessThanOrEqual(4);
  });

  test.each([
    ['by its address', '127.0.0.1'],
    ['by a name that means it', 'localhost'],
  ])('on a network of ours is not reached where that is not allowed: %s', async (_, host) => {
    const { webhook } = await create({ url: receiver.url.replace('127.0.0.1', host) });
    const deliverer = deliver({ networks: parseNetworks('')! });
    await until('it was tried', async () => (await read(webhook.webhookId)).lastFailure !== null);
    expect((await read(webhook.webhookId)).lastFailure).toContain('not sent to');
    expect(receiver.asked).toBe(0);
    expect(deliverer.outcomes.get('forbidden')).toBeGreaterThan(0);
  });
});

test('two servers lose nothing and keep the order, though their connections are cut and a third of all messages fails', async () => {
  const streams = [workflowId, otherWorkflow.workflowId, REFERENCE_STREAM];
  const count = effort.commitsDelivered;
  await create();
  const began = new Map<string, number>();
  for (const streamId of streams.slice(0, 2)) began.set(streamId, await headOf(streamId));
  const next = chance(seed);
  // A third fails; half of these are taken, and the answer is lost.
  const lost: Told[] = [];
  receiver.answer = (told) => {
    const luck = next();
    if (luck < 1 / 6) return 500;
    if (luck < 1 / 3) {
      receiver.taken.push(told);
      lost.push(told);
      return 'cut';
    }
    return 200;
  };
  const second = new Database({ url: world.database.serviceUrl, poolSize: 8, statementTimeoutMs: 60_000 });
  const schedule = { ...quick, attempts: 1_000_000 };
  deliver({ ...hasty, schedule });
  deliver({ ...hasty, schedule }, second);
  let isOver = false;
  const cutting = (async () => {
    // So often that the whole takes as many cuts, however much there is to deliver.
    while (!isOver) {
      await new Promise((resolve) => setTimeout(resolve, count / 2));
      await world
        .sql(
          'superuser',
          `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and usename = $1 and random() < 0.3`,
          [new URL(world.database.serviceUrl).username],
        )
        .catch(() => undefined);
    }
  })();
  await Promise.all(streams.slice(0, 2).map((streamId) => commitTo(streamId, count / 2)));
  // One server leaves in the middle.
  await deliverers.shift()!.stop();
  const distinct = (streamId: string) => new Set(receiver.sequences(streamId)).size;
  await until('all is told', () => streams.slice(0, 2).every((streamId) => distinct(streamId) >= count / 2), 1_700_000);
  isOver = true;
  await cutting;
  for (const streamId of streams.slice(0, 2)) {
    const told = receiver.sequences(streamId);
    const inOrder = told.filter((sequence, n) => !told.slice(0, n).includes(sequence));
    expect(inOrder).toEqual(from(began.get(streamId)! + 1, count / 2));
    // What comes again is what was told last, and nothing that lies further back: nobody else was sending meanwhile.
    for (const [n, sequence] of told.entries()) if (n > 0) expect(sequence - told[n - 1]!).toBeGreaterThanOrEqual(0);
  }
  const ids = new Map<string, Set<string>>();
  for (const { id, data } of receiver.taken) {
    const place = `${data.streamId} ${data.sequence}`;
    ids.set(place, (ids.get(place) ?? new Set()).add(id));
  }
  expect([...ids.values()].every(({ size }) => size === 1)).toBe(true);
  expect(lost.length).toBeGreaterThan(count / 12);
  await deliverers.splice(0)[0]!.stop();
  await second.close();
}, 3_600_000);

test('what a server had begun when it died, another goes on with when the lease ends', async () => {
  const { webhook } = await create();
  const before = await headOf(workflowId);
  await commitTo(workflowId, 2);
  // As a dead server leaves it.
  const leases = await world.sql<{ end: Date }>(
    'owner',
    `update log.webhook_cursor set lease = gen_random_uuid(), leased_until = now() + interval '1 s' where webhook_id = $1
     returning leased_until as end`,
    [webhook.webhookId],
  );
  receiver.answer = () => (Date.now() < Number(leases[0]!.end) ? 410 : 200);
  deliver();
  await until('it is told', () => receiver.sequences(workflowId).length === 2);
  expect(receiver.sequences(workflowId)).toEqual(from(before + 1, 2));
});

test('the receiver of docs/webhooks.md checks the signature, and tells a gap by arithmetic', async () => {
  const page = readFileSync(path.join(projectRoot, 'docs', 'webhooks.md'), 'utf8');
  const [, code] = /^```js\n(.*?)^```$/ms.exec(page)!;
  const file = path.join(temporaryFolder(), 'receiver.mjs');
  writeFileSync(file, code!);
  const { secret, webhook } = await create();
  const child = spawn(process.execPath, [file], {
    env: { ...process.env, WEBHOOK_SECRET: secret, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const lines: string[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
    await until('it listens', () => lines.length > 0);
    const url = `http://127.0.0.1:${/\d+$/.exec(lines[0]!)![0]}`;
    const forged = await fetch(url, {
      method: 'POST',
      body: '{}',
      headers: { 'webhook-id': 'x', 'webhook-timestamp': '1', 'webhook-signature': 'v1,x' },
    });
    expect(forged.status).toBe(401);
    await change('updateWebhook', { ...(await now(webhook)), url });
    deliver();
    const head = await headOf(workflowId);
    await commitTo(workflowId, 2);
    await until('both are taken', () => lines.includes(`took ${head + 2} of ${workflowId}`));
    // It is sent on behind a commit, as if that had been given up.
    await change('updateWebhook', { ...(await now(webhook)), isEnabled: false });
    await commitTo(workflowId, 2);
    await change('replayWebhook', { ...(await now(webhook)), streamId: workflowId, fromSequence: head + 4 });
    await change('updateWebhook', { ...(await now(webhook)), isEnabled: true });
    await until('a gap is told', () => lines.includes(`took ${head + 4} of ${workflowId}`));
    expect(lines.filter((line) => line.startsWith('missing'))).toEqual([
      `missing ${head + 3} to ${head + 3} of ${workflowId}`,
    ]);
  } finally {
    child.kill();
  }
});

/** The database, and the statements that were sent to it. */
function counted(): { db: Database; statements: string[] } {
  const statements: string[] = [];
  const db = Object.create(world.db, {
    query: {
      value: (sql: string, values?: unknown[]) => {
        statements.push(sql);
        return world.db.query(sql, values);
      },
    },
  }) as Database;
  return { db, statements };
}
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('who looks for what is due sends one statement, and hardly any where nobody is told anything', async () => {
  const none = counted();
  deliver({ idlePollEveryMs: 60_000 }, none.db);
  await pause(400);
  expect(none.statements.length).toBeLessThanOrEqual(3);
  await create();
  const one = counted();
  deliver({}, one.db);
  await until('what is there is told', async () => (await deliverers[1]!.figures()).waiting === 0);
  // What was delivered may still be noted.
  await until('nothing is done but to look', async () => {
    one.statements.length = 0;
    await until('it was looked three times', () => one.statements.length > 2);
    return new Set(one.statements).size === 1;
  });
});

test('the first webhook is told at once by the server that adds it, and a stream that begins later from its beginning', async () => {
  const deliverer = deliver({ idlePollEveryMs: 60_000 });
  const server = await startTestServer(world.db, { deliverer });
  try {
    await pause(200); // it has looked, and found none
    const input = { name: 'The first', url: receiver.url, reason: 'It was asked for.' };
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await world.tokenOf(root)}` },
      body: JSON.stringify({ query: operation('createWebhook'), variables: { input } }),
    });
    expect(((await response.json()) as any).errors).toBeUndefined();
    await until('it is told', () => receiver.sequences(REFERENCE_STREAM).length > 0);
    const streamId = randomUUID();
    await world.sql('owner', `insert into reports (report_id, name, number) values ($1, 'Another', 'AN-1')`, [
      streamId,
    ]);
    await world.sql('owner', 'insert into workflows (workflow_id, cycle_id, report_id) values ($1, $2, $1)', [
      streamId,
      workflow.cycleId,
    ]);
    await commitTo(streamId, 2);
    await until('the new stream is told', () => receiver.sequences(streamId).length === 2);
    expect(receiver.sequences(streamId)).toEqual([1, 2]);
  } finally {
    await server.stop();
  }
});

test('operators see what waits, and what became of what was sent', async () => {
  await create();
  receiver.answer = () => (receiver.asked === 1 ? 500 : 200);
  const metricsToken = 'what only Prometheus knows, at least 32';
  const deliverer = deliver();
  const server = await startTestServer(world.db, { metricsToken, deliverer });
  try {
    await until('all is told', async () => (await deliverer.figures()).waiting === 0);
    const response = await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${metricsToken}` } });
    const text = await response.text();
    expect(text).toMatch(/^phaseledger_webhook_lag_commits 0$/m);
    expect(text).toMatch(/^phaseledger_webhook_deliveries_total\{outcome="failed"\} 1$/m);
    expect(text).toMatch(/^phaseledger_webhook_deliveries_total\{outcome="delivered"\} [1-9]/m);
    expect(text).toMatch(/^phaseledger_webhook_deliveries_total\{outcome="gone"\} 0$/m);
  } finally {
    await server.stop();
  }
});
