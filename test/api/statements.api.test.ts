/**
 * A request costs a constant number of SQL statements, whatever its size. Each test asks for little and for much, makes sure
 * that the answers really differ in size, and holds the numbers of statements against each other: a missing loader is a
 * failing test rather than a slow page.
 */
import { randomUUID } from 'node:crypto';
import { auditOnlyPhases, phaseOf } from '../../src/phases';
import type { AuditOnlyPhase } from '../../src/versioning/phase';
import {
  buildRecord,
  buildVersion,
  commandInput,
  demandPhase,
  fullCommandInput,
  itemKeys,
  mutate,
  sendCommand,
  sampleItem,
  sampleItems,
  signAll,
  transition,
  type BuiltVersion,
} from '../support/builders';
import { makeWorkflow } from '../past/support';
import { ada, aud, ben, both, eve, olga, makeDataOwners, otherWorkflow, workflow, World } from '../support/world';

let world: World;
const MANY = 50;
/** The last of each record. */
const latest = new Map<string, BuiltVersion>();

async function chain(phase: string, place: typeof workflow, preparer: number, approver: number, length: number) {
  let version = await buildVersion(world, { phase, status: 'APPROVED', of: place, preparer, approver, items: 4 });
  for (let n = 1; n < length; n++) {
    const [itemKey] = await itemKeys(world, version.versionId);
    const draft = await mutate(world, preparer, 'createVersion', 'CreateVersionInput', {
      cycleId: place.cycleId,
      reportId: place.reportId,
      phase,
      // Of a plan, one item changes from version to version; everything else is carried unchanged since the first.
      ...(phase === 'PLANNING' && {
        items: { attributeDecisions: [{ ...sampleItem(phase, 1), itemKey, decisionReason: `Form ${n}` }] },
      }),
    });
    const pending = await transition(world, preparer, 'submitVersion', draft);
    version = await transition(world, approver, 'approveVersion', pending);
  }
  latest.set(`${place.workflowId} ${phase}`, version);
}
const last = (phase: string, place = workflow) => latest.get(`${place.workflowId} ${phase}`)!;

beforeAll(async () => {
  world = await World.create();
  await makeDataOwners(world, olga);
  await chain('PLANNING', workflow, ada, ada, 6);
  await chain('PLANNING', otherWorkflow, ben, ben, 6);
  await chain('SCOPING', workflow, ada, olga, MANY + 3);
  await chain('SCOPING', otherWorkflow, ben, both, 6);
});
afterAll(() => world.destroy());

/** Of which phase a version is does not change: it is asked once, and remembered. */
const ASKED_ONCE = 'select phase from phase_version where version_id = $1';

/** What is sent, but for who asks: that is read first, or by the plan of an operation that was answered before. */
async function statements<T>(work: () => Promise<T>) {
  const { result, statements: all } = await world.counted(work);
  const sent = all.filter((sql) => sql !== ASKED_ONCE);
  return { result, sent: /from users u where/.test(sent[0]!) ? sent.slice(1) : sent };
}
const asked = (userId: number, query: string, variables: object = {}) =>
  statements(() => world.get(userId, query, variables));

/** The same statements, text by text: neither more of them nor others. */
function expectSame(little: { sent: string[] }, much: { sent: string[] }) {
  const shapes = ({ sent }: { sent: string[] }) => sent.map((sql) => sql.replace(/\s+/g, ' ').slice(0, 160)).sort();
  expect(little.sent.length).toBeGreaterThan(0);
  expect(shapes(much)).toEqual(shapes(little));
  expect(much.sent.length).toBe(little.sent.length);
}
const size = (value: unknown) => JSON.stringify(value).length;

const versionFields = `
  versionId status content createdBy { name roles } submittedBy { name } reviewedBy { name } deletedBy { name }
  cycle { name } report { name lob { name } owner { name } }
  parent { versionNumber createdBy { name } } base { versionNumber } current { versionNumber }
  ... on ScopingVersion { scopingCriteria totalAttributes scopedAttributes }
  items(first: 10) { totalCount nodes {
    itemKey label reviewStatus content
    decision { status decidedAt decidedBy { name roles } decidedInVersion { versionNumber createdBy { name } } }
    carriedFromVersion { versionNumber } carriedFromItem { itemKey content carriedFromItem { itemId } }
    ... on ScopingDecision { recommendedBy { name } approvedBy { name } scopingApprovalStatus }
    ... on AttributeDecision { modificationHistory }
  } }`;

