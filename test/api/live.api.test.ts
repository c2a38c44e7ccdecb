/** What is told as it happens, to the client that the protocol comes from, over two servers and by all paths that a commit takes. */
import type { RunningServer } from '../../src/transport/server';
import { buildVersion, mutate, sampleContent, transition } from '../support/builders';
import { endAll, followed, patiently, range, type Answer, type Told } from '../support/told';
import { until } from '../support/until';
import { ada, ben, both, olga, root, stranger, tess, token, workflow, World } from '../support/world';

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

const follow = (userId: number, query: string, variables = {}, { url } = world.server): Promise<Told> =>
  followed('events', url, userId, query, variables);

const ofWorkflow = (args = '', fields = 'sequence operation') =>
  `subscription { workflowChanged(cycleId: "${cycleId}", reportId: "${reportId}"${args}) { ${fields} } }`;
const sequences = ({ answers }: Told): number[] => answers.map(({ data }) => data.workflowChanged.sequence);

async function head(of = workflowId): Promise<number> {
  const [{ max }] = await world.sql(
    'owner',
    'select coalesce(max(sequence), 0) as max from log.change_set where stream_id = $1',
    [of],
  );
  return max;
}

test('each commit is told once and in order, by whatever server and path it came', async () => {
  const before = await head();
  const told = await follow(
    olga,
    ofWorkflow(`, afterSequence: ${before}`, 'sequence operation origin actor { userId }'),
  );
  const draft = await buildVersion(world, { phase: 'PLANNING' });
  const { data } = await fetch(`${other.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await token(ada)}` },
    body: JSON.stringify({
      query: 'mutation ($input: VersionTransitionInput!) { submitVersion(input: $input) { version { status } } }',
      variables: { input: { versionId: draft.versionId, expectedRevision: draft.revision } },
    }),
  }).then((answer) => answer.json() as Promise<any>);
  expect(data.submitVersion.version.status).toBe('PENDING_APPROVAL');
  await world.sql('owner', `update phase_version set approval_notes = 'By hand.' where version_id = $1`, [
    draft.versionId,
  ]);
  const after = await head();
  await told.until(() => told.answers.length >= after - before);
  expect(sequences(told)).toEqual(range(before + 1, after));
  expect(told.answers.map(({ data }) => [data.workflowChanged.operation, data.workflowChanged.origin])).toEqual([
    ['createVersion', 'api'],
    ['submitVersion', 'api'],
    ['SQL', expect.stringContaining('owner')],
  ]);
  expect(told.answers[0]!.data.workflowChanged.actor).toEqual({ userId: ada });
  await told.stop();
});

test('who comes back goes on behind the last commit they have, without a gap and without a repetition', async () => {
  const before = await head();
  const got: number[] = [];
  const writing = (async () => {
    for (let n = 0; n < 12; n++) {
      const draft = await buildVersion(world, { phase: 'PLANNING', items: 1 });
      await transition(world, ada, 'deleteVersion', draft);
    }
  })();
  const wanted = before + 24;
  for (let turn = 0; (got.at(-1) ?? before) < wanted; turn++) {
    const told = await follow(
      olga,
      ofWorkflow(`, afterSequence: ${got.at(-1) ?? before}`, 'sequence'),
      {},
      turn % 2 === 0 ? world.server : other,
    );
    await told.until(() => told.answers.length > turn % 4 || sequences(told).at(-1) === wanted);
    await told.stop();
    got.push(...sequences(told));
  }
  await writing;
  expect(got).toEqual(range(before + 1, wanted));
});

