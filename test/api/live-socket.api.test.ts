/** What is told over a WebSocket, to many at once, and what waits for people as it changes. */
import type { RunningServer } from '../../src/transport/server';
import { buildVersion, demandPhase, mutate, sampleContent, transition, type BuiltVersion } from '../support/builders';
import { effort } from '../support/effort';
import { clientOf, endAll, followed, patiently, range, Told, type Transport } from '../support/told';
import { WebSocket } from 'ws';
import { until } from '../support/until';
import { ada, aud, ben, both, dan, olga, root, stranger, tess, workflow, World } from '../support/world';

const { cycleId, reportId, workflowId } = workflow;
let world: World;
let second: Awaited<ReturnType<World['secondServer']>>;
let other: RunningServer;

beforeAll(async () => {
  world = await World.create();
  second = await world.secondServer();
  other = second.server;
});
afterEach(endAll);
afterAll(async () => {
  await second.stop();
  await world.destroy();
});

const ofWorkflow = (args = '') =>
  `subscription { workflowChanged(cycleId: "${cycleId}", reportId: "${reportId}"${args}) { sequence } }`;
const sequences = ({ answers }: Told): number[] =>
  answers.flatMap(({ data }) => (data ? [data.workflowChanged.sequence] : []));
const codes = ({ end }: Told) => (end as { extensions: { code: string } }[]).map(({ extensions }) => extensions.code);
const follow = (userId: number | null, query: string, { url } = world.server): Promise<Told> =>
  followed('socket', url, userId, query);
const head = async (): Promise<number> =>
  (await world.sql('owner', 'select sequence from log.stream where stream_id = $1', [workflowId]))[0]?.sequence ?? 0;
/** Two commits. */
const deed = async (at = world) => {
  const draft = await patiently(() => buildVersion(at, { phase: 'PLANNING', items: 1 }));
  await patiently(() => transition(at, ada, 'deleteVersion', draft));
};

/** How a connection ends that is opened like that and says this. */
const closing = (path: string, protocol: string, ...messages: unknown[]): Promise<readonly [number, string]> =>
  new Promise((resolve) => {
    const socket = new WebSocket(world.server.url.replace('http', 'ws') + path, protocol);
    socket.on('open', () => {
      for (const message of messages) socket.send(typeof message === 'string' ? message : JSON.stringify(message));
    });
    socket.on('unexpected-response', (_, { statusCode = 0 }) => resolve([statusCode, '']));
    socket.on('error', () => undefined);
    socket.on('close', (code, reason) => resolve([code, String(reason)]));
  });

describe('a connection', () => {
  test.each([
    ['without a token', {}],
    ['with what is none', { authorization: 'Bearer nonsense' }],
    ['with something else than a text', { authorization: { Bearer: 1 } }],
  ])('%s is closed, and says why', async (_, payload) => {
    const init = { type: 'connection_init', payload };
    expect(await closing('/graphql', 'graphql-transport-ws', init)).toEqual([4403, 'UNAUTHENTICATED']);
  });

  test.each([
    ['at another address', '/elsewhere', [], [404, '']],
    [
      'that asks before it says whose it is',
      '/graphql',
      [{ type: 'subscribe', id: '1', payload: { query: '{ a }' } }],
      [4401, 'Unauthorized'],
    ],
    ['that says what is no message', '/graphql', ['{'], [4400, 'Invalid message received']],
    ['that says too much', '/graphql', ['x'.repeat(70_000)], [1009, '']],
  ] as const)('%s is closed', async (_, path, messages, end) => {
    expect(await closing(path, 'graphql-transport-ws', ...messages)).toEqual(end);
  });

  test('that speaks the protocol of before is closed', async () => {
    expect((await closing('/graphql', 'graphql-ws'))[0]).toBe(1006);
  });
});

test('several subscriptions share a connection; each is told its own, and can be ended for itself', async () => {
  const client = await clientOf('socket', world.server.url, olga);
  const before = await head();
  const [first, second] = [1, 2].map(
    () => new Told(client.iterate({ query: ofWorkflow(`, afterSequence: ${before}`), variables: {} })),
  ) as [Told, Told];
  await deed();
  await first.until(() => first.answers.length === 2);
  await second.until(() => second.answers.length === 2);
  await first.stop();
  await deed();
  await second.until(() => second.answers.length === 4);
  expect(sequences(second)).toEqual(range(before + 1, before + 4));
  expect(first.answers).toHaveLength(2);
});

test.each([
  ['a query', '{ viewer { name } }', 'BAD_REQUEST'],
  ['what is no GraphQL', 'subscription {', 'GRAPHQL_PARSE_FAILED'],
  ['a field that there is not', 'subscription { workflowChange { sequence } }', 'GRAPHQL_VALIDATION_FAILED'],
  ['a commit that there is not', ofWorkflow(', afterSequence: 1000000'), 'BAD_USER_INPUT'],
  ['more than one may ask for', `subscription { ${'a '.repeat(30_000)} }`, 'LIMIT_EXCEEDED'],
])('%s is refused, in words', async (_, query, code) => {
  const told = await follow(olga, query);
  await told.until(() => told.isComplete);
  expect(codes(told)).toEqual([code]);
});

