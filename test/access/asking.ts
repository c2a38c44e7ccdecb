/** Asking for everything there is around a workflow: the same operations, whoever asks. */
import type { GraphQLObjectType } from 'graphql';
import { fromGlobalId } from '../../src/graphql/global-id';
import type { Place } from '../past/support';
import { aud, type World } from '../support/world';
import { look, nodeIdsIn, schema, Selections, type Arguments, type Seen } from './selection';

/** These ask for everything there is in one operation, which the server allows nobody by default. */
const MUCH = 1_000_000;
export const unlimited = {
  maxTokens: MUCH,
  maxAliases: MUCH,
  maxDirectives: MUCH,
  maxDepth: MUCH,
  maxRootFields: MUCH,
  maxCost: 1e12,
};

/** Before anything here was done. */
const LONG_AGO = '2020-01-01T00:00:00.000Z';

/** What is asked for at which instants besides now, and with which filters. */
export const argumentsAt = (instants: readonly string[]): Arguments => {
  const asOf = ['', ...instants.map((at) => `asOf: "${at}"`)];
  return {
    'PhaseVersion.asOf': instants.map((at) => `at: "${at}"`),
    'Workflow.asOf': instants.map((at) => `at: "${at}"`),
    'PhaseVersion.current': asOf,
    'WorkflowPhase.current': asOf,
    'WorkflowPhase.records': asOf,
    'PhaseVersion.itemFacets': [
      'fields: ["label", "reviewStatus"]',
      'fields: ["reviewStatus"], filter: { decidedBy: [3] }',
    ],
    'Workflow.workflowPhase': ['phase: SCOPING'],
    'Workflow.changeSet': ['sequence: 1'],
    'Workflow.changesAround': [`at: "${instants[0] ?? LONG_AGO}"`],
  };
};

const MAX_NODES = 100;

export interface Operation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** An operation whose ids are variables: whichever they are, its text is the same, and is parsed and checked once. */
function operationOf(
  selections: Selections,
  selection: string,
  given: readonly (readonly [name: string, type: string, value: unknown])[],
): Operation {
  const declared = given.map(([name, type]) => `$${name}: ${type}`).join(', ');
  return {
    query: selections.document(`query${declared && ` (${declared})`} { ${selection} }`),
    variables: Object.fromEntries(given.map(([name, , value]) => [name, value])),
  };
}

/** The same operation as things stood at an instant. */
export const asOf = ({ query, variables }: Operation, at: string): Operation => ({
  query: query.replace(/^query(?: \(([^)]*)\))?/, (_, declared?: string) => {
    const all = ['$at: DateTime!', ...(declared ? [declared] : [])];
    return `query (${all.join(', ')}) @asOf(at: $at)`;
  }),
  variables: { ...variables, at },
});

/** Asks for objects by their ids, whole: each type by itself, as not all of them fit into one another's fields. */
export function nodeOperations(ids: readonly string[], given: Arguments): Operation[] {
  const selections = new Selections(given);
  const byType = new Map<string, string[]>();
  for (const id of ids) {
    const { typeName } = fromGlobalId(id)!;
    byType.set(typeName, [...(byType.get(typeName) ?? []), id]);
  }
  return [...byType].flatMap(([typeName, all]) => {
    const type = schema.getType(typeName) as GraphQLObjectType;
    const selection = `Query__nodes: nodes(ids: $ids) { __typename ${selections.whole(type, 1)} }`;
    const parts = Array.from({ length: Math.ceil(all.length / MAX_NODES) }, (_, i) =>
      all.slice(i * MAX_NODES, (i + 1) * MAX_NODES),
    );
    return parts.map((part) => operationOf(selections, selection, [['ids', '[ID!]!', part]]));
  });
}

/** Asks a query field for all that it leads to. */
export function queryOperation(field: string, given: Readonly<Record<string, unknown>> = {}): Operation {
  const type = schema.getQueryType()!;
  const asked = type.getFields()[field]!;
  const passed = Object.keys(given).map((name) => `${name}: $${name}`);
  const selections = new Selections({ ...argumentsAt([]), [`Query.${field}`]: [passed.join(', ')] });
  const [selection] = selections.asked(type, asked as never, 1);
  return operationOf(
    selections,
    selection!,
    Object.entries(given).map(([name, value]) => [
      name,
      String(asked.args.find((arg) => arg.name === name)!.type),
      value,
    ]),
  );
}

/** Compares each of these versions with the first three of its record. */
export function diffOperation(versionIds: readonly string[]): Operation {
  const selections = new Selections({});
  const type = schema.getType('VersionDiff') as GraphQLObjectType;
  const diffs = versionIds.flatMap((_, i) =>
    [1, 2, 3].map(
      (from) =>
        `d${i}_${from}: phaseVersion(versionId: $v${i}) { PhaseVersion__diff: diff(from: ${from}) { ${selections.whole(type, 0)} } }`,
    ),
  );
  return operationOf(
    selections,
    diffs.join(' '),
    versionIds.map((versionId, i) => [`v${i}`, 'UUID!', versionId]),
  );
}

/** Asks for a workflow and a version as they stood at an instant. */
export const asOfOperation = ({ cycleId, reportId }: Place, versionId: string, at: string): Operation => ({
  query: `query { then: phaseVersion(versionId: "${versionId}") {
    PhaseVersion__asOf: asOf(at: "${at}") { __typename PhaseVersion__versionId: versionId } }
    whole: workflow(cycleId: "${cycleId}", reportId: "${reportId}") {
      Workflow__asOf: asOf(at: "${at}") { __typename Node__id: id } } }`,
  variables: {},
});

