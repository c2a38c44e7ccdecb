/**
 * The endpoints of the facade in one table, which the server uses and the OpenAPI document is compared with. A GraphQL document defines
 * each endpoint; its variables are the parameters, by name.
 */
import { asks, type QueryParameter, type Route as AnyRoute } from '../../../packages/rest-facade';
import { badInput } from '../../versioning/errors';
import { command, currentVersion, oneVersion, placeOfVersion, versionDifference, versionHistory } from './documents';

/** The address of a version named in a request. */
export interface VersionAddress {
  readonly phase: string;
  readonly masterRecordId: string;
  readonly versionNumber: number;
}

export const pathParameters = {
  phase: 'The phase, by its name: today’s, or that of the old system.',
  versionId: 'The version. One of another phase than the path says is not found.',
} as const;

export const queryParameters = {
  cycleId: { type: 'UUID', required: true, description: 'The cycle of the workflow.' },
  reportId: { type: 'UUID', required: true, description: 'The report of the workflow.' },
  from: { type: 'UUID', required: true, description: 'The version to compare from.' },
  to: { type: 'UUID', required: true, description: 'The version to compare to; of the same record.' },
  first: { type: 'Int', required: false, description: 'How many entries at most; the largest page if left out.' },
  after: { type: 'String', required: false, description: 'A cursor: the page starts after it.' },
} as const satisfies Record<string, QueryParameter>;

export interface Route extends AnyRoute {
  readonly query: readonly (keyof typeof queryParameters)[];
  /** The parameters that name versions, which must belong to the path's phase. */
  readonly versions: readonly ('versionId' | 'from' | 'to')[];
  /** Variables derived from the versions. */
  readonly follows?: (places: Readonly<Record<string, VersionAddress>>) => Readonly<Record<string, unknown>>;
  /** The type of the body's input; for commands only. */
  readonly inputType?: 'CreateVersionInput' | 'VersionTransitionInput';
}

const VERSIONS = '/v1/phases/{phase}/versions';
const VERSION_PATH = `${VERSIONS}/{versionId}`;
const aVersion = { path: VERSION_PATH, by: 'versionId' };

const read = (name: string, path: string, summary: string, more: Pick<Route, 'asks' | 'query'> & Partial<Route>) =>
  ({ name, method: 'GET', path, summary, versions: [], ...more }) satisfies Route;

const onVersion = (mutation: string, verb: string, summary: string, more: Partial<Route> = {}): Route => ({
  name: mutation,
  method: 'POST',
  path: `${VERSION_PATH}/${verb}`,
  summary,
  asks: asks(command(mutation, 'VersionTransitionInput'), mutation),
  inputType: 'VersionTransitionInput',
  query: [],
  versions: ['versionId'],
  version: ['version'],
  ...more,
});

export const routes: readonly Route[] = [
  {
    name: 'createVersion',
    method: 'POST',
    path: VERSIONS,
    summary: 'Starts a draft.',
    creates: aVersion,
    asks: asks(command('createVersion', 'CreateVersionInput'), 'createVersion'),
    inputType: 'CreateVersionInput',
    query: [],
    versions: [],
    version: ['version'],
  },
  read('listVersions', VERSIONS, 'All versions of a phase, of whatever record, newest first.', {
    asks: asks(versionHistory, 'workflow', 'workflowPhase', 'history'),
    query: ['cycleId', 'reportId', 'first', 'after'],
    list: [],
  }),
  read('currentVersion', `${VERSIONS}/current`, 'The approved version of a phase, with its items.', {
    asks: asks(currentVersion, 'workflow', 'workflowPhase', 'current'),
    query: ['cycleId', 'reportId', 'first', 'after'],
    version: [],
    list: ['items'],
  }),
  read('compareVersions', `${VERSIONS}/compare`, 'What changed between two versions of a record.', {
    asks: asks(versionDifference, 'phaseVersion', 'diff'),
    query: ['from', 'to', 'first', 'after'],
    versions: ['from', 'to'],
    list: ['items'],
    follows({ from, to }) {
      if (from!.masterRecordId !== to!.masterRecordId)
        throw badInput('`from` and `to` are versions of different records. Compare two versions of one record.');
      return { fromNumber: from!.versionNumber };
    },
  }),
  read('getVersion', VERSION_PATH, 'A version, with its items.', {
    asks: asks(oneVersion, 'phaseVersion'),
    query: ['first', 'after'],
    versions: ['versionId'],
    version: [],
    list: ['items'],
  }),
  onVersion('submitVersion', 'submit', 'Submits a draft for approval.'),
  onVersion('approveVersion', 'approve', 'Brings a submitted version into force; supersedes the one before.'),
  onVersion('rejectVersion', 'reject', 'Rejects a submitted version; takes a reason.'),
  onVersion(
    'restoreVersion',
    'revert',
    'Starts a new draft with the content and all items of this version, undecided.',
    {
      creates: aVersion,
    },
  ),
  read('describeApi', '/v1/openapi.json', 'This description.', { query: [] }),
];

export const placeAsked = asks(placeOfVersion, 'phaseVersion');

/** The texts of the facade's documents, which are trusted because no client sends them. */
export const documents: ReadonlySet<string> = new Set(
  [placeAsked, ...routes.map((route) => route.asks)].flatMap((asked) => (asked ? [asked.text] : [])),
);