describe('reading takes as many statements for much as for little:', () => {
  const inPhase = (selection: string) =>
    `query ($first: Int!) { workflow(cycleId: "${workflow.cycleId}", reportId: "${workflow.reportId}") { workflowPhase(phase: SCOPING) { ${selection} } } }`;

  test(`a history of 1 and of ${MANY} versions with people, parents, items, decisions and where they came from`, async () => {
    const query = inPhase(`history(first: $first) { totalCount nodes { ${versionFields} } }`);
    const little = await asked(aud, query, { first: 1 });
    const much = await asked(aud, query, { first: MANY });
    expect(much.result.workflow.workflowPhase.history.nodes).toHaveLength(MANY);
    const items = much.result.workflow.workflowPhase.history.nodes.flatMap(({ items: { nodes } }: any) => nodes);
    expect(items).toHaveLength(4 * MANY);
    expect(
      items.every(
        (item: any) =>
          item.decision.decidedBy.name && item.decision.decidedInVersion.versionNumber === 1 && item.carriedFromItem,
      ),
    ).toBe(true);
    expectSame(little, much);
  });

  test(`what can be done with 1 and with ${MANY} versions, and what their approval takes`, async () => {
    const query = inPhase(
      'history(first: $first) { nodes { availableActions approvalRequirements { code status explanation satisfiableBy } } }',
    );
    for (const person of [ada, olga, aud]) {
      const [little, much] = [await asked(person, query, { first: 1 }), await asked(person, query, { first: MANY })];
      expect(size(much.result)).toBeGreaterThan(20 * size(little.result));
      expectSame(little, much);
    }
  });

  test(`the histories and commits of 1 and of ${MANY} versions`, async () => {
    const query = inPhase(
      'history(first: $first) { nodes { history(first: 5) { totalCount nodes { versionNumber } } changes(first: 5) { totalCount nodes { sequence actor { name } } } } }',
    );
    const [little, much] = [await asked(aud, query, { first: 1 }), await asked(aud, query, { first: MANY })];
    expect(size(much.result)).toBeGreaterThan(20 * size(little.result));
    expectSame(little, much);
  });

  test(`the differences of 1 and of ${MANY} versions from the first`, async () => {
    const query = inPhase(
      'history(first: $first) { nodes { diff(from: 1) { summary { added unchanged } fields { path } patch items(first: 5) { totalCount nodes { label } } } } }',
    );
    const [little, much] = [await asked(aud, query, { first: 1 }), await asked(aud, query, { first: MANY })];
    expect(size(much.result)).toBeGreaterThan(20 * size(little.result));
    expectSame(little, much);
  });

  test('1 and 2 workflows, however deep', async () => {
    const query = `query ($first: Int!) { workflows(first: $first) { totalCount nodes {
      cycle { name } report { name lob { name } owner { name } } testers { name } testLead { name } reportOwner { name } testExecutive { name }
      changes(first: 5) { totalCount nodes { sequence actor { name } versions { versionNumber } } }
      phases { progress blockedBy canCreate cannotCreateReason config { title }
        current { versionNumber availableActions } history(first: 3) { totalCount nodes { ${versionFields} } } } } } }`;
    const [little, much] = [await asked(aud, query, { first: 1 }), await asked(aud, query, { first: 2 })];
    expect(much.result.workflows.nodes).toHaveLength(2);
    expect(size(much.result)).toBeGreaterThan(1.5 * size(little.result));
    // The report of the first workflow has an owner and a line of business, the one of the other has none.
    const besides = (sent: string[]) => ({ sent: sent.filter((sql) => !/from (lobs|users)\b/.test(sql)) });
    expectSame(besides(little.sent), besides(much.sent));
    const users = ({ sent }: { sent: string[] }) => sent.filter((sql) => /from users\b/.test(sql)).length;
    expect(users(much)).toBeLessThanOrEqual(users(little) + 1);
  });

  test(`the overview of nine phases of 3 and of ${MANY} workflows`, async () => {
    const query = `query ($first: Int!) { workflows(first: $first, orderBy: { field: LAST_CHANGE, direction: DESC }) {
      totalCount pageInfo { hasNextPage endCursor } nodes {
        cycle { name } report { name number } reportOwner { name } testers { name } lastChange { sequence committedAt } counts { versions inForce drafts waiting }
        phases { phase progress blockedBy config { title } current { versionNumber effectiveFrom }
          open: history(first: 1, statuses: [DRAFT, PENDING_APPROVAL]) { totalCount nodes { versionNumber status createdBy { name } turn { ask since people { name } } } }
          records(first: 1) { totalCount nodes { versionNumber } } } } } }`;
    for (let n = 0; n < MANY - 2; n++) {
      const of = await makeWorkflow(world, workflow.cycleId);
      if (n % 12 === 0) await buildVersion(world, { phase: 'PLANNING', status: 'APPROVED', of, items: 1 });
      if (n % 6 === 0) await buildVersion(world, { phase: 'PLANNING', of, items: 1 });
    }
    const [little, much] = [await asked(aud, query, { first: 3 }), await asked(aud, query, { first: MANY })];
    expect(much.result.workflows.nodes).toHaveLength(MANY);
    for (const { phases } of much.result.workflows.nodes) expect(phases).toHaveLength(9);
    expect(size(much.result)).toBeGreaterThan(10 * size(little.result));
    expectSame(little, much);
  });

  test(`1 and ${MANY} commits with their versions, workflow and rows`, async () => {
    const query = `query ($first: Int!) { workflow(cycleId: "${workflow.cycleId}", reportId: "${workflow.reportId}") { changes(first: $first) { totalCount nodes {
      sequence hash actor { name } workflow { id } versions { versionNumber phase } rowChanges(first: 20) { totalCount nodes { table rowId changedFields before after } } } } } }`;
    for (const person of [ada, olga, aud]) {
      const [little, much] = [await asked(person, query, { first: 1 }), await asked(person, query, { first: MANY })];
      expect(
        much.result.workflow.changes.nodes.flatMap(({ rowChanges }: any) => rowChanges.nodes).length,
      ).toBeGreaterThan(MANY);
      expectSame(little, much);
    }
  });

  test('a difference of 1 and of 200 changed items, with both sides, fields and the patch', async () => {
    const draft = async (changed: number) =>
      mutate(world, ada, 'createVersion', 'CreateVersionInput', {
        cycleId: workflow.cycleId,
        reportId: workflow.reportId,
        phase: 'SCOPING',
        carryForward: 'NONE',
        items: {
          scopingDecisions: Array.from({ length: 200 }, (_, n) => ({
            ...sampleItem('SCOPING', n),
            scopingRationale: n < changed ? 'Changed' : 'Same',
          })),
        },
      });
    const [base, one, all] = [await draft(0), await draft(1), await draft(200)];
    const of = async (selection: string) => {
      const query = `query ($to: UUID!, $from: Int!) { phaseVersion(versionId: $to) { diff(from: $from) { from { versionNumber } to { versionNumber }
        summary { added removed changed unchanged fieldsChanged } fields { path } ${selection} } } }`;
      const runs = [];
      for (const { versionId } of [one, all])
        runs.push(await asked(ada, query, { to: versionId, from: base.versionNumber }));
      expect(runs.map(({ result }) => result.phaseVersion.diff.summary.changed)).toEqual([1, 200]);
      expectSame(runs[0]!, runs[1]!);
      return runs.map(({ result }) => result.phaseVersion.diff);
    };
    // Apart, because a page of 100 items and a patch of 200 need not meet in one statement; together they are two.
    expect((await of('patch')).map(({ patch }) => patch.length)).toEqual([1, 200]);
    const pages = await of(
      `items(first: 100) { totalCount nodes { label kind before { content decision { decidedBy { name } } ... on ScopingDecision { recommendedBy { name } } }
        after { content ... on ScopingDecision { recommendedBy { name } } } fields { path before after textDiff } } }`,
    );
    expect(pages.map(({ items }) => items.nodes.length)).toEqual([1, 100]);
  });

  test(`1 and ${MANY / 5} nodes of every kind`, async () => {
    const data = await world.get(
      aud,
      `query ($a: UUID!, $b: UUID!) { viewer { id } workflow(cycleId: "${workflow.cycleId}", reportId: "${workflow.reportId}") { id cycle { id } report { id lob { id } } testers { id } changes(first: 10) { nodes { id } }
        workflowPhase(phase: SCOPING) { history(first: 12) { nodes { id } } } }
        scoping: phaseVersion(versionId: $a) { items(first: 10) { nodes { id } } } planning: phaseVersion(versionId: $b) { id items(first: 10) { nodes { id } } } }`,
      { a: last('SCOPING', otherWorkflow).versionId, b: last('PLANNING', otherWorkflow).versionId },
    );
    const nodes = (connection: any): string[] => connection.nodes.map(({ id }: any) => id);
    const { workflow: w } = data;
    const groups: string[][] = [
      [w.id],
      [w.cycle.id],
      [w.report.id],
      [w.report.lob.id],
      [data.viewer.id, ...w.testers.map(({ id }: any) => id)],
      nodes(w.changes),
      nodes(w.workflowPhase.history),
      nodes(data.scoping.items),
      nodes(data.planning.items),
    ];
    const query = `query ($ids: [ID!]!) { nodes(ids: $ids) { id __typename ... on PhaseVersion { versionNumber } ... on VersionItem { label content } ... on ChangeSet { hash } ... on User { name } } }`;
    const little = await asked(aud, query, { ids: groups.map((group) => group[0]) });
    const much = await asked(aud, query, { ids: groups.flat() });
    expect(much.result.nodes.length).toBeGreaterThanOrEqual(36);
    expect([...little.result.nodes, ...much.result.nodes].every((node: unknown) => node !== null)).toBe(true);
    expectSame(little, much);
  });

  test('the earlier forms of 1 and of 40 items, along 1 and along 5 versions', async () => {
    const query =
      'query ($v: UUID!, $first: Int!) { phaseVersion(versionId: $v) { items(first: $first) { nodes { ... on AttributeDecision { attributeId modificationHistory } } } } }';
    const short = await buildVersion(world, { phase: 'PLANNING', items: 40 });
    const [little, much] = [
      await asked(ada, query, { v: short.versionId, first: 1 }),
      await asked(ada, query, { v: short.versionId, first: 40 }),
    ];
    expect(much.result.phaseVersion.items.nodes).toHaveLength(40);
    expectSame(little, much);
    const long = await asked(ada, query, { v: last('PLANNING').versionId, first: 4 });
    expect(long.result.phaseVersion.items.nodes[0].modificationHistory.length).toBeGreaterThanOrEqual(4);
    expectSame(little, long);
  });

  test('the same query asked a hundred times over under other names', async () => {
    const versionId = last('SCOPING').versionId;
    const operation = (times: number) =>
      `{ ${Array.from({ length: times }, (_, n) => `v${n}: phaseVersion(versionId: "${versionId}") { parent { createdBy { name } } items(first: 3) { totalCount nodes { decision { decidedBy { name } } } } }`).join(' ')} }`;
    expectSame(await asked(aud, operation(1)), await asked(aud, operation(100)));
  });

  test('a field that is not asked for costs nothing', async () => {
    const query = (fields: string) => `{ phaseVersion(versionId: "${last('SCOPING').versionId}") { ${fields} } }`;
    const bare = await asked(aud, query('versionNumber status contentHash'));
    const more = await asked(
      aud,
      query('versionNumber status contentHash items(first: 3) { nodes { label content reviewStatus } }'),
    );
    // A plan reads the items together with their version.
    expect(more.sent.length).toBe(bare.sent.length);
    expect(Math.max(...more.sent.map(size))).toBeGreaterThan(Math.max(...bare.sent.map(size)));
  });
});

