/**
 * Every read of the API, each field of every kind of object, on a database with hundreds of items and hundreds of commits that
 * was never analysed. Statements must not need statistics: none may read so many rows as if it joined items with commits, neither
 * where its plan was made when there was little nor where it is made anew.
 */
import { getNamedType, isLeafType, type GraphQLField, type GraphQLObjectType } from 'graphql';
import { fullPhases, fullPhaseOf, phaseOf } from '../../src/phases';
import { fromGlobalId } from '../../src/graphql/global-id';
import type { AuditOnlyPhase } from '../../src/versioning/phase';
import {
  argumentsAt,
  asOf,
  figureArguments,
  ofPlace,
  queryOperation,
  unlimited,
  type Operation,
} from '../access/asking';
import { lobId, makePlaces } from '../access/places';
import { allFields, nodeIdsIn, schema, Selections } from '../access/selection';
import { lastCommit, pass, type Place } from '../past/support';
import { fullCommandInput, itemKeys, sendCommand, sampleItem, type BuiltVersion } from '../support/builders';
import { effort } from '../support/effort';
import { createUncountedDatabase, Plans } from '../support/plans';
import { reconnect } from '../support/sessions';
import { ada, aud, ben, dan, workflow, World } from '../support/world';
import { Drafts, type Fields } from '../time/drafts';

const ITEMS = 300;
const COMMITS = 300;
/** Rows that one statement may read. What reads everything there is, as verification does, reads a third less. */
const BOUND = (ITEMS * COMMITS) / 2;

/**
 * How many entries of each list are asked for. A statement that joins each with each reads all there is before it gives the first;
 * one that does not reads little more than it gives.
 */
const PAGE = 20;

/** Reads what PostgreSQL itself keeps of tables and functions, which is as much whatever is in them. */
const OF_THE_CATALOGUE = 'Query.auditCoverage';

/** One whose items say themselves what is decided, and one whose items are decided upon. */
const grown = ['PLANNING', 'SCOPING'];

let world: World;
let plans: Plans;
let place: Place;
/** The reads that are asked of the plans that were made when there was little. */
let plannedEarly: ReadonlySet<string>;
/** Every read of what there is in the end. */
let reads: readonly Named[];
/** When there was little, when there were all items, and when there were all commits. */
const instants: string[] = [];

beforeAll(async () => {
  // One connection for the present and one for the past, so that what was planned for the first question answers all others.
  world = await World.create({ ...unlimited, poolSize: 2 }, await createUncountedDatabase());
  plans = new Plans(world.db);
  place = (await plans.without(() => makePlaces(world))).whole;
  await note();
  const all = await everyRead();
  plannedEarly = new Set(all.filter((_, n) => n % effort.readsOfEachPlan === 0).map(([name]) => name));
  const few = readsOf(0, all);
  for (const [, operation] of [...few, ...then(few, instants[0]!)])
    await world.ask(aud, operation.query, operation.variables);
  await plans.without(async () => {
    const drafts: [string, BuiltVersion][] = [];
    for (const key of grown) drafts.push([key, await draftOf(key)]);
    await note();
    for (const [phase, draft] of drafts) await save(phase, draft, 100);
    await record(25);
    await note();
  });
  reads = await everyRead();
});
afterAll(() => world.destroy());

async function note(): Promise<void> {
  const latest = await lastCommit(world, place.workflowId);
  await pass(latest);
  instants.push(latest);
}

// ── what there is ───────────────────────────────────────────────────────────────────────────────────────────────────────

const draftsOf = (phase: string) => new Drafts(world, phase, { ...workflow, ...place });

/** A draft that carries the hundreds of items of the version in force. */
async function draftOf(phase: string): Promise<BuiltVersion> {
  const work = draftsOf(phase);
  const items = Array.from({ length: ITEMS }, (_, n) => sampleItem(phase, 1000 + n));
  await work.approve(await work.start({ carryForward: 'NONE', items }));
  return work.start();
}

/** Changes one item after the other. */
async function save(phase: string, draft: BuiltVersion, times: number): Promise<void> {
  const work = draftsOf(phase);
  const { identity } = fullPhaseOf(phase).item;
  const { items } = await work.read(draft);
  let version = draft;
  for (const [n, itemKey] of (await itemKeys(world, draft.versionId)).slice(0, times).entries()) {
    const kept = identity && { [identity]: items[itemKey]!.content[identity] };
    const changed: Fields = { ...sampleItem(phase, n), ...kept, itemKey };
    version = await work.put(version, [changed], n % 2 === 0 ? ada : ben);
  }
}

