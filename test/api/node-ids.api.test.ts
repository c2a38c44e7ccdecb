/** The ids of objects are taken wherever a domain's own id is, and nothing else is taken for one. */
import { randomUUID } from 'node:crypto';
import { buildVersion, sampleItems, type BuiltVersion } from '../support/builders';
import { ada, aud, root, workflow, World } from '../support/world';

const { cycleId, reportId, workflowId } = workflow;
let world: World;
let version: BuiltVersion;
let ids: Record<'version' | 'workflow' | 'cycle' | 'report' | 'lob' | 'changeSet' | 'user', string>;
beforeAll(async () => {
  world = await World.create();
  version = await buildVersion(world, { phase: 'PLANNING' });
  const { phaseVersion, w, viewer } = await world.get(
    aud,
    `query ($v: UUID!, $c: UUID!, $r: UUID!) { viewer { id }
       phaseVersion(versionId: $v) { id changes(first: 1) { nodes { id } } }
       w: workflow(cycleId: $c, reportId: $r) { id cycle { id } report { id lob { id } } } }`,
    { v: version.versionId, c: cycleId, r: reportId },
  );
  ids = {
    version: phaseVersion.id,
    workflow: w.id,
    cycle: w.cycle.id,
    report: w.report.id,
    lob: w.report.lob.id,
    changeSet: phaseVersion.changes.nodes[0].id,
    user: viewer.id,
  };
});
afterAll(() => world.destroy());

const refusal = async (query: string, variables: object = {}, as = aud) => {
  const { data, errors } = await world.ask(as, query, variables);
  expect(Object.values(data ?? {}).filter(Boolean)).toEqual([]);
  return { code: errors?.[0]?.extensions.code, message: errors?.[0]?.message };
};

test('one object is found by its id and by its UUID, whether they are variables or stand in the operation', async () => {
  const fields = 'id items { nodes { label } } availableActions';
  const asked = `query ($v: UUID!) { phaseVersion(versionId: $v) { ${fields} } }`;
  const found = await world.get(ada, asked, { v: version.versionId });
  expect(found.phaseVersion.items.nodes.length).toBeGreaterThan(0);
  expect(await world.get(ada, asked, { v: ids.version })).toEqual(found);
  // Also by an operation that was planned for UUIDs before, and by one that is asked again.
  expect(await world.get(ada, asked, { v: ids.version })).toEqual(found);
  expect(await world.get(ada, asked, { v: version.versionId })).toEqual(found);
  for (let again = 0; again < 2; again++)
    for (const id of [ids.version, version.versionId])
      expect(await world.get(ada, `{ phaseVersion(versionId: "${id}") { ${fields} } }`)).toEqual(found);
});

test('so are workflows, cycles, reports and lines of business, in filters as well', async () => {
  const { one, cycle, report, lob, some } = await world.get(
    aud,
    `query ($c: UUID!, $r: UUID!, $l: UUID!, $cs: [UUID!]) { one: workflow(cycleId: $c, reportId: $r) { workflowId }
       cycle(cycleId: $c) { cycleId } report(reportId: $r) { reportId } lob(lobId: $l) { name }
       some: workflows(filter: { cycleIds: $cs, reportIds: ["${ids.report}"], lobId: $l }) { nodes { workflowId } } }`,
    { c: ids.cycle, r: ids.report, l: ids.lob, cs: [ids.cycle, randomUUID()] },
  );
  expect({ one, cycle, report, lob, some }).toEqual({
    one: { workflowId },
    cycle: { cycleId },
    report: { reportId },
    lob: { name: 'Consumer Cards' },
    some: { nodes: [{ workflowId }] },
  });
});

