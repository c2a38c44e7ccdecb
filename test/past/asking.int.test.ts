/** How the past is asked for: instants that are right and wrong, one within the other, many at once. */
import { fromGlobalId, globalId } from '../../src/graphql/global-id';
import { buildVersion, mutate, sampleItem, sampleItems, transition, type BuiltVersion } from '../support/builders';
import { ada, aud, both, otherWorkflow, workflow, World } from '../support/world';
import { lastCommit, makeWorkflow, now, pass, plus, type Place } from './support';

let world: World;
/** The instants of the commits of one draft: created with two items, a third put, one removed, submitted. */
let created: string, added: string, removed: string, submitted: string;
let version: BuiltVersion;
let removedItemId: string;

const at = ({ versionId, revision }: BuiltVersion) => ({ versionId, expectedRevision: revision });
const committed = async (place: Place = workflow): Promise<string> => {
  const instant = await lastCommit(world, place.workflowId);
  await pass(instant);
  return instant;
};

beforeAll(async () => {
  world = await World.create();
  version = await mutate(world, ada, 'createVersion', 'CreateVersionInput', {
    cycleId: workflow.cycleId,
    reportId: workflow.reportId,
    phase: 'PLANNING',
    items: sampleItems('PLANNING', 2),
  });
  created = await committed();
  version = await mutate(world, ada, 'putItems', 'PutItemsInput', {
    ...at(version),
    items: { attributeDecisions: [sampleItem('PLANNING', 3)] },
  });
  added = await committed();
  const { phaseVersion } = await world.get(
    ada,
    'query ($id: UUID!) { phaseVersion(versionId: $id) { items { nodes { id itemKey } } } }',
    { id: version.versionId },
  );
  const [first] = phaseVersion.items.nodes as { id: string; itemKey: string }[];
  removedItemId = first!.id;
  version = await mutate(world, ada, 'removeItems', 'RemoveItemsInput', { ...at(version), itemKeys: [first!.itemKey] });
  removed = await committed();
  version = await transition(world, ada, 'submitVersion', version);
  submitted = await committed();
});
afterAll(() => world.destroy());

const count = 'items { totalCount }';
const labels = 'items { nodes { label } }';
const ofVersion = (selection: string) => `phaseVersion(versionId: "${version.versionId}") { ${selection} }`;
const ofWorkflow = (selection: string, { cycleId, reportId }: Place = workflow) =>
  `workflow(cycleId: "${cycleId}", reportId: "${reportId}") { ${selection} }`;
const planning = (selection: string) => ofWorkflow(`workflowPhase(phase: PLANNING) { ${selection} }`);
const asOf = (instant: string, selection: string) => `query @asOf(at: "${instant}") { ${selection} }`;
const soon = () => new Date(Date.now() + 60_000).toISOString();

