/** What was refused to whom, and who read the log: recorded beside the requests, numbered, and told to a SIEM. */
import pino from 'pino';
import type { Db } from '../../src/database/connection/statements';
import { SECURITY_STREAM } from '../../src/database/delivery/security-events';
import { parseNetworks } from '../../src/delivery/address';
import { Deliverer } from '../../src/delivery/deliverer';
import { RefusalRecorder } from '../../src/delivery/refusal-recorder';
import { SCHEDULE } from '../../src/delivery/schedule';
import type { OcsfEvent } from '../../src/proof/ocsf';
import { exportOcsf } from '../../src/proof/ocsf-export';
import { until } from '../support/until';
import { ada, aud, gone, olga, root, stranger, token, workflow, World } from '../support/world';
import { Receiver } from './receiver';

let world: World;
beforeAll(async () => {
  // No window ends in between, however slow the machine is.
  world = await World.create({ recording: { windowMs: 3_600_000 } });
});
afterAll(() => world.destroy());

interface Row {
  readonly eventId: string;
  readonly sequence: number;
  readonly kind: string;
  readonly userId: number | null;
  readonly code: string | null;
  readonly operation: string | null;
  readonly isMutation: boolean;
  readonly readId: string | null;
  readonly count: number;
  readonly recordedAt: Date;
}
const all = (after = 0): Promise<Row[]> =>
  world.db.query<Row>('select * from log.security_event where sequence > $1::int order by sequence', [after]);
const last = async (): Promise<number> =>
  (await world.db.query<{ last: number }>('select coalesce(max(sequence), 0) as last from log.security_event'))[0]!
    .last;
/** The refusals that some work leads to, as many as are expected. */
async function refusedBy(work: () => Promise<unknown>, count: number): Promise<Row[]> {
  const before = await last();
  await work();
  const refusals = async () => (await all(before)).filter(({ kind }) => kind !== 'READ');
  await until(`${count} refusals are recorded`, async () => (await refusals()).length >= count);
  return refusals();
}
const short = ({ kind, userId, code, operation, isMutation, count }: Row) =>
  [kind, userId, code, operation, isMutation ? 'mutation' : 'read', count].join(' ');

const place = `cycleId: "${workflow.cycleId}", reportId: "${workflow.reportId}"`;
const logger = pino({ level: 'silent' });

describe('is recorded, soon after the answer', () => {
  test.each<[string, number | null, string, string[]]>([
    ['a query that is not theirs', ada, '{ webhooks { name } }', ['REFUSAL 1 FORBIDDEN webhooks read 1']],
    [
      'under the name of the field, whatever the client calls it, and behind another error',
      ada,
      '{ harmless: node(id: "x") { id } innocent: webhooks { name } }',
      ['REFUSAL 1 FORBIDDEN webhooks read 1'],
    ],
    [
      'a mutation of what they may not see',
      stranger,
      `mutation { refreshMetrics(${place}) }`,
      ['REFUSAL 9 NOT_FOUND refreshMetrics mutation 1'],
    ],
    ['a request of nobody known', null, '{ cycles { totalCount } }', ['SIGN_IN_REFUSAL  UNAUTHENTICATED  read 1']],
    ['who has left', gone, '{ cycles { totalCount } }', [`SIGN_IN_REFUSAL ${gone} UNAUTHENTICATED  read 1`]],
  ])('%s', async (_, userId, query, wanted) => {
    const refused = await refusedBy(() => world.ask(userId, query), wanted.length);
    expect(refused.map(short)).toEqual(wanted);
  });

  test('a file, and whatever comes with a forged token', async () => {
    const url = `${world.server.url}/files/events.ocsf.jsonl?since=2026-01-01T00:00:00Z`;
    const headers = { authorization: `Bearer ${await token(ada)}` };
    const [file] = await refusedBy(() => fetch(url, { headers }), 1);
    expect(short(file!)).toBe('REFUSAL 1 FORBIDDEN /files/events.ocsf.jsonl read 1');
    const forged = { authorization: `Bearer ${await token(ada, {}, 'another secret, which is just as long as that')}` };
    const [unknown] = await refusedBy(() => fetch(url, { headers: forged }), 1);
    expect(short(unknown!)).toBe('SIGN_IN_REFUSAL  UNAUTHENTICATED  read 1');
    const subscription = {
      method: 'POST',
      headers: { ...forged, 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: `subscription { workflowChanged(${place}) { sequence } }` }),
    };
    const [follower] = await refusedBy(() => fetch(`${world.server.url}/graphql`, subscription), 1);
    expect(short(follower!)).toBe('SIGN_IN_REFUSAL  UNAUTHENTICATED  read 1');
  });

  test('and nothing else is', async () => {
    const before = await last();
    await world.ask(ada, `{ workflow(${place}) { workflowId } }`);
    await world.ask(stranger, `{ workflow(${place}) { workflowId } }`);
    await world.ask(ada, '{ nonsense }');
    const refused = await refusedBy(() => world.ask(ada, '{ webhooks { name } }'), 1);
    expect([before, refused.length]).toEqual([refused[0]!.sequence - 1, 1]);
  });
});

