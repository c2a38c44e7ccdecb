/**
 * An object has a time: what is kept under its id is true of it, whichever query told it. Answers about many instants, in every
 * way of asking for the past, are put into one cache; what was told once is never told otherwise, while the present goes on.
 */
import { isObjectType } from 'graphql';
import { fromGlobalId, globalId } from '../../src/graphql/global-id';
import { fullPhases } from '../../src/phases';
import {
  argumentsAt,
  asOf,
  nodeOperations,
  ofPlace,
  queryOperation,
  someOfEach,
  type Operation,
} from '../access/asking';
import { placesInAWorld, type Places } from '../access/places';
import { isNode, nodeIdsIn, owners, schema } from '../access/selection';
import { decideAll, latestOf, mutate, signAll, transition, type BuiltVersion } from '../support/builders';
import { Cache } from '../support/cache';
import { effort } from '../support/effort';
import { ada, aud, olga, World } from '../support/world';
import { now, pass } from './support';

let world: World;
let places: Places;
let instants: readonly string[];
beforeAll(async () => {
  ({ world, places } = await placesInAWorld());
  instants = await instantsOf(effort.instantsOfIds);
});
afterAll(() => world.destroy());

/** Instants of the workflow's history, far from one another, and the latest. */
async function instantsOf(count: number): Promise<string[]> {
  const commits = await world.sql<{ at: Date }>(
    'superuser',
    'select committed_at as at from log.change_set where stream_id = $1 order by sequence',
    [places.whole.workflowId],
  );
  await pass(commits.at(-1)!.at.toISOString());
  return Array.from({ length: count }, (_, i) =>
    commits[Math.ceil(((commits.length - 1) * (i + 1)) / count)]!.at.toISOString(),
  );
}

/** Whatever can change of what has been asked about: names, what is in force, decisions, signatures. */
async function goOn(): Promise<void> {
  const { cycleId, reportId } = places.whole;
  const draftOf = async (phase: string): Promise<BuiltVersion> => {
    const { workflow } = await world.get(
      aud,
      `query ($cycleId: UUID!, $reportId: UUID!, $phase: Phase!) { workflow(cycleId: $cycleId, reportId: $reportId) {
         workflowPhase(phase: $phase) { history(first: 1, statuses: [DRAFT]) { nodes {
           versionId versionNumber status revision contentHash } } } } }`,
      { cycleId, reportId, phase },
    );
    return workflow.workflowPhase.history.nodes[0];
  };
  await world.sql('owner', `update users set name = name || ' the Second'; update reports set name = name || ' II'`);
  for (const phase of fullPhases) {
    const approver = phase.selfAttested ? ada : undefined;
    let version = await transition(world, ada, 'submitVersion', await draftOf(phase.key));
    if (phase.signOffs) {
      await signAll(world, version, phase.key);
      version = await transition(world, ada, 'withdrawVersion', version);
      await mutate(world, ada, 'updateVersion', 'UpdateVersionInput', {
        versionId: version.versionId,
        expectedRevision: version.revision,
        content: { [phase.version.input]: { executiveSummary: 'Another one.' } },
      });
      continue;
    }
    version = await decideAll(world, approver ?? olga, version, phase.key, 'REJECTED');
    version = await decideAll(world, approver ?? olga, version, phase.key);
    await transition(world, approver ?? olga, 'approveVersion', version);
    expect((await latestOf(world, phase.key, places.whole))!.versionId).toBe(version.versionId);
  }
  await pass(await now(world));
}

interface Told {
  readonly operation: Operation;
  readonly data: unknown;
  /** What the root fields are kept under: a directive is no part of what clients keep them under, and the only such thing. */
  readonly root: string;
}

async function tell(userId: number, operation: Operation, at?: string): Promise<Told> {
  const asked = at === undefined ? operation : asOf(operation, at);
  return { operation: asked, data: await world.get(userId, asked.query, asked.variables), root: `@${at ?? 'now'}` };
}

const ofPast = (id: string): boolean => fromGlobalId(id)?.at != null;

const plain = (id: string): string => {
  const { typeName, key } = fromGlobalId(id)!;
  return globalId(typeName, key);
};

/** Asks for a workflow and all that hangs on it, now and at the instants, in all ways there are. */
async function everything(userId: number): Promise<Told[]> {
  const at = ofPlace(places.whole);
  const told: Told[] = [];
  const ids = new Set<string>();
  const ask = async (operation: Operation, instant?: string): Promise<void> => {
    const answer = await tell(userId, operation, instant);
    told.push(answer);
    nodeIdsIn(answer.data, ids);
  };
  const roots = (more: object = {}) =>
    ['workflow', 'workflows'].map((field) => queryOperation(field, { ...at, ...more }));
  for (const operation of [...roots(), queryOperation('metrics', at), queryOperation('dataOwners', at)])
    for (const instant of [undefined, ...instants]) await ask(operation, instant);
  for (const instant of instants) {
    for (const operation of roots({ asOf: instant })) await ask(operation);
    await ask(queryOperation('dataOwners', { ...at, knownAt: instant }));
  }
  // What hangs on what was found is found from there, each time further on.
  const asked = new Set<string>();
  for (let step = 0; step < 4; step++) {
    const some = someOfEach([...ids], 2).filter((id) => !asked.has(id));
    for (const id of some) asked.add(id);
    const past = some.filter(ofPast);
    const present = some.filter((id) => !ofPast(id));
    for (const operation of [
      ...nodeOperations(present, argumentsAt(instants.slice(1))),
      ...nodeOperations(past, argumentsAt([])),
    ])
      await ask(operation);
    for (const operation of nodeOperations([...new Set(past.map(plain))], argumentsAt([])))
      await ask(operation, instants[step % instants.length]);
  }
  return told;
}