describe('an instant', () => {
  test('is answered with the state of the last commit up to it, on the operation and on a version', async () => {
    const seen: unknown[] = [];
    for (const instant of [created, added, removed, submitted, plus(added, -1), plus(submitted, -1)]) {
      const whole = await world.get(ada, asOf(instant, ofVersion(`status ${labels}`)));
      const nested = await world.get(ada, `{ ${ofVersion(`asOf(at: "${instant}") { status ${labels} }`)} }`);
      expect(nested.phaseVersion.asOf).toEqual(whole.phaseVersion);
      seen.push([whole.phaseVersion.status, whole.phaseVersion.items.nodes.length]);
    }
    expect(seen).toEqual([
      ['DRAFT', 2],
      ['DRAFT', 3],
      ['DRAFT', 2],
      ['PENDING_APPROVAL', 2],
      ['DRAFT', 2],
      ['DRAFT', 2],
    ]);
  });

  test('is said in the answer, in UTC and to the millisecond, however it was written', async () => {
    const { data, extensions } = (await world.ask(
      ada,
      `query ($at: DateTime!) @asOf(at: $at) { ${ofVersion(count)} }`,
      { at: created.replace('Z', '000+00:00') },
    )) as unknown as { data: any; extensions: unknown };
    expect(extensions).toEqual({ asOf: created });
    expect(data.phaseVersion.items.totalCount).toBe(2);
    const live = (await world.ask(ada, `{ ${ofVersion(count)} }`)) as unknown as { extensions?: unknown };
    expect(live.extensions).toBeUndefined();
  });

  test('may be a variable, also one with a default', async () => {
    const query = (declared: string) => `query (${declared}) @asOf(at: $at) { ${ofVersion(count)} }`;
    const totals = async (declared: string, variables: object) =>
      (await world.get(ada, query(declared), variables)).phaseVersion.items.totalCount;
    expect(await totals('$at: DateTime!', { at: added })).toBe(3);
    expect(await totals(`$at: DateTime! = "${added}"`, {})).toBe(3);
    expect(await totals(`$at: DateTime = "${added}"`, {})).toBe(3);
    expect(await totals(`$at: DateTime = "${added}"`, { at: created })).toBe(2);
    expect(await world.codeOf(ada, query('$at: DateTime!'), {})).toBe('BAD_USER_INPUT');
    expect(await world.codeOf(ada, query('$at: DateTime!'), { at: 'yesterday' })).toBe('BAD_USER_INPUT');
  });

  test('that is none is refused, and so are two, none at all, and one on a mutation or a field', async () => {
    const refused = async (operation: string, code = 'GRAPHQL_VALIDATION_FAILED') =>
      expect([operation, await world.codeOf(ada, operation)]).toEqual([operation, code]);
    for (const nonsense of ['"yesterday"', '"2026-02-30T00:00:00Z"', '"2026-01-01"', '1', 'true', '[]', '{}'])
      await refused(`query @asOf(at: ${nonsense}) { viewer { userId } }`, 'BAD_USER_INPUT');
    await refused(`query @asOf(at: null) { viewer { userId } }`);
    await refused(`query @asOf { viewer { userId } }`);
    await refused(`query @asOf(at: "${created}", until: "${added}") { viewer { userId } }`);
    await refused(`query @asOf(at: "${created}") @asOf(at: "${added}") { viewer { userId } }`);
    await refused(`{ ${ofVersion('versionId @asOf(at: "2026-01-01T00:00:00Z")')} }`);
    await refused(
      `mutation @asOf(at: "${created}") { submitVersion(input: { versionId: "${version.versionId}", expectedRevision: 1 }) { version { versionId } } }`,
    );
    await refused(`{ ${ofVersion('asOf(at: "yesterday") { status }')} }`, 'BAD_USER_INPUT');
  });

  test('long before and long after everything is what it says', async () => {
    const nothing = await world.get(ada, asOf('0001-01-01T00:00:00Z', `${ofVersion('status')} ${ofWorkflow('id')}`));
    expect(nothing).toEqual({ phaseVersion: null, workflow: null });
    expect(await world.codeOf(ada, asOf('9999-12-31T23:59:59.999Z', ofVersion('status')))).toBe('BAD_USER_INPUT');
  });

  test('in the future is refused, on the operation and on every field', async () => {
    const operation = await world.ask(ada, asOf(soon(), ofVersion('status')));
    expect(operation.status).toBe(400);
    expect(operation.errors![0]!.extensions.code).toBe('BAD_USER_INPUT');
    expect(operation.errors![0]!.message).toMatch(/has not come yet/);
    for (const field of [
      ofVersion(`asOf(at: "${soon()}") { status }`),
      ofVersion(`current(asOf: "${soon()}") { status }`),
      planning(`current(asOf: "${soon()}") { status }`),
      planning(`records(asOf: "${soon()}") { totalCount }`),
      `dataOwners(cycleId: "${workflow.cycleId}", reportId: "${workflow.reportId}", knownAt: "${soon()}") { versionId }`,
    ])
      expect([field, await world.codeOf(ada, `{ ${field} }`)]).toEqual([field, 'BAD_USER_INPUT']);
  });

  test('in the future, asked of two workflows at once, is two refusals, and the server lives on', async () => {
    const unhandled: unknown[] = [];
    const listen = (reason: unknown) => void unhandled.push(reason);
    process.on('unhandledRejection', listen);
    try {
      await buildVersion(world, {
        phase: 'PLANNING',
        items: 1,
        of: otherWorkflow,
        preparer: both,
        approver: both,
      });
      const field = `workflowPhase(phase: PLANNING) { current(asOf: "${soon()}") { status } }`;
      const { errors } = await world.ask(aud, `{ a: ${ofWorkflow(field)} b: ${ofWorkflow(field, otherWorkflow)} }`);
      expect(errors!.map(({ extensions: { code } }) => code)).toEqual(['BAD_USER_INPUT', 'BAD_USER_INPUT']);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(unhandled).toEqual([]);
    } finally {
      process.off('unhandledRejection', listen);
    }
  });

  test('before the first commit finds nothing, and guesses nothing', async () => {
    const before = plus(created, -1);
    const nothing = await world.get(
      ada,
      asOf(
        before,
        `${ofVersion('status')} ${planning('progress current { versionId } records { totalCount } history { totalCount nodes { versionId } }')}
         node(id: "${removedItemId}") { id } all: workflows { nodes { changes { totalCount nodes { sequence } } } }`,
      ),
    );
    expect(nothing.phaseVersion).toBeNull();
    expect(nothing.node).toBeNull();
    expect(nothing.workflow.workflowPhase).toEqual({
      progress: 'READY',
      current: null,
      records: { totalCount: 0 },
      history: { totalCount: 0, nodes: [] },
    });
    expect(nothing.all.nodes.map(({ changes }: any) => changes)).toEqual([{ totalCount: 0, nodes: [] }]);
    const nested = await world.get(
      ada,
      `{ ${ofVersion(`asOf(at: "${before}") { status } current(asOf: "${before}") { status }`)} ${planning(`records(asOf: "${before}") { totalCount nodes { versionId } }`)} }`,
    );
    expect(nested).toEqual({
      phaseVersion: { asOf: null, current: null },
      workflow: { workflowPhase: { records: { totalCount: 0, nodes: [] } } },
    });
  });

  test('before there was a workflow finds none, although it is there today', async () => {
    const before = await now(world);
    await pass(before);
    const made = await makeWorkflow(world, workflow.cycleId);
    expect(await world.get(ada, asOf(before, ofWorkflow('id', made)))).toEqual({ workflow: null });
    const list = await world.get(ada, asOf(before, 'workflows { totalCount nodes { report { name } } }'));
    expect(list.workflows.totalCount).toBe(1);
    const today = await world.get(ada, asOf(await now(world), 'workflows { totalCount }'));
    expect(today.workflows.totalCount).toBe(2);
  });
});