describe('writing takes as many statements for 500 items as for 1:', () => {
  const answer = '{ version { versionId revision } changeSet { sequence } }';
  const write = (userId: number, mutation: string, type: string, input: object) =>
    asked(userId, `mutation ($input: ${type}!) { ${mutation}(input: $input) ${answer} }`, { input });
  const at = ({ versionId, revision }: BuiltVersion) => ({ versionId, expectedRevision: revision });
  const phases = ['PLANNING', 'SCOPING'] as const;
  const approver = { PLANNING: ada, SCOPING: olga };
  const SIZES = [1, 500] as const;

  /** Does the same with a version of one item and with one of many. */
  async function compare(
    phase: string,
    status: 'DRAFT' | 'PENDING_APPROVAL',
    work: (version: BuiltVersion, keys: string[], count: number) => ReturnType<typeof write>,
  ) {
    const runs = [];
    for (const count of SIZES) {
      const version = await buildVersion(world, { phase, status, items: count });
      const keys = await itemKeys(world, version.versionId);
      expect(keys).toHaveLength(count);
      runs.push(await work(version, keys, count));
    }
    expectSame(runs[0]!, runs[1]!);
  }

  test.each(phases)('putting items into %s, new ones and others in their place', async (phase) => {
    await compare(phase, 'DRAFT', (version, _, count) =>
      write(ada, 'putItems', 'PutItemsInput', { ...at(version), items: sampleItems(phase, count, 1000) }),
    );
    await compare(phase, 'DRAFT', (version, keys) => {
      const [[member, list]] = Object.entries(sampleItems(phase, keys.length)) as [[string, object[]]];
      const field = phase === 'PLANNING' ? 'decisionReason' : 'scopingRationale';
      const items = { [member]: list.map((item, i) => ({ ...item, itemKey: keys[i], [field]: 'Other' })) };
      return write(ada, 'putItems', 'PutItemsInput', { ...at(version), items });
    });
  });

  test.each(phases)('removing items from %s', async (phase) => {
    await compare(phase, 'DRAFT', (version, keys) =>
      write(ada, 'removeItems', 'RemoveItemsInput', { ...at(version), itemKeys: keys }),
    );
  });

  test.each(phases)('creating a version of %s with items', async (phase) => {
    const runs = [];
    for (const count of SIZES)
      runs.push(
        await write(ada, 'createVersion', 'CreateVersionInput', {
          cycleId: workflow.cycleId,
          reportId: workflow.reportId,
          phase,
          carryForward: 'NONE',
          items: sampleItems(phase, count),
        }),
      );
    expectSame(runs[0]!, runs[1]!);
  });

  test.each(phases)('carrying items forward into a version of %s', async (phase) => {
    await compare(phase, 'DRAFT', async (version, keys) => {
      const input = {
        cycleId: workflow.cycleId,
        reportId: workflow.reportId,
        phase,
        parentVersionId: version.versionId,
        carryForward: 'ALL_ITEMS',
      };
      const run = await write(ada, 'createVersion', 'CreateVersionInput', input);
      expect(await itemKeys(world, run.result.createVersion.version.versionId)).toEqual(keys);
      return run;
    });
  });

  test.each(phases)('submitting, withdrawing and rejecting a version of %s, and revising it', async (phase) => {
    await compare(phase, 'DRAFT', (version) => write(ada, 'submitVersion', 'VersionTransitionInput', at(version)));
    await compare(phase, 'PENDING_APPROVAL', (version) =>
      write(ada, 'withdrawVersion', 'VersionTransitionInput', at(version)),
    );
    await compare(phase, 'PENDING_APPROVAL', async (version) => {
      const rejected = await write(approver[phase], 'rejectVersion', 'VersionTransitionInput', {
        ...at(version),
        reason: 'No.',
      });
      const revised = await write(ada, 'reviseVersion', 'VersionTransitionInput', {
        ...at(version),
        expectedRevision: version.revision + 1,
      });
      return { result: revised.result, sent: [...rejected.sent, ...revised.sent] };
    });
  });

  test('deciding items, and approving the version', async () => {
    await compare('SCOPING', 'PENDING_APPROVAL', async (version, keys) => {
      const decided = await write(olga, 'decideItems', 'DecideItemsInput', {
        ...at(version),
        decisions: keys.map((itemKey) => ({ itemKey, status: 'APPROVED' })),
      });
      const fresh = { ...version, revision: version.revision + 1 };
      const approved = await write(olga, 'approveVersion', 'VersionTransitionInput', at(fresh));
      return { result: approved.result, sent: [...decided.sent, ...approved.sent] };
    });
  });
});