test('a flood of refusals costs a few statements, and is counted where it is not told one by one', async () => {
  const COUNT = 500;
  const before = await last();
  const { statements } = await world.counted(async () => {
    for (let n = 0; n < COUNT; n += 20)
      await Promise.all(Array.from({ length: 20 }, () => world.ask(null, '{ cycles { totalCount } }')));
  });
  expect(statements.filter((sql) => /security_event/.test(sql)).length).toBeLessThan(COUNT / 4);
  const singles = (await all(before)).filter(({ code }) => code === 'UNAUTHENTICATED');
  expect(singles.length).toBeLessThanOrEqual(60);
});

describe('a recorder', () => {
  const refused = { kind: 'REFUSAL', userId: ada, code: 'FORBIDDEN', operation: 'x', isMutation: false } as const;
  const record = (recorder: RefusalRecorder, count: number) => {
    for (let n = 0; n < count; n++) recorder.record({ ...refused, requestId: `r-${n}` });
  };

  test('loses nothing while the database cannot be reached, and tells how many it only counted', async () => {
    let isDown = true;
    const db: Db = {
      query: <R extends object>(sql: string, parameters?: readonly unknown[]) =>
        isDown ? Promise.reject(new Error('unreachable')) : world.db.query<R>(sql, parameters),
    };
    const recorder = new RefusalRecorder(db, { logger, keptDays: 90, gatherMs: 5, windowMs: 200 }).start();
    const before = await last();
    record(recorder, 5_000);
    recorder.record({ ...refused, requestId: null, userId: olga });
    expect(recorder.unwritten).toBe(5_001);
    isDown = false;
    await until('all is written', () => recorder.unwritten === 0);
    await recorder.stop();
    const written = (await all(before)).filter(({ code }) => code === 'FORBIDDEN');
    expect(written.map(short)).toEqual(
      expect.arrayContaining(['REFUSAL 3 FORBIDDEN x read 1', 'REFUSAL 1 FORBIDDEN  read 4940']),
    );
    expect(written.reduce((sum, { count }) => sum + count, 0)).toBe(5_001);
  });

  test('writes what is left when the server stops', async () => {
    const recorder = new RefusalRecorder(world.db, { logger, keptDays: 90, gatherMs: 3_600_000 }).start();
    const before = await last();
    record(recorder, 100);
    await recorder.stop();
    expect((await all(before)).reduce((sum, { count }) => sum + count, 0)).toBe(100);
  });

  test('that is not told whether it has written writes nothing twice', async () => {
    let calls = 0;
    const db: Db = {
      query: async <R extends object>(sql: string, parameters?: readonly unknown[]) => {
        const rows = await world.db.query<R>(sql, parameters);
        if (calls++ === 0) throw new Error('the connection was lost');
        return rows;
      },
    };
    const recorder = new RefusalRecorder(db, { logger, keptDays: 90, gatherMs: 5 }).start();
    const before = await last();
    record(recorder, 3);
    await until('all is written', () => recorder.unwritten === 0);
    await recorder.stop();
    expect((await all(before)).map(({ sequence }) => sequence)).toEqual([before + 1, before + 2, before + 3]);
  });
});