describe('one instant within another', () => {
  test('is read at its own, and what is below it as well', async () => {
    const both = `status ${labels}`;
    const data = await world.get(
      ada,
      asOf(
        submitted,
        ofVersion(
          `${both} earlier: asOf(at: "${added}") { ${both} earliest: asOf(at: "${created}") { ${both} history { nodes { ${both} items { nodes { label } } } } changes { totalCount } } changes { totalCount } } changes { totalCount }`,
        ),
      ),
    );
    const { phaseVersion } = data;
    const size = (of: any) => [of.status, of.items.nodes.length, of.changes.totalCount];
    expect(size(phaseVersion)).toEqual(['PENDING_APPROVAL', 2, 4]);
    expect(size(phaseVersion.earlier)).toEqual(['DRAFT', 3, 2]);
    expect(size(phaseVersion.earlier.earliest)).toEqual(['DRAFT', 2, 1]);
    expect(phaseVersion.earlier.earliest.history.nodes[0].items.nodes).toHaveLength(2);
  });

  test('is read at its own also within a field that is read at another', async () => {
    const data = await world.get(
      ada,
      `{ ${ofVersion(`asOf(at: "${removed}") { ${count} asOf(at: "${added}") { ${count} asOf(at: "${created}") { ${count} } } }`)} }`,
    );
    expect(data.phaseVersion.asOf).toEqual({
      items: { totalCount: 2 },
      asOf: { items: { totalCount: 3 }, asOf: { items: { totalCount: 2 } } },
    });
  });

  test('is refused where it is later than the one around it', async () => {
    for (const query of [
      asOf(created, ofVersion(`asOf(at: "${added}") { status }`)),
      asOf(created, planning(`current(asOf: "${added}") { status }`)),
      asOf(created, planning(`records(asOf: "${added}") { totalCount }`)),
      asOf(
        created,
        `dataOwners(cycleId: "${workflow.cycleId}", reportId: "${workflow.reportId}", knownAt: "${added}") { versionId }`,
      ),
      `{ ${ofVersion(`asOf(at: "${created}") { asOf(at: "${added}") { status } }`)} }`,
    ]) {
      const { errors } = await world.ask(ada, query);
      expect([query, errors?.[0]?.extensions.code]).toEqual([query, 'BAD_USER_INPUT']);
      expect(errors![0]!.message).toMatch(/is later than/);
    }
    const same = await world.get(ada, asOf(added, ofVersion(`asOf(at: "${added}") { ${count} }`)));
    expect(same.phaseVersion.asOf.items.totalCount).toBe(3);
  });

  test('and many others beside it are each answered for themselves', async () => {
    const instants = [created, added, removed, submitted, plus(added, -1), plus(created, -1)];
    const data = await world.get(
      ada,
      `{ ${Array.from({ length: 30 }, (_, n) => `v${n}: ${ofVersion(`now: ${count} then: asOf(at: "${instants[n % instants.length]}") { status ${count} }`)}`).join(' ')} }`,
    );
    const expected = [
      ['DRAFT', 2],
      ['DRAFT', 3],
      ['DRAFT', 2],
      ['PENDING_APPROVAL', 2],
      ['DRAFT', 2],
      [undefined, undefined],
    ];
    for (let n = 0; n < 30; n++) {
      const { now: today, then } = data[`v${n}`];
      expect([then?.status, then?.items.totalCount]).toEqual(expected[n % instants.length]);
      expect(today.totalCount).toBe(2);
    }
  });

  test('below a mutation shows the state before it and the state it made', async () => {
    const draft = await buildVersion(world, { phase: 'PLANNING', items: 1 });
    const before = await committed();
    const { putItems } = await world.get(
      ada,
      `mutation ($input: PutItemsInput!) { putItems(input: $input) { version { ${count} before: asOf(at: "${before}") { revision ${count} } } changeSet { committedAt } } }`,
      { input: { ...at(draft), items: { attributeDecisions: [sampleItem('PLANNING', 9)] } } },
    );
    expect(putItems.version).toEqual({ items: { totalCount: 2 }, before: { revision: 1, items: { totalCount: 1 } } });
    const after = await world.get(
      ada,
      `{ phaseVersion(versionId: "${draft.versionId}") { asOf(at: "${putItems.changeSet.committedAt}") { ${count} } } }`,
    );
    expect(after.phaseVersion.asOf.items.totalCount).toBe(2);
  });
});

