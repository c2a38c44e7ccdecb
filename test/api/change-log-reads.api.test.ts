import { buildVersion } from '../support/builders';
import { ada, aud, olga, otherWorkflow, root, stranger, tess, workflow, World } from '../support/world';

const REFERENCE = '00000000-0000-0000-0000-000000000000';
const place = `cycleId: "${workflow.cycleId}", reportId: "${workflow.reportId}"`;
const entry = '{ reader { userId } readAt workflow { report { number } } field origin requestId }';

let world: World;
let versionId: string;
let changeSetId: string;
beforeAll(async () => {
  world = await World.create();
  ({ versionId } = await buildVersion(world, { phase: 'PLANNING', items: 2 }));
  changeSetId = (await world.get(ada, `{ workflow(${place}) { changes(first: 1) { nodes { id } } } }`)).workflow.changes
    .nodes[0].id;
});
afterAll(() => world.destroy());

interface Read {
  readonly streamId: string;
  readonly readerId: number | null;
  readonly field: string;
  readonly origin: string;
  readonly requestId: string | null;
  readonly readAt: Date;
}
const reads = () =>
  world.sql<Read>(
    'owner',
    `select stream_id as "streamId", reader_id as "readerId", field, origin, request_id as "requestId", read_at as "readAt"
     from log.change_log_read order by read_id`,
  );

/** What a request adds to the reads. */
async function notedBy(userId: number, query: string, headers: Record<string, string> = {}) {
  const before = (await reads()).length;
  const answer = await world.ask(userId, query, undefined, headers);
  return { answer, noted: (await reads()).slice(before) };
}

describe('reading the change log is noted: who, whose log, when, through what, in which request', () => {
  const ways: [field: string, query: () => string][] = [
    [
      'Workflow.changes',
      () => `{ workflow(${place}) { changes { nodes { sequence rowChanges { nodes { table } } } } } }`,
    ],
    ['Workflow.changes', () => `{ workflow(${place}) { changes { totalCount } } }`],
    ['PhaseVersion.changes', () => `{ phaseVersion(versionId: "${versionId}") { changes { nodes { hash } } } }`],
    ['Query.node', () => `{ node(id: "${changeSetId}") { id ... on ChangeSet { reason rowChanges { totalCount } } } }`],
    ['Query.node', () => `{ nodes(ids: ["${changeSetId}", "${changeSetId}"]) { id } }`],
    ['Query.verifyChangeLog', () => `{ verifyChangeLog(${place}) { valid } }`],
  ];
  test.each(ways)('%s: %#', async (field, query) => {
    const since = Date.now();
    const { answer, noted } = await notedBy(aud, query(), { 'x-request-id': 'audit-4711' });
    expect(answer.errors).toBeUndefined();
    expect(noted).toEqual([
      {
        streamId: workflow.workflowId,
        readerId: aud,
        field,
        origin: 'api',
        requestId: 'audit-4711',
        readAt: expect.any(Date) as Date,
      },
    ]);
    expect(Math.abs(noted[0]!.readAt.getTime() - since)).toBeLessThan(60_000);
  });

  test.each([
    ['Query.referenceChanges', '{ referenceChanges { nodes { rowChanges { nodes { after } } } } }'],
    ['Query.verifyReferenceLog', '{ verifyReferenceLog { valid } }'],
  ])('%s, of the reference data', async (field, query) => {
    expect((await notedBy(root, query)).noted).toMatchObject([{ streamId: REFERENCE, readerId: root, field }]);
  });

  test('rows through the answer of a mutation; the commit itself is the answer to its own maker', async () => {
    const create = (selection: string) =>
      `mutation { createVersion(input: { ${place}, phase: PLANNING }) { changeSet { sequence hash ${selection} } } }`;
    expect((await notedBy(ada, create(''))).noted).toEqual([]);
    const { answer, noted } = await notedBy(ada, create('rowChanges { totalCount }'));
    expect(answer.data.createVersion.changeSet.rowChanges.totalCount).toBeGreaterThan(0);
    expect(noted).toMatchObject([{ streamId: workflow.workflowId, readerId: ada, field: 'ChangeSet.rowChanges' }]);
  });

  test('in the past as in the present', async () => {
    const at = new Date().toISOString();
    const query = `query @asOf(at: "${at}") { workflow(${place}) { changes { nodes { sequence } } } }`;
    await new Promise((resolve) => setTimeout(resolve, 5));
    const { answer, noted } = await notedBy(aud, query);
    expect(answer.errors).toBeUndefined();
    expect(noted).toMatchObject([{ streamId: workflow.workflowId, readerId: aud, field: 'Workflow.changes' }]);
  });
});