/** Asks for objects whole, and compares the versions among them, but for those. */
export function wholeOperations(ids: readonly string[], uncompared: readonly string[] = []): Operation[] {
  const compared = versionIdsAmong(ids).filter((id) => !uncompared.includes(id));
  return [...nodeOperations(ids, argumentsAt([])), ...(compared.length > 0 ? [diffOperation(compared)] : [])];
}

export interface Answer {
  readonly text: string;
  readonly seen: Seen;
  readonly codes: readonly string[];
}

export async function ask(world: World, userId: number | null, { query, variables }: Operation): Promise<Answer> {
  const { data, errors } = await world.ask(userId, query, variables);
  const seen: Seen = new Map();
  for (const [alias, value] of Object.entries((data ?? {}) as Record<string, unknown>))
    look(alias.startsWith('Query__') ? { [alias]: value } : value, alias.startsWith('Query__') ? '' : alias, seen);
  return {
    text: JSON.stringify({ data, errors }),
    seen,
    codes: (errors ?? []).map(({ extensions }) => extensions.code),
  };
}

/** What belongs to a workflow, rather than to the reference data, which everybody shares. */
const isOwn = (id: string): boolean => !['User', 'Lob', 'Cycle', 'Report'].includes(fromGlobalId(id)!.typeName);

/** The ids of everything the auditor finds, from a workflow and its figures on. */
export async function harvest(world: World, place: Place): Promise<{ own: string[]; shared: string[] }> {
  const known = new Set<string>();
  const add = async (operations: readonly Operation[]) => {
    const found = new Set<string>();
    for (const { query, variables } of operations) nodeIdsIn(await world.get(aud, query, variables), found);
    return [...found].filter((id) => !known.has(id));
  };
  let next = await add([queryOperation('metrics', ofPlace(place)), queryOperation('workflow', ofPlace(place))]);
  while (next.length > 0) {
    for (const id of next) known.add(id);
    next = await add(nodeOperations(next.filter(isOwn), argumentsAt([])));
  }
  return { own: [...known].filter(isOwn), shared: [...known].filter((id) => !isOwn(id)) };
}

/** Its type and instant, and its phase. */
function kindOf(id: string): string {
  const { typeName, key, at } = fromGlobalId(id)!;
  return `${typeName === 'WorkflowPhase' ? key : typeName} ${at?.toISOString()}`;
}

/** Some of each kind. */
export function someOfEach(ids: readonly string[], count: number): string[] {
  const taken = new Map<string, number>();
  return ids.filter((id) => {
    const kind = kindOf(id);
    taken.set(kind, (taken.get(kind) ?? 0) + 1);
    return taken.get(kind)! <= count;
  });
}

/** As few of these objects as show every field that the auditor is shown of any object of their kind. */
export async function enoughToShow(world: World, ids: readonly string[]): Promise<string[]> {
  const versions = ids.filter(isVersion);
  const shownBy = new Map(ids.map((id) => [id, new Set<string>()]));
  for (const operation of wholeOperations(ids)) {
    const { seen } = await ask(world, aud, operation);
    for (const [field, values] of seen)
      for (const place of values.keys()) {
        const [, node, compared] = /^(?:\/Query\.nodes\/([^/]+)|d(\d+)_\d)\//.exec(place) ?? [];
        const id = node ?? versions[Number(compared)];
        if (id) shownBy.get(id)!.add(`${kindOf(id)} ${field}`);
      }
  }
  const left = new Set([...shownBy.values()].flatMap((fields) => [...fields]));
  const enough: string[] = [];
  const newIn = (id: string): number => [...shownBy.get(id)!].filter((field) => left.has(field)).length;
  while (left.size > 0) {
    const best = ids.reduce((one, other) => (newIn(other) > newIn(one) ? other : one));
    enough.push(best);
    for (const field of shownBy.get(best)!) left.delete(field);
  }
  return enough;
}

/** In so many parts, with as many of each type in each of them. */
export function sharedOut(ids: readonly string[], parts: number): string[][] {
  const taken = new Map<string, number>();
  const shares: string[][] = Array.from({ length: parts }, () => []);
  for (const id of ids) {
    const { typeName } = fromGlobalId(id)!;
    const n = taken.get(typeName) ?? 0;
    taken.set(typeName, n + 1);
    shares[n % parts]!.push(id);
  }
  return shares;
}

export const ofPlace = ({ cycleId, reportId }: Place): { cycleId: string; reportId: string } => ({ cycleId, reportId });

/** The arguments of the figures over workflows, by their fields. */
export const figureArguments = (
  place: Place,
): Record<'metricsTimeline' | 'bottlenecks' | 'actorActivity', Record<string, unknown>> => {
  const at = ofPlace(place);
  const stretch = { since: '2026-01-01T00:00:00.000Z', until: '2050-01-01T00:00:00.000Z' };
  return {
    metricsTimeline: { ...at, ...stretch, interval: 'MONTH' },
    bottlenecks: at,
    actorActivity: { ...at, ...stretch },
  };
};

export const keyOf = (id: string): string => fromGlobalId(id)!.key;
export const versionIdsAmong = (ids: readonly string[]): string[] => ids.filter(isVersion).map(keyOf);
const isVersion = (id: string): boolean =>
  (schema.getType(fromGlobalId(id)!.typeName) as GraphQLObjectType)
    .getInterfaces()
    .some(({ name }) => name === 'PhaseVersion');