describe('objects by their ids', () => {
  test('are found in the past, also an item that has been removed since', async () => {
    const then = await world.get(
      ada,
      asOf(
        added,
        `node(id: "${removedItemId}") { ... on VersionItem { label itemKey } } ${ofVersion('id items { nodes { id } } changes { nodes { id sequence } } createdBy { id }')} ${ofWorkflow('id')}`,
      ),
    );
    expect(then.node.label).toBeTruthy();
    const ofThen: string[] = [
      then.phaseVersion.id,
      then.workflow.id,
      then.phaseVersion.createdBy.id,
      ...then.phaseVersion.items.nodes.map(({ id }: any) => id),
      ...then.phaseVersion.changes.nodes.map(({ id }: any) => id),
    ];
    // They carry the instant they were read at, but for the two commits; without it they are those of whenever they are asked for.
    expect(ofThen.map((id) => fromGlobalId(id)!.at?.toISOString())).toEqual([
      ...Array<string>(6).fill(added),
      undefined,
      undefined,
    ]);
    const ids = ofThen.map((id) => globalId(fromGlobalId(id)!.typeName, fromGlobalId(id)!.key));
    const nodes = (instant: string) =>
      world
        .get(ada, `query ($ids: [ID!]!) @asOf(at: "${instant}") { nodes(ids: $ids) { id } }`, { ids })
        .then((data) => data.nodes.map((node: any) => node !== null));
    const later = await world.get(ada, `query ($ids: [ID!]!) @asOf(at: "${removed}") { nodes(ids: $ids) { id } }`, {
      ids: ofThen,
    });
    expect(later.nodes).toEqual(ofThen.map((id) => ({ id })));
    const earlier = await world.ask(ada, `query ($ids: [ID!]!) @asOf(at: "${created}") { nodes(ids: $ids) { id } }`, {
      ids: [...ids.slice(0, 1), ofThen[0], globalId('User', ada, new Date('9999-01-01T00:00:00Z'))],
    });
    expect(earlier.data.nodes.map((node: unknown) => node !== null)).toEqual([true, false, false]);
    expect(earlier.errors!.map(({ path, extensions: { code } }) => [path, code])).toEqual([
      [['nodes', 1], 'BAD_USER_INPUT'],
      [['nodes', 2], 'BAD_USER_INPUT'],
    ]);
    expect(ids).toHaveLength(8);
    expect(await nodes(added)).toEqual(Array<boolean>(8).fill(true));
    // The third item and the second commit came later.
    expect(await nodes(created)).toEqual([true, true, true, true, true, false, false, true]);
    expect(await nodes(plus(created, -1))).toEqual([false, true, true, false, false, false, false, false]);
    expect(await nodes(removed)).toEqual([true, true, true, false, true, true, true, true]);
  });
});