test('once in a request for each log, however often it is read, and in one statement', async () => {
  const query = `{
    one: workflow(${place}) { changes(first: 1) { nodes { id rowChanges { totalCount } } } workflowPhase(phase: PLANNING) { history { nodes { changes { totalCount } } } } }
    two: workflow(${place}) { changes(last: 1) { nodes { id } } }
    all: workflows { nodes { changes { nodes { id rowChanges { nodes { table } } } } } }
    verifyChangeLog(${place}) { valid }
  }`;
  const { result, statements } = await world.counted(() => notedBy(aud, query));
  expect(result.answer.errors).toBeUndefined();
  expect(result.noted.map(({ streamId }) => streamId).sort()).toEqual([workflow.workflowId, otherWorkflow.workflowId]);
  const little = await world.counted(() =>
    world.get(aud, `{ workflows(first: 1) { nodes { changes { totalCount } } } }`),
  );
  const much = await world.counted(() => world.get(aud, `{ workflows { nodes { changes { totalCount } } } }`));
  for (const { statements } of [little, much]) expect(statements.filter((sql) => /insert/.test(sql))).toHaveLength(1);
  expect(much.statements).toHaveLength(little.statements.length);
  expect(statements.filter((sql) => /insert into log\.change_log_read/.test(sql)).length).toBeLessThanOrEqual(2);
});

test('it is noted before it is read', async () => {
  const { statements } = await world.counted(() =>
    world.get(aud, `{ workflow(${place}) { changes { nodes { id } } } }`),
  );
  const indexOf = (what: RegExp) => statements.findIndex((sql) => what.test(sql));
  expect(indexOf(/insert into log\.change_log_read/)).toBeGreaterThan(-1);
  expect(indexOf(/insert into log\.change_log_read/)).toBeLessThan(indexOf(/from change_set/));
});

test('what cannot be noted is not read, and the next request is answered again', async () => {
  const queries = [
    `{ workflow(${place}) { report { number } changes { nodes { hash } } } }`,
    `{ node(id: "${changeSetId}") { ... on ChangeSet { hash } } }`,
    `{ verifyChangeLog(${place}) { headHash } }`,
    '{ referenceChanges { nodes { hash } } }',
  ];
  await world.sql('owner', 'revoke insert on log.change_log_read from phaseledger_service');
  try {
    for (const query of queries) {
      const { answer, noted } = await notedBy(aud, query);
      expect(answer.errors).toHaveLength(1);
      expect(JSON.stringify(answer.data ?? null)).not.toMatch(/[0-9a-f]{64}/);
      expect(noted).toEqual([]);
    }
    // What is no change log needs no note.
    expect((await world.get(aud, `{ workflow(${place}) { report { number } } }`)).workflow.report.number).toBe('CC-1');
  } finally {
    await world.sql(
      'owner',
      'grant insert (stream_id, reader_id, field, request_id) on log.change_log_read to phaseledger_service',
    );
  }
  for (const query of queries) expect((await notedBy(aud, query)).noted).toHaveLength(1);
});