const kept = (told: readonly Told[], idOf?: (id: string) => string): Cache => {
  const cache = new Cache(schema, idOf);
  for (const { operation, data, root } of told) cache.keep(operation.query, operation.variables, data, root);
  return cache;
};
function expectAgreement(told: readonly Told[]): void {
  const cache = kept(told);
  expect([...cache.contradictions].slice(0, 20)).toEqual([]);
  const types = new Set([...cache.records.keys()].map((id) => fromGlobalId(id)?.typeName));
  const nodes = owners.filter((type) => isObjectType(type) && isNode(type)).map(({ name }) => name);
  expect(nodes.filter((name) => !types.has(name) && name !== 'ChangeLogRead')).toEqual([]);
  // Under ids that say nothing of the time, the same answers contradict each other.
  expect(kept(told, plain).contradictions.size).toBeGreaterThan(100);
  // What was told of something is told again by its id.
  for (const { operation, data, root } of told)
    if (operation.variables.ids && root === '@now')
      expect((data as Record<string, unknown[]>).Query__nodes).not.toContain(null);
}

test('nothing is told of an object that contradicts what is told of it elsewhere, nor to those who do not see what is deleted', async () => {
  expectAgreement(await everything(olga));
});

test('what never changes has one id at all times, as long as nothing is asked of it that leads to what can', async () => {
  const times = [undefined, places.instants[0]!, places.instants[1]!];
  const read = async (selection: string, variables: object = {}) =>
    Promise.all(
      times.map(async (at) => {
        const query = `query ($cycleId: UUID!, $reportId: UUID!) ${at ? `@asOf(at: "${at}")` : ''} {
          workflow(cycleId: $cycleId, reportId: $reportId) { ${selection} } }
          fragment Plain on Node { id ... on VersionItem { label content } ... on ChangeSet { sequence hash } }
          fragment Who on ScopingDecision { approvedBy { name } }`;
        const used = ['Plain', 'Who'].filter((name) => !selection.includes(`...${name}`));
        const sent = used.reduce((text, name) => text.replace(new RegExp(`fragment ${name} [^\\n]*`), ''), query);
        return (await world.get(aud, sent, { ...ofPlace(places.whole), ...variables })).workflow;
      }),
    );
  const items = async (selection: string, statuses: string) =>
    (
      await read(`workflowPhase(phase: SCOPING) { history(statuses: [${statuses}]) { nodes {
        items { nodes { ${selection} } } } } }`)
    ).map(({ workflowPhase }) => workflowPhase.history.nodes[0].items.nodes[0]);
  const commits = async (selection: string) =>
    (await read(`changes(last: 1) { nodes { ${selection} } }`)).map(({ changes }) => changes.nodes[0]);
  const ats = (answers: readonly { id: string }[]) => answers.map(({ id }) => fromGlobalId(id)!.at?.toISOString());
  const always = [undefined, undefined, undefined];

  for (const selection of ['id label', '...Plain', 'id decision { id status notes }'])
    expect(ats(await items(selection, 'APPROVED'))).toEqual(always);
  expect(ats((await items('decision { id notes }', 'APPROVED')).map(({ decision }) => decision))).toEqual(always);
  for (const selection of ['id hash', '...Plain', 'id rowChanges { nodes { id table after } }'])
    expect(ats(await commits(selection))).toEqual(always);
  expect(ats((await commits('actor { id } rowChanges { nodes { id } }')).map((at) => at.rowChanges.nodes[0]))).toEqual(
    always,
  );

  for (const selection of [
    'id ... on ScopingDecision { approvedBy { name } }',
    'id ...Who',
    'id mergedFromVersion { id }',
    'id decision { decidedInVersion { status } }',
  ])
    expect(ats(await items(selection, 'APPROVED'))).toEqual(times);
  for (const selection of ['id actor { name }', 'id versions { id }', 'id reason', '... { workflow { id } } id'])
    expect(ats(await commits(selection))).toEqual(times);
  // What can still change has its time in any case.
  expect(ats(await items('id label', 'DRAFT'))).toEqual(times);

  // What is asked for by its id is told under it.
  const [, cited] = await items('id ... on ScopingDecision { approvedBy { name } }', 'APPROVED');
  expect(await world.get(aud, 'query ($id: ID!) { node(id: $id) { id } }', { id: cited.id })).toEqual({
    node: { id: cited.id },
  });
});

test('and what was told of the past stays true while the present goes on', async () => {
  const before = await everything(aud);
  expectAgreement(before);
  await goOn();
  const after = await everything(aud);
  expect([...kept(after).contradictions].slice(0, 20)).toEqual([]);
  const { contradictions } = kept([...before, ...after]);
  expect([...contradictions].filter((text) => ofPast(text.split('.')[0]!)).slice(0, 20)).toEqual([]);
  // The present has changed, under its own ids.
  expect(contradictions.size).toBeGreaterThan(100);
});