describe('a record’s current version and a phase’s records', () => {
  test('are those of the instant, page by page', async () => {
    const place = await makeWorkflow(world, workflow.cycleId);
    const of = { of: place, approver: undefined };
    const approved: { versionId: string; at: string }[] = [];
    let last = await buildVersion(world, { phase: 'PLANNING', status: 'APPROVED', ...of });
    approved.push({ versionId: last.versionId, at: await committed(place) });
    last = await buildVersion(world, { phase: 'PLANNING', status: 'APPROVED', ...of });
    approved.push({ versionId: last.versionId, at: await committed(place) });
    const [one, two] = approved;
    const data = await world.get(
      ada,
      `{ phaseVersion(versionId: "${one!.versionId}") { status current { versionId } then: current(asOf: "${one!.at}") { versionId status current { versionId } } }
         ${ofWorkflow(`workflowPhase(phase: PLANNING) { a: current(asOf: "${one!.at}") { versionId status effectiveTo } b: current(asOf: "${two!.at}") { versionId } c: current(asOf: "${plus(one!.at, -1)}") { versionId } }`, place)} }`,
    );
    expect(data.phaseVersion).toEqual({
      status: 'SUPERSEDED',
      current: { versionId: two!.versionId },
      then: { versionId: one!.versionId, status: 'APPROVED', current: { versionId: one!.versionId } },
    });
    expect(data.workflow.workflowPhase).toEqual({
      a: { versionId: one!.versionId, status: 'APPROVED', effectiveTo: null },
      b: { versionId: two!.versionId },
      c: null,
    });
  });

  test('of an audit-only phase are paged in the past while others are added', async () => {
    const place = await makeWorkflow(world, workflow.cycleId);
    await buildVersion(world, { phase: 'SAMPLE_SELECTION', status: 'APPROVED', of: place });
    const assign = () =>
      mutate(world, ada, 'assignDataOwner', 'AssignDataOwnerInput', {
        cycleId: place.cycleId,
        reportId: place.reportId,
        dataOwnerId: 4,
        assignmentType: 'BACKUP',
      });
    for (let n = 0; n < 5; n++) await assign();
    const five = await committed(place);
    for (let n = 5; n < 8; n++) await assign();
    const page = async (after: string | null, wrap: (args: string) => [string, string]) => {
      const [head, args] = wrap(`first: 2${after ? `, after: "${after}"` : ''}`);
      const { workflow: found } = await world.get(
        ada,
        `${head} { ${ofWorkflow(`workflowPhase(phase: DATA_OWNER_ID) { records(${args}) { totalCount pageInfo { endCursor hasNextPage } nodes { versionId changes { totalCount } } } }`, place)} }`,
      );
      return found.workflowPhase.records;
    };
    for (const wrap of [
      (args: string): [string, string] => [`query @asOf(at: "${five}")`, args],
      (args: string): [string, string] => ['query', `${args}, asOf: "${five}"`],
    ]) {
      const seen: string[] = [];
      let after: string | null = null;
      for (;;) {
        const records = await page(after, wrap);
        expect(records.totalCount).toBe(5);
        seen.push(...records.nodes.map(({ versionId }: any) => versionId));
        after = records.pageInfo.endCursor;
        if (!records.pageInfo.hasNextPage) break;
      }
      expect(new Set(seen).size).toBe(5);
      expect(seen).toHaveLength(5);
    }
  });

  test('are answered in business time as of what was known', async () => {
    const place = await makeWorkflow(world, workflow.cycleId);
    await buildVersion(world, { phase: 'SAMPLE_SELECTION', status: 'APPROVED', of: place });
    const assigned = await mutate(world, ada, 'assignDataOwner', 'AssignDataOwnerInput', {
      cycleId: place.cycleId,
      reportId: place.reportId,
      dataOwnerId: 4,
      assignmentType: 'PRIMARY',
      validFrom: '2026-01-01T00:00:00Z',
    });
    const known = await committed(place);
    await mutate(world, ada, 'transferDataOwner', 'TransferDataOwnerInput', {
      versionId: assigned.versionId,
      expectedRevision: 1,
      toUserId: 5,
      reason: 'Found out.',
      validFrom: '2026-02-01T00:00:00Z',
    });
    await committed(place);
    const owners = async (validAt: string, knownAt: string | null, head = 'query') =>
      (
        await world.get(
          ada,
          `${head} { dataOwners(cycleId: "${place.cycleId}", reportId: "${place.reportId}", validAt: "${validAt}"${knownAt ? `, knownAt: "${knownAt}"` : ''}) { dataOwner { userId } validTo status } }`,
        )
      ).dataOwners.map(({ dataOwner, validTo }: any) => [dataOwner.userId, validTo]);
    const march = '2026-03-01T00:00:00Z';
    expect(await owners(march, null)).toEqual([[5, null]]);
    expect(await owners(march, known)).toEqual([[4, null]]);
    expect(await owners(march, null, `query @asOf(at: "${known}")`)).toEqual([[4, null]]);
    expect(await owners('2026-01-15T00:00:00Z', null)).toEqual([[4, '2026-02-01T00:00:00.000Z']]);
    expect(await owners(march, plus(known, -1))).toEqual([]);
  });
});

