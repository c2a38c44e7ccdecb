/** A field that is refused hides nothing else: what its siblings answered is there, and what was done before it is told. */
import { getNullableType, type GraphQLObjectType } from 'graphql';
import { makeSchema } from '../../src/graphql/schema';
import { buildRecord, buildVersion, itemKeys, mutate } from '../support/builders';
import { ada, ben, workflow, World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.destroy());

const updated = (alias: string, { versionId }: { versionId: string }, expectedRevision: number) =>
  `${alias}: updateVersion(input: { versionId: "${versionId}", expectedRevision: ${expectedRevision}, content: { planning: {
     planningMetadata: { said: "${alias}" } } } }) { version { revision content } }`;

test('of mutations in one request, each that was done is told, before one that was refused and after it', async () => {
  const draft = await buildVersion(world, { phase: 'PLANNING' });
  const { revision } = draft;
  const { status, data, errors } = await world.ask(
    ada,
    `mutation { ${updated('a', draft, revision)} ${updated('b', draft, revision)} ${updated('c', draft, revision + 1)} }`,
  );
  const done = (said: string, after: number) => ({
    version: { revision: after, content: { planningMetadata: { said } } },
  });
  expect(data).toEqual({ a: done('a', revision + 1), b: null, c: done('c', revision + 2) });
  expect(errors).toMatchObject([{ path: ['b'], extensions: { code: 'CONFLICT' } }]);
  expect(errors).toHaveLength(1);
  expect(status).toBe(200);
});

test('of queries in one request, those that are not refused are answered', async () => {
  const { data, errors } = await world.ask(
    ada,
    `{ viewer { userId } referenceChanges(first: 1) { totalCount } nodes(ids: [${'"x",'.repeat(101)}]) { id } phaseConfigs { phase }
       workflows(first: 1000) { totalCount } verifyReferenceLog { valid } }`,
  );
  expect(data).toEqual({
    viewer: { userId: ada },
    referenceChanges: null,
    nodes: null,
    workflows: null,
    verifyReferenceLog: null,
    phaseConfigs: expect.arrayContaining([{ phase: 'PLANNING' }]),
  });
  expect(errors!.map(({ path, extensions: { code } }) => [path, code]).sort()).toEqual([
    [['nodes'], 'BAD_USER_INPUT'],
    [['referenceChanges'], 'FORBIDDEN'],
    [['verifyReferenceLog'], 'FORBIDDEN'],
    [['workflows'], 'BAD_USER_INPUT'],
  ]);
});

test('within a version, what refuses leaves the version there', async () => {
  const many = await buildVersion(world, { phase: 'PLANNING', items: 1001 });
  expect(await itemKeys(world, many.versionId)).toHaveLength(1000);
  const { data, errors } = await world.ask(
    ada,
    `{ workflow(cycleId: "${workflow.cycleId}", reportId: "${workflow.reportId}") { workflowPhase(phase: PLANNING) {
         progress current(asOf: "9999-12-31T00:00:00Z") { versionId } } }
       phaseVersion(versionId: "${many.versionId}") { status diff(from: 99) { patch } blame { label }
         current(asOf: "9999-12-31T00:00:00Z") { versionId } asOf(at: "9999-12-31T00:00:00Z") { versionId } } }`,
  );
  expect(data).toEqual({
    workflow: { workflowPhase: { progress: 'IN_PROGRESS', current: null } },
    phaseVersion: { status: 'DRAFT', diff: null, blame: null, current: null, asOf: null },
  });
  expect(errors!.map(({ path, extensions: { code } }) => [path!.at(-1), code]).sort()).toEqual([
    ['asOf', 'BAD_USER_INPUT'],
    ['blame', 'BAD_USER_INPUT'],
    ['current', 'BAD_USER_INPUT'],
    ['current', 'BAD_USER_INPUT'],
    ['diff', 'NOT_FOUND'],
  ]);
});

test('what is refused in one entry of a list leaves nothing behind of the others, which would end the process', async () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown) => void unhandled.push(error);
  const submitted = await buildRecord(world, { phase: 'REQUEST_INFO' });
  await mutate(world, ben, 'reviewDocument', 'ReviewDocumentInput', {
    versionId: submitted.versionId,
    expectedRevision: submitted.revision,
    status: 'ACCEPTED',
  });
  process.on('unhandledRejection', note);
  try {
    // Who reviewed the later version is still to be read when its items are refused; the first was reviewed by nobody.
    const { data, errors } = await world.ask(
      ada,
      `{ phaseVersion(versionId: "${submitted.versionId}") { history(first: 5) { totalCount nodes {
           reviewedBy { name } items(first: 1, after: "no cursor") { totalCount } } } } }`,
    );
    expect(data).toEqual({ phaseVersion: null });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(unhandled).toEqual([]);
  } finally {
    process.off('unhandledRejection', note);
  }
});

test('every root field is nullable', () => {
  const schema = makeSchema();
  const roots = [schema.getQueryType(), schema.getMutationType()] as GraphQLObjectType[];
  for (const root of roots)
    for (const { name, type } of Object.values(root.getFields()))
      expect([name, String(type)]).toEqual([name, String(getNullableType(type))]);
});