test('nothing else is noted, nor is what was refused', async () => {
  for (const query of [
    `{ viewer { name } workflow(${place}) { phases { progress } workflowPhase(phase: PLANNING) { history { nodes { versionId content items { nodes { label } } } } } } }`,
    `{ changeLogReads(${place}) { totalCount nodes { field } } }`,
    '{ auditCoverage { complete } }',
    `{ nodes(ids: ["VXNlcjox"]) { id } }`,
  ])
    expect((await notedBy(aud, query)).noted).toEqual([]);
  for (const [userId, query] of [
    [ada, '{ referenceChanges { totalCount } }'],
    [ada, '{ verifyReferenceLog { valid } }'],
    [stranger, `{ workflow(${place}) { changes { totalCount } } }`],
    [stranger, `{ node(id: "${changeSetId}") { id } }`],
    [stranger, `{ verifyChangeLog(${place}) { valid } }`],
  ] as const)
    expect((await notedBy(userId, query)).noted).toEqual([]);
});

describe('who read it', () => {
  test('is told to auditors and administrators, newest first, of a workflow or of the reference data', async () => {
    await world.get(olga, `{ workflow(${place}) { changes { totalCount } } }`);
    await world.get(root, '{ verifyReferenceLog { valid } }');
    for (const reader of [aud, root]) {
      const data = await world.get(
        reader,
        `{ ofWorkflow: changeLogReads(${place}, first: 1) { nodes ${entry} } ofReference: changeLogReads(first: 1) { nodes ${entry} } }`,
      );
      expect(data).toEqual({
        ofWorkflow: {
          nodes: [
            {
              reader: { userId: olga },
              readAt: expect.stringMatching(/Z$/),
              workflow: { report: { number: 'CC-1' } },
              field: 'Workflow.changes',
              origin: 'api',
              requestId: expect.any(String),
            },
          ],
        },
        ofReference: {
          nodes: [
            expect.objectContaining({ reader: { userId: root }, workflow: null, field: 'Query.verifyReferenceLog' }),
          ],
        },
      });
    }
  });

  test('is read page by page, forwards and backwards, in as few statements for many as for one', async () => {
    for (let n = 0; n < 5; n++)
      await world.get([ada, olga, tess][n % 3]!, `{ workflow(${place}) { changes { totalCount } } }`);
    const page = (args: string) =>
      world.get(
        aud,
        `{ changeLogReads(${place}, ${args}) { totalCount pageInfo { hasNextPage hasPreviousPage endCursor startCursor } edges { cursor node ${entry} } } }`,
      );
    const all = (await page('first: 100')).changeLogReads;
    expect(all.edges).toHaveLength(all.totalCount);
    const one = (await page('first: 2')).changeLogReads;
    expect(one.edges).toEqual(all.edges.slice(0, 2));
    const two = (await page(`first: 100, after: "${one.pageInfo.endCursor}"`)).changeLogReads;
    expect([...one.edges, ...two.edges]).toEqual(all.edges);
    const back = (await page(`last: 1, before: "${two.pageInfo.startCursor}"`)).changeLogReads;
    expect(back.edges).toEqual(all.edges.slice(1, 2));
    const count = async (first: number) => (await world.counted(() => page(`first: ${first}`))).statements.length;
    expect(await count(20)).toBe(await count(2));
    expect(await world.codeOf(aud, `{ changeLogReads(${place}, after: "x") { totalCount } }`)).toBe('BAD_USER_INPUT');
  });

  test('is about now, also where everything else is read in the past', async () => {
    const long = `query @asOf(at: "2020-01-01T00:00:00Z") { changeLogReads(${place}) { totalCount } }`;
    const now = `{ changeLogReads(${place}) { totalCount } }`;
    expect(await world.get(aud, long)).toEqual(await world.get(aud, now));
  });

  test.each([ada, olga, tess, stranger])('is FORBIDDEN to user %i', async (userId) => {
    for (const args of [`(${place})`, ''])
      expect(await world.codeOf(userId, `{ changeLogReads${args} { totalCount } }`)).toBe('FORBIDDEN');
  });

  test('half a workflow, and one that is not there, are told apart', async () => {
    for (const half of [
      `cycleId: "${workflow.cycleId}"`,
      `reportId: "${workflow.reportId}"`,
      `cycleId: null, reportId: "${workflow.reportId}"`,
    ])
      expect(await world.codeOf(aud, `{ changeLogReads(${half}) { totalCount } }`)).toBe('BAD_USER_INPUT');
    expect(
      await world.codeOf(
        aud,
        `{ changeLogReads(cycleId: "${workflow.cycleId}", reportId: "${workflow.cycleId}") { totalCount } }`,
      ),
    ).toBe('NOT_FOUND');
  });
});