test('nothing can be done in the past', async () => {
  const { phaseVersion, workflow: found } = await world.get(
    ada,
    asOf(removed, `${ofVersion('availableActions')} ${planning('canCreate cannotCreateReason')}`),
  );
  expect(phaseVersion.availableActions).toEqual([]);
  expect(found.workflowPhase).toEqual({ canCreate: false, cannotCreateReason: expect.stringContaining(removed) });
  const nested = await world.get(
    ada,
    `{ ${ofVersion(`availableActions asOf(at: "${removed}") { availableActions }`)} }`,
  );
  expect(nested.phaseVersion.availableActions).not.toEqual([]);
  expect(nested.phaseVersion.asOf.availableActions).toEqual([]);
});

describe('an instant as an argument of root fields', () => {
  const place = { cycleId: workflow.cycleId, reportId: workflow.reportId };
  const fields = ['workflow', 'workflows', 'phaseVersion', 'nodes'];
  const asked = (args: string): Record<string, string> => ({
    workflow: `workflow(cycleId: "${place.cycleId}", reportId: "${place.reportId}"${args && `, ${args}`}) {
      id testers { id name } phases { id progress current { id status } records { nodes { id status } } } }`,
    workflows: `workflows(first: 5${args && `, ${args}`}) { totalCount nodes { id phases { id progress } } }`,
    phaseVersion: `phaseVersion(versionId: "${version.versionId}"${args && `, ${args}`}) { id status items { nodes { id label } } }`,
    nodes: `nodes(ids: ["${removedItemId}", "${globalId('Workflow', workflow.workflowId)}"]${args && `, ${args}`}) { id __typename }`,
  });

  test.each(fields)('answers as the operation would as of it: %s', async (field) => {
    for (const at of [plus(created, -1), created, added, removed]) {
      const argument = await world.get(ada, `{ ${asked(`asOf: "${at}"`)[field]} }`);
      expect(argument).toEqual(await world.get(ada, asOf(at, asked('')[field]!)));
      const { result, statements } = await world.counted(() => world.get(ada, `{ ${asked(`asOf: "${at}"`)[field]} }`));
      expect(result).toEqual(argument);
      const directive = await world.counted(() => world.get(ada, asOf(at, asked('')[field]!)));
      expect(statements.length).toBeLessThanOrEqual(directive.statements.length + 1);
    }
  });

  test.each(fields)('is refused if it has not come, or is later than the operation’s: %s', async (field) => {
    const future = asked('asOf: "9999-12-31T00:00:00Z"')[field]!;
    const later = asked(`asOf: "${removed}"`)[field]!;
    for (const query of [`{ ${future} viewer { userId } }`, asOf(added, `${later} viewer { userId }`)]) {
      const { data, errors } = await world.ask(ada, query);
      expect([data[field], data.viewer]).toEqual([null, { userId: ada }]);
      expect(errors).toMatchObject([{ path: [field], extensions: { code: 'BAD_USER_INPUT' } }]);
    }
  });

  test('pages of workflows at an instant are those of the instant', async () => {
    const at = await committed();
    const all = async (args: string) =>
      (await world.get(aud, `{ workflows(first: 100, ${args}) { nodes { id } } }`)).workflows.nodes;
    const expected = await all(`asOf: "${at}"`);
    await makeWorkflow(world, workflow.cycleId);
    const found: { id: string }[] = [];
    for (let after = ''; ;) {
      const { workflows } = await world.get(
        aud,
        `{ workflows(first: 1, asOf: "${at}"${after}) { totalCount nodes { id } pageInfo { hasNextPage endCursor } } }`,
      );
      expect(workflows.totalCount).toBe(expected.length);
      found.push(...workflows.nodes);
      if (!workflows.pageInfo.hasNextPage) break;
      after = `, after: "${workflows.pageInfo.endCursor}"`;
    }
    expect(found).toEqual(expected);
  });

  test('asOf of a workflow is the workflow as of then; null before it was there', async () => {
    const [then, before] = [created, '2000-01-01T00:00:00Z'];
    const whole = 'id phases { id progress history { nodes { id status } } }';
    const { workflow: found } = await world.get(
      ada,
      `{ ${ofWorkflow(`then: asOf(at: "${then}") { ${whole} } before: asOf(at: "${before}") { id }`)} }`,
    );
    expect(found.then).toEqual((await world.get(ada, asOf(then, ofWorkflow(whole)))).workflow);
    expect(found.before).toBeNull();
  });
});