describe('in the database', () => {
  const insert = `insert into log.security_event (event_id, happened_at, kind, code) values (gen_random_uuid(), now(), 'REFUSAL', 'FORBIDDEN')`;
  test('events have numbers without gaps, though two write at once and some roll back', async () => {
    const before = await last();
    await Promise.all(
      Array.from({ length: 4 }, (_, writer) =>
        world.session('service', async (client) => {
          for (let n = 0; n < 10; n++) {
            await client.query('begin');
            await client.query(insert);
            await client.query(n % 3 === writer % 3 ? 'rollback' : 'commit');
          }
        }),
      ),
    );
    const events = await all(before);
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, n) => before + 1 + n));
    const times = events.map(({ recordedAt }) => recordedAt.getTime());
    expect(times).toEqual([...times].sort((one, other) => one - other));
  });

  test.each<['owner' | 'service', string]>([
    ['owner', insert],
    ['owner', `update log.security_event set code = 'OK'`],
    ['owner', 'delete from log.security_event'],
    ['owner', 'truncate log.security_event'],
    ['service', 'delete from log.security_event'],
    ['service', `update log.security_event set code = 'OK'`],
    ['service', 'truncate log.security_event'],
    ['service', 'insert into log.unnumbered_read (read_id) values (1)'],
    ['service', insert.replace('(event_id,', '(sequence, event_id,').replace('values (', 'values (1, ')],
  ])('%s may not %s', async (role, sql) => {
    await world.sql('service', insert);
    await expect(world.sql(role, sql)).rejects.toThrow(/is refused|records no refusals|permission denied/);
  });

  test('what was kept long enough is deleted, and the numbers go on', async () => {
    await world.sql('service', insert);
    const before = await last();
    await world.sql(
      'owner',
      `alter table log.security_event disable trigger guard_event;
       update log.security_event set recorded_at = recorded_at - interval '40 days';
       alter table log.security_event enable always trigger guard_event`,
    );
    const recorder = new RefusalRecorder(world.db, { logger, keptDays: 39, gatherMs: 5, windowMs: 20 }).start();
    await until('only the last one is left', async () => (await all()).length === 1).finally(() => recorder.stop());
    await world.sql('service', insert);
    expect((await all()).map(({ sequence }) => sequence)).toEqual([before, before + 1]);
  });
});

