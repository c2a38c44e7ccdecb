import { randomUUID } from 'node:crypto';
import { buildVersion, decideAll, sampleContent, sampleItem, sampleItems } from '../support/builders';
import { ada, ben, olga, workflow, World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await World.create();
  await buildVersion(world, { phase: 'DATA_PROFILING', status: 'APPROVED' });
});
afterAll(() => world.destroy());

const call = (userId: number, mutation: string, type: string, input: object) =>
  world.ask(
    userId,
    `mutation ($input: ${type}!) { ${mutation}(input: $input) { version { versionId status revision versionNumber } changeSet { id sequence hash committedAt } } }`,
    { input },
  );

/** Everything that a commit writes. */
const written = async () =>
  (
    await world.sql(
      'owner',
      `select (select count(*) from log.change_set)::int as commits, (select count(*) from log.row_change)::int as rows,
       (select count(*) from phase_version)::int as versions, (select count(*) from log.idempotency_key)::int as keys`,
    )
  )[0];

interface Case {
  readonly mutation: string;
  readonly type: string;
  readonly userId: number;
  /** The input of the request, and one that says something else. */
  prepare(): Promise<[input: object, other: object]>;
}

const scoping = { cycleId: workflow.cycleId, reportId: workflow.reportId, phase: 'SCOPING' };
const cases: Case[] = [
  {
    mutation: 'createVersion',
    type: 'CreateVersionInput',
    userId: ada,
    prepare: async () => {
      const input = {
        ...scoping,
        carryForward: 'NONE',
        content: sampleContent('SCOPING'),
        items: sampleItems('SCOPING', 3),
      };
      return [input, { ...input, items: sampleItems('SCOPING', 2) }];
    },
  },
  {
    mutation: 'putItems',
    type: 'PutItemsInput',
    userId: ada,
    prepare: async () => {
      const { versionId, revision } = await buildVersion(world, { phase: 'SCOPING' });
      const input = { versionId, expectedRevision: revision, items: sampleItems('SCOPING', 2, 10) };
      return [input, { ...input, items: sampleItems('SCOPING', 2, 11) }];
    },
  },
  {
    mutation: 'approveVersion',
    type: 'VersionTransitionInput',
    userId: olga,
    prepare: async () => {
      const pending = await buildVersion(world, { phase: 'SCOPING', status: 'PENDING_APPROVAL' });
      const { versionId, revision } = await decideAll(world, olga, pending, 'SCOPING');
      const input = { versionId, expectedRevision: revision, reason: 'Fine.' };
      return [input, { ...input, reason: 'Very fine.' }];
    },
  },
];

describe.each(cases)('$mutation', ({ mutation, type, userId, prepare }) => {
  test('a retry with the same key and input gets the first answer and writes nothing', async () => {
    const [input] = await prepare();
    const idempotencyKey = randomUUID();
    const first = await call(userId, mutation, type, { ...input, idempotencyKey });
    expect(first.errors).toBeUndefined();
    const before = await written();
    for (let retry = 0; retry < 3; retry++)
      expect((await call(userId, mutation, type, { ...input, idempotencyKey })).data).toEqual(first.data);
    // The order of members and the case of a UUID say nothing.
    const reordered = Object.fromEntries(
      Object.entries({ idempotencyKey: idempotencyKey.toUpperCase(), ...input }).reverse(),
    );
    expect((await call(userId, mutation, type, reordered)).data).toEqual(first.data);
    expect(await written()).toEqual(before);
  });

  test('ten retries at once make one commit', async () => {
    const [input] = await prepare();
    const before = await written();
    const idempotencyKey = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => call(userId, mutation, type, { ...input, idempotencyKey })),
    );
    expect(answers.map(({ errors }) => errors)).toEqual(Array(10).fill(undefined));
    expect(new Set(answers.map(({ data }) => JSON.stringify(data))).size).toBe(1);
    const after = await written();
    expect(after).toMatchObject({ commits: before.commits + 1, keys: before.keys + 1 });
  });

  test('the same key with other input is IDEMPOTENCY_MISMATCH and writes nothing', async () => {
    const [input, other] = await prepare();
    const idempotencyKey = randomUUID();
    expect((await call(userId, mutation, type, { ...input, idempotencyKey })).errors).toBeUndefined();
    const before = await written();
    const { errors } = await call(userId, mutation, type, { ...other, idempotencyKey });
    expect(errors?.[0]?.extensions.code).toBe('IDEMPOTENCY_MISMATCH');
    expect(errors?.[0]?.message).toMatch(/new key/);
    expect(await written()).toEqual(before);
  });

  test('a refused call stores nothing: the same key works afterwards', async () => {
    const [input] = await prepare();
    const idempotencyKey = randomUUID();
    const before = await written();
    const wrong =
      'versionId' in input ? { ...input, expectedRevision: 4711 } : { ...input, parentVersionId: randomUUID() };
    const refused = await call(userId, mutation, type, { ...wrong, idempotencyKey });
    expect(refused.errors?.[0]?.extensions.code).toBe('versionId' in input ? 'CONFLICT' : 'BAD_USER_INPUT');
    expect(await written()).toEqual(before);
    expect((await call(userId, mutation, type, { ...input, idempotencyKey })).errors).toBeUndefined();
  });

  test('without a key, the same request is another request', async () => {
    const [input] = await prepare();
    const first = await call(userId, mutation, type, input);
    expect(first.errors).toBeUndefined();
    const second = await call(userId, mutation, type, input);
    if ('versionId' in input) expect(second.errors?.[0]?.extensions.code).toBe('CONFLICT');
    else expect(second.data[mutation].version.versionId).not.toBe(first.data[mutation].version.versionId);
  });
});