test('a connection of the database that is lost loses nothing of what is told', async () => {
  const before = await head();
  const told = await follow(olga, ofWorkflow(`, afterSequence: ${before}`, 'sequence'));
  for (let n = 0; n < 4; n++) {
    await patiently(() => buildVersion(world, { phase: 'PLANNING', items: 1 }));
    await world.sql(
      'superuser',
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = 'phaseledger_service' and state = 'idle'`,
    );
  }
  const after = await head();
  await told.until(() => told.isComplete || told.answers.length >= after - before);
  // A commit that was asked about on a lost connection is refused, and told when the client goes on.
  const ones = told.answers.filter(({ errors }) => !errors).map(({ data }) => data.workflowChanged.sequence);
  expect(ones).toEqual(range(before + 1, before + ones.length));
  const rest = await follow(olga, ofWorkflow(`, afterSequence: ${before + ones.length}`, 'sequence'));
  await rest.until(() => rest.answers.length >= after - before - ones.length);
  expect(sequences(rest)).toEqual(range(before + ones.length + 1, after));
});

test('only commits that touch the phases asked for are told', async () => {
  const args = `, phases: [DATA_PROFILING], afterSequence: ${await head()}`;
  const told = await follow(olga, ofWorkflow(args, 'operation versions { phase }'));
  const profiling = await buildVersion(world, { phase: 'DATA_PROFILING' });
  await buildVersion(world, { phase: 'PLANNING' }).then((draft) => transition(world, ada, 'deleteVersion', draft));
  await transition(world, ada, 'submitVersion', profiling);
  await told.until(() => told.answers.length >= 2);
  expect(told.answers.map(({ data }) => data.workflowChanged)).toEqual([
    { operation: 'createVersion', versions: [{ phase: 'DATA_PROFILING' }] },
    { operation: 'submitVersion', versions: [{ phase: 'DATA_PROFILING' }] },
  ]);
  await told.stop();
});

test('a version is told as it is after each commit to it, and no more when it is gone for the one who asks', async () => {
  const draft = await buildVersion(world, { phase: 'PLANNING' });
  const query = `subscription ($id: UUID!, $after: Int!) { versionChanged(versionId: $id, afterSequence: $after) { revision status } }`;
  const variables = { id: draft.versionId, after: await head() };
  const told = await follow(olga, query, variables);
  const own = await follow(ada, query, variables);
  const changed = await mutate(world, ada, 'updateVersion', 'UpdateVersionInput', {
    versionId: draft.versionId,
    expectedRevision: draft.revision,
    content: sampleContent('PLANNING', 2),
  });
  await told.until(() => told.answers.length >= 1);
  expect(told.answers).toEqual([{ data: { versionChanged: { revision: changed.revision, status: 'DRAFT' } } }]);
  await transition(world, ada, 'deleteVersion', changed);
  await told.until(() => told.isComplete);
  expect(told.answers[1]!.errors![0]!.extensions.code).toBe('NOT_FOUND');
  // Who may see what was deleted goes on.
  await own.until(() => own.answers.length >= 2);
  expect(own.answers[1]!.data.versionChanged.revision).toBeGreaterThan(changed.revision);
  await own.stop();
});

test('who may not see the workflow any more is told so, and stops receiving', async () => {
  // Each has begun when it has told the last commit.
  const last = ofWorkflow(`, afterSequence: ${(await head()) - 1}`);
  const told = await follow(olga, last);
  const dismissed = await follow(tess, last);
  for (const each of [told, dismissed]) await each.until(() => each.answers.length === 1);
  await world.sql(
    'owner',
    `update workflows set test_executive_id = null, report_owner_id = $1 where workflow_id = $2`,
    [olga, workflowId],
  );
  await world.sql('owner', `update users set is_active = false where user_id = $1`, [tess]);
  const draft = await buildVersion(world, { phase: 'PLANNING', items: 1 });
  await dismissed.until(() => dismissed.isComplete);
  const codes = (of: Told) => of.answers.map(({ errors }) => errors?.[0]?.extensions.code);
  expect(codes(dismissed)).toEqual([undefined, 'UNAUTHENTICATED']);
  await told.until(() => told.answers.length >= 2);
  await world.sql('owner', `update workflows set report_owner_id = null where workflow_id = $1`, [workflowId]);
  await transition(world, ada, 'deleteVersion', draft);
  await told.until(() => told.isComplete);
  expect(codes(told)).toEqual([undefined, undefined, 'NOT_FOUND']);
  await world.sql('owner', `update workflows set report_owner_id = $1 where workflow_id = $2`, [olga, workflowId]);
  await world.sql('owner', `update users set is_active = true where user_id = $1`, [tess]);
});

describe('what cannot be followed is refused, in words', () => {
  const raw = (userId: number | null, body: unknown, accept = 'text/event-stream') =>
    (userId === null ? Promise.resolve(undefined) : token(userId)).then((bearer) =>
      fetch(`${world.server.url}/graphql`, {
        method: 'POST',
        headers: { accept, 'content-type': 'application/json', ...(bearer && { authorization: `Bearer ${bearer}` }) },
        body: JSON.stringify(body),
      }),
    );
  const codeOf = async (answer: Response) => ((await answer.json()) as Answer).errors![0]!.extensions.code;

  test('without a token', async () => {
    const answer = await raw(null, { query: ofWorkflow() });
    expect([answer.status, await codeOf(answer)]).toEqual([401, 'UNAUTHENTICATED']);
  });

  test('a query as events, and a subscription as anything else', async () => {
    const query = await raw(olga, { query: '{ viewer { name } }' });
    expect([query.status, await codeOf(query)]).toEqual([400, 'BAD_REQUEST']);
    expect(await world.codeOf(olga, ofWorkflow())).toBe('BAD_REQUEST');
    expect(await world.codeOf(olga, 'subscription { __typename }')).toBe('GRAPHQL_VALIDATION_FAILED');
    // Some clients name all that they know, whatever they ask.
    const all = 'application/graphql-response+json, application/json, text/event-stream, multipart/mixed';
    expect(await (await raw(olga, { query: '{ viewer { userId } }' }, all)).json()).toEqual({
      data: { viewer: { userId: olga } },
    });
    const events = await raw(olga, { query: ofWorkflow() }, all);
    expect(events.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    await events.body!.cancel();
  });

  test.each([
    ['what is no GraphQL', 'subscription {', 'GRAPHQL_PARSE_FAILED'],
    ['a field that there is not', 'subscription { workflowChange { sequence } }', 'GRAPHQL_VALIDATION_FAILED'],
    [
      'two fields at once',
      `subscription { a: versionChanged(versionId: "${workflowId}") { phase } b: versionChanged(versionId: "${workflowId}") { phase } }`,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['nothing of its own', 'subscription { __typename }', 'GRAPHQL_VALIDATION_FAILED'],
    [
      'a version that there is not',
      `subscription { versionChanged(versionId: "${workflowId}") { phase } }`,
      'NOT_FOUND',
    ],
    ['a commit that there is not', ofWorkflow(', afterSequence: 1000000'), 'BAD_USER_INPUT'],
    ['a commit before the first', ofWorkflow(', afterSequence: -1'), 'BAD_USER_INPUT'],
  ])('%s', async (_, query, code) => {
    const told = await follow(olga, query);
    await told.until(() => told.isComplete);
    expect(told.answers.map(({ errors }) => errors?.[0]?.extensions.code)).toEqual([code]);
  });

  test.each([
    ['stranger', stranger],
    ['one of another workflow', both],
    ['administrator', root],
  ])('a workflow that the %s may not see', async (_, userId) => {
    const told = await follow(userId, ofWorkflow());
    if (userId === root) {
      await new Promise((resolve) => setTimeout(resolve, 300));
      await told.stop();
      return expect(told.answers).toEqual([]);
    }
    await told.until(() => told.isComplete);
    expect(told.answers.map(({ errors }) => errors?.[0]?.extensions.code)).toEqual(['NOT_FOUND']);
  });

  test('more subscriptions than one person may have', async () => {
    // What other tests followed has ended, or does so now.
    const many: Response[] = [];
    await until('there are a hundred', async () => {
      const opened = await Promise.all(range(many.length + 1, 100).map(() => raw(olga, { query: ofWorkflow() })));
      many.push(...opened.filter(({ status }) => status === 200));
      return many.length === 100;
    });
    const more = await raw(olga, { query: ofWorkflow() });
    expect([more.status, await codeOf(more)]).toEqual([400, 'LIMIT_EXCEEDED']);
    await Promise.all(many.map(({ body }) => body!.cancel()));
    // What has ended makes room again.
    await until('there is room', async () => {
      const last = await raw(olga, { query: ofWorkflow() });
      await last.body!.cancel();
      return last.status === 200;
    });
  });
});

test('a hundred followers of a workflow that lies still cost one statement at a time', async () => {
  const many = await Promise.all(range(1, 100).map(() => follow(olga, ofWorkflow())));
  const isLook = (sql: string) => /order by sequence desc limit 1/.test(sql);
  // Who is only beginning to follow asks for more than that.
  await until('only one looks at a time', async () => {
    const { statements, seconds } = await world.countedFor(1000);
    return statements.every(isLook) && statements.length > 0 && statements.length <= 5 * seconds + 2;
  });
  for (const told of many) void told.stop();
});

test('following is noted once as a reading of the log', async () => {
  const reads = () =>
    world.sql('owner', `select read_id from log.change_log_read where field = 'Subscription.workflowChanged'`);
  const before = (await reads()).length;
  // Not in the name of one who has just ended as many as one person may have.
  const told = await follow(ben, ofWorkflow(`, afterSequence: ${await head()}`));
  await buildVersion(world, { phase: 'PLANNING', items: 1 }).then((draft) =>
    transition(world, ada, 'deleteVersion', draft),
  );
  await told.until(() => told.answers.length >= 2);
  await told.stop();
  expect((await reads()).length).toBe(before + 1);
});

test('when the server stops, everybody is told that this was all', async () => {
  const told = await follow(olga, ofWorkflow(`, afterSequence: ${(await head()) - 1}`), {}, other);
  await told.until(() => told.answers.length === 1);
  await other.stop();
  await told.until(() => told.isComplete);
  expect(sequences(told)).toEqual([await head()]);
});