test('who may not see a workflow does not follow it, and who may not any more stops receiving', async () => {
  const told = await follow(stranger, ofWorkflow());
  await told.until(() => told.isComplete);
  expect(codes(told)).toEqual(['NOT_FOUND']);
  await deed();
  const dismissed = await follow(olga, ofWorkflow(`, afterSequence: ${(await head()) - 1}`));
  await dismissed.until(() => dismissed.answers.length === 1);
  await world.sql('owner', `update workflows set report_owner_id = null where workflow_id = $1`, [workflowId]);
  await deed();
  await dismissed.until(() => dismissed.isComplete);
  expect(dismissed.answers[1]?.errors?.[0]?.extensions.code).toBe('NOT_FOUND');
  await world.sql('owner', `update workflows set report_owner_id = $1 where workflow_id = $2`, [olga, workflowId]);
});

test('a person has so many subscriptions at most, on however many connections', async () => {
  const client = await clientOf('socket', world.server.url, ben);
  const query = ofWorkflow(`, afterSequence: ${(await head()) - 1}`);
  const many = range(1, 100).map(() => new Told(client.iterate({ query, variables: {} })));
  await Promise.all(many.map((told) => told.until(() => told.answers.length > 0)));
  const more = async () => {
    const told = await follow(ben, query);
    return told.until(() => told.isComplete || told.answers.length > 0);
  };
  expect(codes(await more())).toEqual(['LIMIT_EXCEEDED']);
  await many[0]!.stop();
  // What has ended makes room as soon as the server has heard of it.
  await until('there is room', async () => !(await more()).isComplete);
});

const people = [ada, ben, olga, tess, root, aud];