describe('a short write is two packets: what is looked at under the lock, and what is written with the commit;', () => {
  const answer = '{ version { versionId versionNumber status revision } }';
  const at = ({ versionId, revision }: BuiltVersion) => ({ versionId, expectedRevision: revision });
  /** Statements from the first to the last, who asks and BEGIN and COMMIT among them; the answer takes none. */
  async function write(userId: number, mutation: string, type: string, input: object) {
    const query = `mutation ($input: ${type}!) { ${mutation}(input: $input) ${answer} }`;
    const { result, statements: sent, packets } = await world.counted(() => world.get(userId, query, { input }));
    return { version: result[mutation].version as BuiltVersion, cost: { statements: sent.length, packets } };
  }
  const create = (more: object) =>
    write(ada, 'createVersion', 'CreateVersionInput', {
      cycleId: workflow.cycleId,
      reportId: workflow.reportId,
      phase: 'PLANNING',
      ...more,
    });

  test('creating with items, putting more, submitting and approving; what is known to be a commit is not asked before who asks', async () => {
    const created = await create({ carryForward: 'NONE', items: sampleItems('PLANNING', 60) });
    expect(created.cost).toEqual({ statements: 11, packets: 2 });
    const put = await write(ada, 'putItems', 'PutItemsInput', {
      ...at(created.version),
      items: sampleItems('PLANNING', 60, 1000),
    });
    expect(put.cost).toEqual({ statements: 13, packets: 2 });
    const submitted = await write(ada, 'submitVersion', 'VersionTransitionInput', at(put.version));
    expect(submitted.cost).toEqual({ statements: 11, packets: 2 });
    const approved = await write(ada, 'approveVersion', 'VersionTransitionInput', at(submitted.version));
    expect(approved.cost).toEqual({ statements: 11, packets: 2 });
    expect(approved.version.status).toBe('APPROVED');
    const again = await create({ carryForward: 'NONE', items: sampleItems('PLANNING', 60) });
    expect(again.cost).toEqual({ statements: 10, packets: 2 });
    expect((await write(ada, 'submitVersion', 'VersionTransitionInput', at(again.version))).cost).toEqual({
      statements: 10,
      packets: 2,
    });
  });

  test('what is carried forward is read in a packet of its own', async () => {
    await create({ carryForward: 'NONE' });
    const { cost } = await create({ idempotencyKey: randomUUID() });
    expect(cost).toEqual({ statements: 14, packets: 3 });
  });
});