test('mutations take them, and a request that is repeated with the UUID is the same request', async () => {
  const create =
    'mutation ($input: CreateVersionInput!) { createVersion(input: $input) { version { versionId id revision } } }';
  const input = {
    phase: 'PLANNING',
    items: sampleItems('PLANNING', 1),
    carryForward: 'NONE',
    idempotencyKey: randomUUID(),
  };
  const made = await world.get(ada, create, { input: { ...input, cycleId: ids.cycle, reportId: ids.report } });
  expect(await world.get(ada, create, { input: { ...input, cycleId, reportId } })).toEqual(made);
  const { id, revision } = made.createVersion.version;
  const { putItems } = await world.get(
    ada,
    'mutation ($input: PutItemsInput!) { putItems(input: $input) { version { id revision } } }',
    { input: { versionId: id, expectedRevision: revision, items: sampleItems('PLANNING', 1, 2) } },
  );
  expect(putItems.version).toEqual({ id, revision: revision + 1 });
  const { cycle } = await world.get(root, 'query ($c: UUID!) { cycle(cycleId: $c) { revision } }', { c: ids.cycle });
  const update = 'mutation ($input: UpdateCycleInput!) { updateCycle(input: $input) { cycle { id } } }';
  const change = { cycleId: ids.cycle, expectedRevision: cycle.revision, endDate: '2026-12-31' };
  expect((await world.get(root, update, { input: change })).updateCycle.cycle).toEqual({ id: ids.cycle });
});

describe('refused is, with what is taken instead,', () => {
  const phaseVersion = 'query ($v: UUID!) { phaseVersion(versionId: $v) { id } }';

  test('the id of something else', async () => {
    for (const [what, typeName] of [
      ['cycle', 'Cycle'],
      ['changeSet', 'ChangeSet'],
      ['user', 'User'],
    ] as const)
      // prettier-ignore
      expect(await refusal(phaseVersion, { v: ids[what] })).toEqual({
        code: 'BAD_USER_INPUT',
        message: `\`versionId\` takes the id of a version; this is one of a ${typeName}.`,
      });
    expect((await refusal(`{ workflow(cycleId: "${ids.report}", reportId: "${ids.cycle}") { id } }`)).message).toMatch(
      /^`cycleId` takes the id of a cycle; this is one of a Report\.$/,
    );
    expect((await refusal(`{ workflows(filter: { cycleIds: ["${ids.cycle}", "${ids.lob}"] }) { nodes { id } } }`)).message).toMatch(
      /^`cycleIds` takes the id of a cycle/,
    ); // prettier-ignore
    const input = { versionId: ids.workflow, expectedRevision: 1 };
    const submit = 'mutation ($input: VersionTransitionInput!) { submitVersion(input: $input) { version { id } } }';
    expect((await refusal(submit, { input }, ada)).message).toMatch(/^`versionId` takes the id of a version/);
  });

  test('the id of what was read in the past', async () => {
    const at = new Date().toISOString();
    const { phaseVersion: then } = await world.get(
      ada,
      'query ($v: UUID!, $at: DateTime!) { phaseVersion(versionId: $v, asOf: $at) { id } }',
      { v: version.versionId, at },
    );
    expect(then.id).not.toBe(ids.version);
    expect(await refusal(phaseVersion, { v: then.id })).toEqual({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining(`as it was at ${at}`),
    });
  });

  test('an id where no object is named, and what only looks like one', async () => {
    const remove = 'mutation ($input: RemoveItemsInput!) { removeItems(input: $input) { version { id } } }';
    const input = { versionId: ids.version, expectedRevision: version.revision, itemKeys: [ids.version] };
    expect((await refusal(remove, { input }, ada)).message).toBe(
      '`itemKeys` takes a UUID, and not the id of an object.',
    );
    const key = { ...input, itemKeys: [randomUUID()], idempotencyKey: ids.version };
    expect((await refusal(remove, { input: key }, ada)).code).toBe('BAD_USER_INPUT');
    for (const text of ['Planning:1', 'PlanningVersion:', 'Cycle:..', `Cycle:${cycleId}@soon`, `Cycle:${cycleId} `])
      expect((await refusal(phaseVersion, { v: Buffer.from(text).toString('base64url') })).code).toBe('BAD_USER_INPUT');
    for (const v of ['', 'x', `{${version.versionId}}`, `${ids.version}=`, 'a'.repeat(10_000)])
      expect((await refusal(phaseVersion, { v })).message).toContain('A UUID is written as');
  });

  test('an object that is not for the asker, as if it were not there', async () => {
    const hidden = await world.ask(9, phaseVersion, { v: ids.version });
    const unknown = await world.ask(9, phaseVersion, { v: version.versionId });
    expect(hidden).toMatchObject({ data: unknown.data });
    expect(hidden.errors?.map(({ extensions }) => extensions.code)).toEqual(
      unknown.errors?.map(({ extensions }) => extensions.code),
    );
  });
});