test('the same key of another person is another key', async () => {
  const idempotencyKey = randomUUID();
  const input = { ...scoping, carryForward: 'NONE', idempotencyKey };
  const [mine, theirs] = [
    await call(ada, 'createVersion', 'CreateVersionInput', input),
    await call(ben, 'createVersion', 'CreateVersionInput', input),
  ];
  expect(theirs.errors).toBeUndefined();
  expect(theirs.data.createVersion.version.versionId).not.toBe(mine.data.createVersion.version.versionId);
});

test('the same key with another mutation is another key', async () => {
  const idempotencyKey = randomUUID();
  const created = await call(ada, 'createVersion', 'CreateVersionInput', {
    ...scoping,
    carryForward: 'NONE',
    idempotencyKey,
  });
  const { versionId, revision } = created.data.createVersion.version;
  const put = {
    versionId,
    expectedRevision: revision,
    items: { scopingDecisions: [sampleItem('SCOPING', 1)] },
    idempotencyKey,
  };
  expect((await call(ada, 'putItems', 'PutItemsInput', put)).errors).toBeUndefined();
});

test('a retry is answered with the version as it is now, and the commit as it was then', async () => {
  const idempotencyKey = randomUUID();
  const input = { ...scoping, carryForward: 'NONE', items: sampleItems('SCOPING', 1), idempotencyKey };
  const first = (await call(ada, 'createVersion', 'CreateVersionInput', input)).data.createVersion;
  const { versionId } = first.version;
  await call(ada, 'submitVersion', 'VersionTransitionInput', { versionId, expectedRevision: 1 });
  const again = (await call(ada, 'createVersion', 'CreateVersionInput', input)).data.createVersion;
  expect(again.changeSet).toEqual(first.changeSet);
  expect(again.version).toMatchObject({ versionId, status: 'PENDING_APPROVAL', revision: 2 });
});

test('who lost sight of the workflow gets no answer to a retry either', async () => {
  const idempotencyKey = randomUUID();
  const input = { ...scoping, carryForward: 'NONE', idempotencyKey };
  expect((await call(ben, 'createVersion', 'CreateVersionInput', input)).errors).toBeUndefined();
  await world.sql('owner', `update workflows set test_lead_id = null where workflow_id = $1`, [workflow.workflowId]);
  await world.sql('owner', `delete from workflow_testers where workflow_id = $1 and user_id = ${ben}`, [
    workflow.workflowId,
  ]);
  expect((await call(ben, 'createVersion', 'CreateVersionInput', input)).errors?.[0]?.extensions.code).toBe(
    'NOT_FOUND',
  );
});