describe('of records, what is read takes as many statements for 30 as for 3:', () => {
  const ROUNDS = 30;
  /** How many entries three rounds of the making below leave in each list. */
  const inThree: Record<string, { records: number; history: number }> = {
    DATA_OWNER_ID: { records: 4, history: 6 },
    REQUEST_INFO: { records: 4, history: 8 },
    TEST_EXECUTION: { records: 3, history: 5 },
    FINALIZE_TEST_REPORT: { records: 1, history: 3 },
  };
  const declared = (key: string) => phaseOf(key) as AuditOnlyPhase;
  const place = { cycleId: workflow.cycleId, reportId: workflow.reportId };
  const at = ({ versionId }: BuiltVersion) => ({ versionId, expectedRevision: 1 });
  const run = (userId: number, phase: string, name: string, input: object) =>
    sendCommand(world, userId, declared(phase), name, { ...commandInput(declared(phase), name, 2), ...input });

  /** Every third round is like the first, the second or the third, so that what 3 leave differs in kind as much as what 30 do. */
  beforeAll(async () => {
    const [{ lobId }] = (await world.db.query<{ lobId: string }>('select lob_id from lobs')) as [{ lobId: string }];
    const start = { ...place, lobId, dataOwnerId: eve };
    await demandPhase(world, 'TEST_EXECUTION', { of: workflow, preparer: ada });
    for (let n = 0; n < ROUNDS; n++) {
      const assigned = await run(ada, 'DATA_OWNER_ID', 'assignDataOwner', { ...start, changeMetadata: { n } });
      if (n % 3 === 0) await run(eve, 'DATA_OWNER_ID', 'transferDataOwner', { ...at(assigned), toUserId: olga });
      if (n % 3 === 1) await run(ada, 'DATA_OWNER_ID', 'deactivateDataOwner', at(assigned));
      let document = await run(ada, 'REQUEST_INFO', 'submitDocument', place);
      document = await run(ada, 'REQUEST_INFO', 'reviseDocument', at(document));
      if (n % 3 === 0) document = await run(ben, 'REQUEST_INFO', 'reviewDocument', { ...at(document), notes: 'Read.' });
      if (n % 3 === 1)
        await run(ben, 'REQUEST_INFO', 'submitDocument', { ...place, replacesVersionId: document.versionId });
      const asked = await run(ada, 'TEST_EXECUTION', 'requestTestAction', place);
      if (n % 3 > 0) await run(ben, 'TEST_EXECUTION', 'respondToTestAction', at(asked));
    }
  });

  async function compare(phase: string, list: 'records' | 'history', selection: string, people = [ada, olga, aud]) {
    const query = `query ($first: Int!) { workflow(cycleId: "${place.cycleId}", reportId: "${place.reportId}") { workflowPhase(phase: ${phase}) {
      progress canCreate cannotCreateReason ${list}(first: $first) { totalCount nodes { ${selection} } } } } }`;
    for (const person of people) {
      const [few, many] = [inThree[phase]![list], (inThree[phase]![list] * ROUNDS) / 3];
      const [little, much] = [await asked(person, query, { first: few }), await asked(person, query, { first: many })];
      const nodes = ({ result }: typeof little) => result.workflow.workflowPhase[list].nodes;
      expect([nodes(little).length, nodes(much).length]).toEqual([few, many]);
      expectSame(little, much);
    }
  }
  const header = `versionId status content approvalStatus createdBy { name } submittedBy { name } reviewedBy { name } cycle { name } report { name }
    parent { versionNumber createdBy { name } } current { versionNumber } items(first: 3) { totalCount }`;
  const typed: Record<string, string> = {
    DATA_OWNER_ID: `... on DataOwnerAssignment { dataOwner { name } lob { name } assignmentStatus validFrom validTo changeReason changeMetadata
      previousAssignment { assignmentStatus dataOwner { name } changeHistory { changeType } } }`,
    REQUEST_INFO: `... on DocumentSubmission { documentVersion submissionStatus isCurrent revisionType
      replacesSubmission { isCurrent documentVersion submittedBy { name } } }`,
    TEST_EXECUTION: `... on TestExecutionAudit { requestedBy { name } requestedAt respondedBy { name } respondedAt turnaroundTimeHours }`,
  };

  test.each(auditOnlyPhases.map(({ key }) => key))('%s with people and everything its type has', async (key) => {
    expect(typed).toHaveProperty(key);
    // Apart, because what is loaded for one may or may not be there in time for the other.
    for (const selection of [header, typed[key]!])
      for (const list of ['records', 'history'] as const) await compare(key, list, selection, [ada, aud]);
  });

  test.each(auditOnlyPhases.map(({ key }) => key))('%s and what can be done with it', async (key) => {
    for (const list of ['records', 'history'] as const)
      await compare(key, list, 'versionNumber availableActions approvalRequirements { code }');
  });

  test.each(auditOnlyPhases.map(({ key }) => key))('%s with its histories, commits and differences', async (key) => {
    await compare(
      key,
      'records',
      `history(first: 5) { totalCount nodes { versionNumber createdBy { name } } } changes(first: 5) { totalCount nodes { sequence actor { name } versions { versionNumber } } }
       diff(from: 1) { summary { fieldsChanged unchanged } fields { path } patch items(first: 3) { totalCount } }`,
      [aud],
    );
  });

  test('assignments with all their changes, and who made them', async () => {
    const changes =
      'changeHistory { historyId changeType changedAt previousState newState changeMetadata changedBy { name roles } }';
    for (const list of ['records', 'history'] as const)
      await compare('DATA_OWNER_ID', list, `... on DataOwnerAssignment { ${changes} }`, [aud]);
  });

  test('documents with all their revisions, and who made them', async () => {
    const revisions =
      'revisionHistory { historyId revisionType revisionReason changedFields revisedAt revisedBy { name roles } }';
    for (const list of ['records', 'history'] as const)
      await compare('REQUEST_INFO', list, `... on DocumentSubmission { ${revisions} }`, [aud]);
  });

  test('test reports with their signatures, and what can be done with them', async () => {
    for (let n = 0; n < ROUNDS; n++) {
      const version = await buildVersion(world, { phase: 'FINALIZE_TEST_REPORT', items: 1 });
      if (n % 3 === 0) continue;
      await transition(world, ada, 'submitVersion', version);
      await signAll(world, version, 'FINALIZE_TEST_REPORT');
    }
    await compare(
      'FINALIZE_TEST_REPORT',
      'history',
      `availableActions approvalRequirements { code status } ... on TestReportVersion { executiveApprovedBy { name }
       signOffs { id signOffRole signOffStatus signOffDate signerName signOffUser { name } delegatedFrom { name } } }`,
    );
  });

  describe('and writing takes as many statements', () => {
    const commands = auditOnlyPhases.flatMap((phase) =>
      Object.keys(phase.commands).map((name) => [name, phase] as const),
    );

    /** A command in a workflow: its statements, and whose it is. */
    async function statementsOf(
      name: string,
      phase: AuditOnlyPhase,
      of: typeof workflow,
      [tester, other]: [number, number],
    ) {
      const { action, isReview, inputType } = phase.commands[name]!;
      const approver = of === workflow ? undefined : both;
      const record = action ? await buildRecord(world, { phase: phase.key, of, by: tester, approver }) : null;
      if (!action)
        for (const needed of phase.prerequisites) await demandPhase(world, needed, { of, preparer: tester, approver });
      const on = record ? at(record) : { cycleId: of.cycleId, reportId: of.reportId };
      return asked(
        isReview ? other : tester,
        `mutation ($input: ${inputType}!) { ${name}(input: $input) { version { versionId content createdBy { name } } changeSet { sequence versions { versionId } } } }`,
        { input: { ...on, ...fullCommandInput(phase, name, 2), idempotencyKey: randomUUID() } },
      );
    }

    test.each(commands)('for %s among many records as among few', async (name, phase) => {
      const little = await statementsOf(name, phase, otherWorkflow, [ben, both]);
      const much = await statementsOf(name, phase, workflow, [ada, ben]);
      expectSame(little, much);
      expect(much.sent.length).toBeLessThan(30);
    });

    test('for the twentieth revision of a document as for the first', async () => {
      const revise = async (document: BuiltVersion) => {
        const input = { ...commandInput(declared('REQUEST_INFO'), 'reviseDocument', 2), ...at(document) };
        const run1 = await asked(
          ada,
          'mutation ($input: ReviseDocumentInput!) { reviseDocument(input: $input) { version { versionId ... on DocumentSubmission { documentVersion isCurrent revisionHistory { changedFields } } } } }',
          { input },
        );
        return { ...run1, document: { ...document, ...run1.result.reviseDocument.version } as BuiltVersion };
      };
      const first = await revise(await run(ada, 'REQUEST_INFO', 'submitDocument', place));
      let last = first;
      for (let n = 0; n < 19; n++) last = await revise(last.document);
      expect(last.result.reviseDocument.version).toMatchObject({ documentVersion: 21, isCurrent: true });
      expect(last.result.reviseDocument.version.revisionHistory).toHaveLength(20);
      expectSame(first, last);
    });
  });
});