/** As many records of each recorded phase. */
async function record(records: number): Promise<void> {
  const start = (key: string, command: string, by: number, input: object = {}) => {
    const phase = phaseOf(key) as AuditOnlyPhase;
    return sendCommand(world, by, phase, command, { ...ofPlace(place), ...fullCommandInput(phase, command), ...input });
  };
  for (let n = 0; n < records; n++) {
    // One day after the other: nobody is the same for the same twice at once.
    const [validFrom, validTo] = [n, n + 1].map((day) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString());
    await start('DATA_OWNER_ID', 'assignDataOwner', ada, { dataOwnerId: dan, validFrom, validTo });
    await start('REQUEST_INFO', 'submitDocument', dan);
    await start('TEST_EXECUTION', 'requestTestAction', ada);
  }
}

// ── what is asked ───────────────────────────────────────────────────────────────────────────────────────────────────────

type Named = readonly [name: string, operation: Operation];

const then = (operations: readonly Named[], at: string): Named[] =>
  operations.map(([name, operation]) => [name, asOf(operation, at)]);

/** The ids of a hundred objects of each type, as far as there are so many. */
async function idsByType(): Promise<Map<string, string[]>> {
  const node = 'Node__id: id';
  const nodes = `nodes { ${node} }`;
  const found = await world.get(
    aud,
    `query ($cycleId: UUID!, $reportId: UUID!) {
       workflow(cycleId: $cycleId, reportId: $reportId) { ${node} cycle { ${node} } report { ${node} lob { ${node} } } testers { ${node} }
         changes(first: 100) { nodes { ${node} rowChanges(first: 2) { ${nodes} } } }
         phases { ${node}
           history(first: 100) { nodes { ${node} ... on TestReportVersion { signOffs { ${node} } }
             items(first: 100) { nodes { ${node} decision { ${node} } } } } }
           records(first: 100) { ${nodes} } } }
       metrics(cycleId: $cycleId, reportId: $reportId, first: 100) { ${nodes} }
       changeLogReads(cycleId: $cycleId, reportId: $reportId, first: 100) { ${nodes} } }`,
    ofPlace(place),
  );
  const byType = new Map<string, string[]>();
  for (const id of nodeIdsIn(found)) {
    const { typeName } = fromGlobalId(id)!;
    const ids = byType.get(typeName) ?? [];
    if (ids.length < 100) ids.push(id);
    byType.set(typeName, ids);
  }
  return byType;
}

/** All plain fields of a type at once, and each of the others by itself. */
function readsOfType(typeName: string, ids: readonly string[]): Named[] {
  const given = { ...argumentsAt([instants[0]!]), 'PhaseVersion.diff': ['from: 1'] };
  const selections = new Selections(given, PAGE);
  const type = schema.getType(typeName) as GraphQLObjectType;
  const read = (text: string): Operation => ({
    query: selections.document(`query ($ids: [ID!]!) { nodes(ids: $ids) { ... on ${typeName} { ${text} } } }`),
    variables: { ids },
  });
  const fields = Object.values(type.getFields()) as GraphQLField<unknown, unknown>[];
  const isPlain = (field: GraphQLField<unknown, unknown>) => isLeafType(getNamedType(field.type));
  const asked = (field: GraphQLField<unknown, unknown>) => selections.asked(type, field, 1);
  return [
    [typeName, read(fields.filter(isPlain).flatMap(asked).join(' '))],
    ...fields
      .filter((field) => !isPlain(field))
      .flatMap((field) => asked(field).map((text): Named => [`${typeName}.${field.name}`, read(text)])),
  ];
}

