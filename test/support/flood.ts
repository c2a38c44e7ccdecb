/** Requests by which one person can keep a server busy: much of everything whose work grows with the size of requests or data. */
import { shuffled } from '../../packages/bounded-diff/test/texts';

interface Place {
  readonly cycleId: string;
  readonly reportId: string;
}

export interface Request {
  readonly query: string;
  readonly variables?: object;
}

export const creating = ({ cycleId, reportId }: Place, more: object = {}): Request => ({
  query:
    'mutation ($input: CreateVersionInput!) { createVersion(input: $input) { version { versionId versionNumber } } }',
  variables: { input: { cycleId, reportId, phase: 'PLANNING', carryForward: 'NONE', ...more } },
});

/** Drafts with one long text each, whose diff takes long. */
export const longDrafts = (place: Place, lines: number): readonly [Request, Request] => {
  const draft = (seed: number) =>
    creating(place, { content: { planning: { planningMetadata: { text: shuffled(lines, seed) } } } });
  return [draft(1), draft(2)];
};

export interface FloodSize {
  readonly diffs: number;
  readonly searches: number;
  readonly keys: number;
  readonly values: number;
  readonly verifications: number;
  readonly mutations: number;
}

export const FULL: FloodSize = {
  diffs: 20,
  searches: 20,
  keys: 400_000,
  values: 300_000,
  verifications: 30,
  mutations: 40,
};

const times = (n: number, request: Request): Request[] => Array<Request>(n).fill(request);

/** The requests by kind. The mutations are meant to wait for the workflow's stream head, which somebody has locked. */
export function flood(
  { cycleId, reportId }: Place,
  [from, to]: readonly { versionId: string; versionNumber: number }[],
  size: FloodSize,
): Readonly<Record<string, readonly Request[]>> {
  const place = `cycleId: "${cycleId}", reportId: "${reportId}"`;
  return {
    diffs: times(size.diffs, {
      query:
        'query ($id: UUID!, $from: Int!, $to: Int!) { phaseVersion(versionId: $id) { diff(from: $from, to: $to) { fields { path textDiff isCoarse } } } }',
      variables: { id: to!.versionId, from: from!.versionNumber, to: to!.versionNumber },
    }),
    searches: times(size.searches, {
      query: `query ($text: String!) { workflow(${place}) { phases { history(first: 20) { nodes { items(first: 100, search: $text) { totalCount nodes { label } } } } } } }`,
      variables: { text: 'no such text anywhere '.repeat(9) },
    }),
    variables: times(4, {
      query: '{ viewer { name } }',
      variables: Object.fromEntries(Array.from({ length: size.keys }, (_, n) => [`key${n}`, n])),
    }),
    'enum values': times(4, {
      query: `query ($statuses: [VersionStatus!]) { workflow(${place}) { phases { history(statuses: $statuses) { totalCount } } } }`,
      variables: { statuses: Array<string>(size.values).fill('DRAFT') },
    }),
    verifications: times(size.verifications, { query: `{ verifyChangeLog(${place}) { valid } }` }),
    mutations: times(size.mutations, creating({ cycleId, reportId })),
  };
}