test('each of many is told each commit of two servers once and in order, though database connections are lost', async () => {
  const ofEach = Math.ceil(effort.commitsTold / 2);
  const atOnce = Math.min(20, Math.ceil(ofEach / 2));
  const drafts = [
    await buildVersion(world, { phase: 'PLANNING', items: 1 }),
    await buildVersion(world, { phase: 'DATA_PROFILING', items: 1 }),
  ] as const;
  const before = await head();
  const wanted = before + 2 * ofEach;
  /** Goes on behind the last that it has, until it has all; now and then it ends what it follows, and comes back. */
  const all = async (n: number, userId: number, transport: Transport, server: RunningServer) => {
    const client = await clientOf(transport, server.url, userId);
    const got: number[] = [];
    let last = before;
    while (last < wanted) {
      const told = new Told(client.iterate({ query: ofWorkflow(`, afterSequence: ${last}`), variables: {} }));
      const leaving = Math.min(wanted, last + Math.ceil(ofEach / 4) + (n % 7));
      await told.until(() => told.isComplete || told.answers.at(-1)?.data?.workflowChanged.sequence >= leaving);
      await told.stop();
      got.push(...sequences(told));
      last = got.at(-1) ?? before;
    }
    return got;
  };
  const subscribers = range(0, 11).map((n) =>
    all(n, people[(n >> 2) % people.length]!, n & 1 ? 'events' : 'socket', n & 2 ? other : world.server),
  );
  const endConnections = () =>
    world.sql(
      'superuser',
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = 'phaseledger_service'`,
    );
  /** Saves a draft again and again. Its revision says how often that was done, also where an answer was lost. */
  const write = async (at: World, phase: string, { versionId, revision: first }: BuiltVersion) => {
    const save = (expectedRevision: number) =>
      `_${expectedRevision}: updateVersion(input: { versionId: "${versionId}", expectedRevision: ${expectedRevision}, content: $content }) { version { revision } }`;
    for (let n = 0; ; n++) {
      const { phaseVersion } = await patiently(() =>
        at.get(ada, `{ phaseVersion(versionId: "${versionId}") { revision } }`),
      );
      const { revision } = phaseVersion;
      if (revision === first + ofEach) return;
      const saves = range(revision, Math.min(revision + atOnce, first + ofEach) - 1).map(save);
      const query = `mutation ($content: PhaseContentInput!) { ${saves.join(' ')} }`;
      const ended = n % 16 === 0 ? endConnections() : null;
      const { errors = [] } = await at.ask(ada, query, { content: sampleContent(phase, n) });
      await ended;
      const other = errors.filter(({ extensions }) => !['BUSY', 'CONFLICT'].includes(extensions.code));
      expect(other).toEqual([]);
    }
  };
  const elsewhere = world.at(other);
  await Promise.all([write(world, 'PLANNING', drafts[0]), write(elsewhere, 'DATA_PROFILING', drafts[1])]);
  expect(await head()).toBe(wanted);
  for (const got of await Promise.all(subscribers)) expect(got).toEqual(range(before + 1, wanted));
  for (const draft of drafts)
    await transition(world, ada, 'deleteVersion', { ...draft, revision: draft.revision + ofEach });
}, 3_600_000);

test('as many as a server may have are told each commit once, and cost no more than one while nothing happens', async () => {
  const ofEach = 100;
  const auditors = range(1, Math.ceil(effort.subscribersAtOnce / ofEach)).map((n) => 1000 + n);
  await world.sql(
    'owner',
    `insert into users (user_id, name, is_active) select n, 'Auditor ' || n, true from unnest($1::int[]) n;`,
    [auditors],
  );
  await world.sql('owner', `insert into user_roles (user_id, role) select n, 'AUDITOR' from unnest($1::int[]) n`, [
    auditors,
  ]);
  await deed();
  const before = await head();
  const told: Told[] = [];
  for (const userId of auditors) {
    const client = await clientOf('socket', world.server.url, userId);
    const query = ofWorkflow(`, afterSequence: ${before - 1}`);
    const theirs = range(1, ofEach).map(() => new Told(client.iterate({ query, variables: {} })));
    for (const one of theirs) await one.until(() => one.answers.length > 0);
    told.push(...theirs);
  }
  expect(told.length).toBeGreaterThanOrEqual(effort.subscribersAtOnce);
  await until('only one looks at a time', async () => {
    const { statements, seconds } = await world.countedFor(1000);
    return statements.length <= 5 * seconds + 2;
  });
  await deed();
  const after = await head();
  for (const one of told) await one.until(() => one.isComplete || sequences(one).at(-1) === after);
  for (const one of told) expect(sequences(one)).toEqual(range(before, after));
});

describe('what waits for somebody', () => {
  const query = 'subscription { myWorkChanged { totalCount nodes { ask version { versionId } } } }';
  const shown = ({ answers }: Told) => answers.map(({ data }) => data.myWorkChanged.nodes.map(({ ask }: any) => ask));
  /** Longer than anything takes to be told. */
  const aWhile = () => new Promise((resolve) => setTimeout(resolve, 1500));

  test('is told as it is, and again when a commit has changed it, on whichever server', async () => {
    const [told, ofAnother] = [await follow(olga, query), await follow(both, query, other)];
    await told.until(() => told.answers.length === 1);
    await ofAnother.until(() => ofAnother.answers.length === 1);
    const draft = await buildVersion(world, { phase: 'DATA_PROFILING' });
    await aWhile();
    expect(shown(told)).toEqual([[]]); // a draft of somebody else asks nothing of her
    const submitted = await transition(world, ada, 'submitVersion', draft);
    await told.until(() => told.answers.length === 2);
    expect(told.answers[1]!.data.myWorkChanged).toEqual({
      totalCount: 1,
      nodes: [{ ask: 'DECIDE', version: { versionId: draft.versionId } }],
    });
    await transition(world, olga, 'rejectVersion', submitted, 'Not yet.');
    await told.until(() => told.answers.length === 3);
    expect(shown(told)).toEqual([[], ['DECIDE'], []]);
    expect(shown(ofAnother)).toEqual([[]]);
  });

  test('begins with being named, whether in the register or in the workflow', async () => {
    const named = await follow(stranger, query);
    await named.until(() => named.answers.length === 1);
    await world.sql('owner', `insert into workflow_testers (workflow_id, user_id) values ($1, $2)`, [
      workflowId,
      stranger,
    ]);
    await buildVersion(world, { phase: 'PLANNING', preparer: stranger });
    await named.until(() => shown(named).at(-1)?.includes('FINISH'));

    await demandPhase(world, 'SAMPLE_SELECTION', { of: workflow, preparer: ada });
    const owner = await follow(dan, query);
    await owner.until(() => owner.answers.length === 1);
    await mutate(world, ada, 'assignDataOwner', 'AssignDataOwnerInput', {
      cycleId,
      reportId,
      dataOwnerId: dan,
      assignmentType: 'PRIMARY',
    });
    await owner.until(() => shown(owner).at(-1)?.includes('HAND_IN'));
  });

  test('costs one statement at a time, however many wait for it', async () => {
    const client = await clientOf('socket', world.server.url, tess);
    const many = range(1, 90).map(() => new Told(client.iterate({ query, variables: {} })));
    for (const told of many) await told.until(() => told.answers.length === 1);
    // What the last commit has to tell is asked for before.
    const isLook = (sql: string) => sql === 'select stream_id, sequence from log.stream';
    await until('only one looks at a time', async () => {
      const { statements, seconds } = await world.countedFor(1000);
      return statements.every(isLook) && statements.length <= 5 * seconds + 2;
    });
  });
});

test('when the server stops, everybody is told that this was all', async () => {
  const told = await follow(olga, ofWorkflow(`, afterSequence: ${(await head()) - 1}`), other);
  const waiting = await follow(olga, 'subscription { myWorkChanged { totalCount } }', other);
  for (const each of [told, waiting]) await each.until(() => each.answers.length === 1);
  await other.stop();
  await told.until(() => told.isComplete);
  await waiting.until(() => waiting.isComplete);
  expect([told.answers.length, waiting.answers.length]).toEqual([1, 1]);
});