/** What root fields are asked with that take something; the id is of a version. */
const given: Readonly<Record<string, (id: string) => Readonly<Record<string, unknown>>>> = {
  node: (id) => ({ id }),
  nodes: (id) => ({ ids: [id] }),
  phaseVersion: (id) => ({ versionId: fromGlobalId(id)!.key }),
  workflow: () => ofPlace(place),
  dataOwners: () => ofPlace(place),
  changeLogReads: () => ofPlace(place),
  packs: () => ofPlace(place),
  verifyChangeLog: () => ofPlace(place),
  metricsTimeline: () => figureArguments(place).metricsTimeline,
  bottlenecks: () => figureArguments(place).bottlenecks,
  actorActivity: () => figureArguments(place).actorActivity,
  search: () => ({ text: 'attribute' }),
  user: () => ({ userId: ada }),
  lob: () => ({ lobId }),
  cycle: () => ({ cycleId: place.cycleId }),
  report: () => ({ reportId: place.reportId }),
};

async function everyRead(): Promise<Named[]> {
  const byType = await idsByType();
  const reads = [...byType].flatMap(([typeName, ids]) => readsOfType(typeName, ids));
  const [version] = byType.get(fullPhases[0]!.version.type)!;
  const roots = Object.keys(schema.getQueryType()!.getFields()).map((field): Named => [
    `Query.${field}`,
    queryOperation(field, given[field]?.(version!)),
  ]);
  return [...reads, ...roots];
}

/** The reads that one of the plans is asked. */
const readsOf = (turn: number, reads: readonly Named[]): Named[] =>
  reads.filter(([name]) => effort.readsOfEachPlan === 1 || plannedEarly.has(name) === (turn === 0));

/** The reads with a statement that reads more than it may. */
async function tooDear(operations: readonly Named[]): Promise<unknown[]> {
  const found: unknown[] = [];
  for (const [name, { query, variables }] of operations) {
    let errors: unknown;
    const [dearest] = await plans.during(async () => {
      ({ errors } = await world.ask(aud, query, variables));
    });
    if (errors) found.push({ name, errors });
    else if (dearest && dearest.rowsRead > BOUND && name !== OF_THE_CATALOGUE)
      found.push({ name, rowsRead: dearest.rowsRead, statement: dearest.statement });
  }
  return found;
}

// ── ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

test('there are so many items and commits, and nothing is known of them', async () => {
  const [counts] = await world.sql(
    'superuser',
    `select least((select count(*)::int from attribute_decisions), (select count(*)::int from scoping_decisions)) as items, (select count(*)::int from log.change_set where stream_id = $1) as commits,
       (select count(*)::int from pg_stats where tablename in ('attribute_decisions', 'scoping_decisions', 'phase_version', 'change_set', 'row_change')) as analysed`,
    [place.workflowId],
  );
  expect(counts).toEqual({ items: expect.any(Number), commits: expect.any(Number), analysed: 0 });
  expect(Math.min(counts.items, counts.commits)).toBeGreaterThan(COMMITS);
});

test('a statement that joins each with each is found', async () => {
  const [dearest] = await plans.during(() =>
    world.db.query('select count(*) from scoping_decisions i join log.change_set c on c.sequence::text <> i.label'),
  );
  expect(dearest!.rowsRead).toBeGreaterThan(BOUND);
});

test('every field is asked', async () => {
  const text = reads.map(([, { query }]) => query).join('\n');
  const asked = new Set(
    [...text.matchAll(/\b([A-Z]\w*?)__(\w+?)(?:__\d+)?:/g)].map(([, type, field]) => `${type}.${field}`),
  );
  // What only mutations answer with is not read, and what is followed begins with what is read.
  const onlyOfMutations = /^(Mutation|Subscription|Presence|\w+Payload|MergeConflict|StillNamed)\./;
  expect(allFields.filter((name) => !asked.has(name) && !onlyOfMutations.test(name))).toEqual([]);
});

/** Each of the plans is asked for another instant, or each for each. */
const instantOf = (turn: number) =>
  [['all items', 1] as const, ['all commits', 2] as const].filter((_, i) => effort.instantsOfPlans > 1 || i === turn);

describe.each([
  ['planned when there was little', 0],
  ['planned anew', 1],
])('statements that are %s', (_, turn) => {
  beforeAll(async () => {
    if (turn > 0) await reconnect(world);
  });

  test('read no more than they may now', async () => {
    expect(await tooDear(readsOf(turn, reads))).toEqual([]);
  });

  test.each(instantOf(turn))('read no more than they may as of when there were %s', async (_what, instant) => {
    expect(await tooDear(then(readsOf(turn, reads), instants[instant]!))).toEqual([]);
  });
});