describe('the database keeps what was noted', () => {
  const change = [
    'update log.change_log_read set reader_id = 2',
    'delete from log.change_log_read',
    'truncate log.change_log_read',
  ];
  test.each(change)('%s is refused, to the service, the owner and a superuser', async (sql) => {
    const before = await reads();
    await expect(world.sql('service', sql)).rejects.toThrow(/permission denied/);
    for (const role of ['owner', 'superuser'] as const) {
      await expect(world.sql(role, sql)).rejects.toThrow(/append-only/);
      await expect(world.sql(role, `set session_replication_role = replica; ${sql}`)).rejects.toThrow(
        /append-only|permission denied/,
      );
    }
    expect(await reads()).toEqual(before);
  });

  test('when and from where is not the writer’s to say, and only the service names people', async () => {
    const insert = `insert into log.change_log_read (stream_id, reader_id, field`;
    const someone = `'${workflow.workflowId}', ${olga}, 'Workflow.changes'`;
    await expect(world.sql('service', `${insert}, read_at) values (${someone}, '2020-01-01')`)).rejects.toThrow(
      /permission denied/,
    );
    await expect(world.sql('service', `${insert}, origin) values (${someone}, 'db:someone')`)).rejects.toThrow(
      /permission denied/,
    );
    const begun = Date.now();
    await world.sql('owner', `${insert}, origin, read_at) values (${someone}, 'api', '2020-01-01')`);
    const last = (await reads()).at(-1)!;
    expect(last).toMatchObject({ readerId: null, origin: 'db:phaseledger_owner' });
    expect(last.readAt.getTime()).toBeGreaterThan(begun - 60_000);
  });

  test('noting makes no commit', async () => {
    const heads = () => world.sql('owner', 'select stream_id, sequence, hash from log.stream order by 1');
    const before = await heads();
    await notedBy(aud, `{ workflow(${place}) { changes { totalCount } } }`);
    expect(await heads()).toEqual(before);
  });

  test('the coverage says so when its guards are gone', async () => {
    const coverage = async () =>
      (await world.get(aud, '{ auditCoverage { complete tables { table captured problem } } }')).auditCoverage;
    expect((await coverage()).tables).toContainEqual({ table: 'log.change_log_read', captured: true, problem: null });
    await world.sql(
      'owner',
      'alter table log.change_log_read disable trigger refuse_change, enable trigger stamp_read',
    );
    const { complete, tables } = await coverage();
    expect(complete).toBe(false);
    expect(tables).toContainEqual({
      table: 'log.change_log_read',
      captured: false,
      problem:
        'trigger refuse_change on log.change_log_read is changed (fires: found “never”, expected “always”); ' +
        'trigger stamp_read on log.change_log_read is changed (fires: found “not for replicas”, expected “always”).',
    });
    await world.sql(
      'owner',
      'alter table log.change_log_read enable always trigger refuse_change, enable always trigger stamp_read',
    );
  });
});

test('a note of a read is asked for by its id by those who may see them, and is nothing to others', async () => {
  const { changeLogReads } = await world.get(aud, `{ changeLogReads(${place}, first: 1) { nodes { id readAt } } }`);
  const [{ id, readAt }] = changeLogReads.nodes;
  const query = `{ node(id: "${id}") { id ... on ChangeLogRead { readAt reader { userId } } } }`;
  expect((await world.get(root, query)).node).toMatchObject({ id, readAt });
  for (const userId of [ada, olga, tess, stranger]) expect((await world.get(userId, query)).node).toBeNull();
  expect(
    (await world.get(aud, `{ node(id: "${Buffer.from('ChangeLogRead:x').toString('base64url')}") { id } }`)).node,
  ).toBeNull();
});