describe('a SIEM', () => {
  const networks = parseNetworks('127.0.0.0/8')!;
  const schedule = { ...SCHEDULE, firstWaitMs: 10, longestWaitMs: 40, attempts: 1_000_000 };
  const times = { pollEveryMs: 20, idlePollEveryMs: 20, timeoutMs: 30_000, leaseMs: 90_000 };
  const deliver = (db: Db = world.db) => new Deliverer(db, { networks, logger, schedule, ...times }).start();
  const change = async (mutation: string, input: object): Promise<any> => {
    const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`;
    const operation = `mutation ($input: ${type}!) { ${mutation}(input: $input) { webhook { webhookId revision } } }`;
    return (await world.get(root, operation, { input: { reason: 'It was asked for.', ...input } }))[mutation].webhook;
  };
  type Told = OcsfEvent & { readonly unmapped: any; readonly metadata: { uid: string; log_name: string } };
  const eventsOf = (receiver: Receiver) =>
    (receiver.taken as unknown as Told[]).filter(({ metadata }) => metadata?.log_name !== 'commits');
  let receiver: Receiver;
  let other: Receiver;
  beforeEach(async () => {
    receiver = await Receiver.start();
    other = await Receiver.start();
  });
  afterEach(async () => {
    await world.sql('owner', 'update webhooks set enabled_since = null where enabled_since is not null');
    await receiver.stop();
    await other.stop();
  });

  test('is told refusals and reads once accepted, in order, by two servers, and again from any number', async () => {
    const hook = await change('createWebhook', { name: 'SIEM', url: receiver.url, format: 'OCSF' });
    const plain = await change('createWebhook', { name: 'Warehouse', url: other.url });
    const before = await last();
    const second = await world.secondServer(4, { recording: {} });
    const since = new Date();
    let asked = 0;
    receiver.answer = () => (asked++ % 3 === 0 ? 500 : 200);
    const deliverers = [deliver(), deliver(second.db)];
    for (let n = 0; n < 15; n++) {
      await world.ask(ada, '{ webhooks { name } }');
      await world.get(aud, `{ workflow(${place}) { changes(first: 1) { totalCount } } }`);
    }
    await until('all is told', async () => eventsOf(receiver).length >= 30 && (await last()) >= before + 30);
    await deliverers.pop()!.stop();
    const sequences = eventsOf(receiver).map(({ unmapped }) => unmapped.sequence as number);
    expect(sequences).toEqual(sequences.map((_, n) => before + 1 + n));
    expect(eventsOf(receiver).map(({ unmapped }) => unmapped.previous_sequence)).toEqual([
      null,
      ...sequences.slice(0, -1),
    ]);
    // It is what the export has.
    const exported = new Map<string, Told>();
    await exportOcsf(world.db, { since }, (event) => exported.set((event as Told).metadata.uid, event as Told), {
      settledMs: 0,
    });
    for (const { metadata, time, class_uid: classUid } of eventsOf(receiver))
      expect(exported.get(metadata.uid)).toMatchObject({ metadata, time, class_uid: classUid });
    expect(other.taken.every(({ data }) => data.streamId !== SECURITY_STREAM)).toBe(true);
    expect(eventsOf(other).every((told) => 'data' in told)).toBe(true);

    const taken = receiver.taken.length;
    const replay = { streamId: SECURITY_STREAM, fromSequence: before + 1 };
    await change('replayWebhook', { webhookId: hook.webhookId, expectedRevision: hook.revision, ...replay });
    await until('it is told again', () => eventsOf(receiver).filter((_, n) => n >= 30).length >= 30);
    expect(receiver.taken.length).toBeGreaterThan(taken);
    for (const streamId of [SECURITY_STREAM, crypto.randomUUID()]) {
      const input = { webhookId: plain.webhookId, expectedRevision: plain.revision, reason: 'Why not.' };
      const { errors } = await world.ask(
        root,
        'mutation ($input: ReplayWebhookInput!) { replayWebhook(input: $input) { webhook { name } } }',
        { input: { ...input, streamId, fromSequence: 1 } },
      );
      expect(errors?.[0]).toMatchObject({
        extensions: { code: 'BAD_USER_INPUT' },
        message: expect.stringContaining(`Nothing of ${streamId} is told to it.`),
      });
    }
    await deliverers.pop()!.stop();
    await second.stop();
  });

  test('that wants some operations is told what was refused of these', async () => {
    await change('createWebhook', { name: 'SIEM', url: receiver.url, format: 'OCSF', operations: ['refreshMetrics'] });
    const deliverer = deliver();
    await refusedBy(() => world.ask(stranger, `mutation { refreshMetrics(${place}) }`), 1);
    await refusedBy(() => world.ask(ada, '{ webhooks { name } }'), 1);
    await refusedBy(() => world.ask(stranger, `mutation { refreshMetrics(${place}) }`), 1);
    await until('both are told', () => eventsOf(receiver).length === 2);
    const [first, next] = eventsOf(receiver);
    expect(first!.unmapped.previous_sequence).toBeNull();
    expect(next!.unmapped.previous_sequence).toBe(first!.unmapped.sequence);
    await deliverer.stop();
  });

  test('what was a webhook for commits only is told events from then on', async () => {
    const hook = await change('createWebhook', { name: 'SIEM', url: receiver.url });
    await refusedBy(() => world.ask(ada, '{ webhooks { name } }'), 1);
    const before = await last();
    await change('updateWebhook', { webhookId: hook.webhookId, expectedRevision: hook.revision, format: 'OCSF' });
    await refusedBy(() => world.ask(ada, '{ webhooks { name } }'), 1);
    const deliverer = deliver();
    await until('it is told', () => eventsOf(receiver).length > 0);
    expect(eventsOf(receiver)[0]!.unmapped.sequence).toBe(before + 1);
    await deliverer.stop();
  });
});
