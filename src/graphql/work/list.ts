/** The viewer's work list, which can be filtered and sorted. */
import { createHash } from 'node:crypto';
import { BY_KEY } from '../../database/connection/pages';
import { phases } from '../../phases';
import { nameKey } from '../../versioning/identity';
import { asksOf, isOfOthers, sinceOf, type Ask } from '../../versioning/work';
import { connectComputed, connectionArgs, type ComputedOrders, type Connection } from '../connection';
import type { Context } from '../context';
import { optional, type Given } from '../declare';
import { PhaseEnum } from '../enums';
import { choiceArgs, orderOf } from '../list';
import { WorkAskEnum, type Waiting, type WorkRow } from './types';
import { waitingWork } from './work';

const asks = asksOf(phases);

/** The position in the list: by waiting time, then by version. */
const placeOf = ({ version }: Waiting): string =>
  `${sinceOf(version).getTime().toString(16).padStart(12, '0')}-${version.versionId}`;

const workOrders = {
  SINCE: BY_KEY,
  PHASE: { type: 'bigint', of: ({ phase }) => phases.findIndex(({ key }) => key === phase) },
  REPORT_NAME: { type: 'text', of: ({ place }) => place.reportName },
  ASK: { type: 'bigint', of: ({ ask }) => asks.indexOf(ask) },
} as const satisfies ComputedOrders<WorkRow>;

export const workArgs = {
  ...connectionArgs,
  ...choiceArgs(
    'Work',
    'entries',
    { orders: workOrders, filters: {} },
    {
      asks: optional.of<Ask[]>(
        'The asks; if omitted, everything but WAIT and FOLLOW_UP, which are shown only on request.',
        () => [WorkAskEnum],
      ),
      search: optional.text('Whose report number, report name or cycle name contains this, ignoring case.'),
      phases: optional.of<string[]>('Done in these phases.', () => [PhaseEnum]),
      workflowIds: optional.uuids('In these workflows.'),
      cycleIds: optional.uuids('In these cycles.'),
      reportIds: optional.uuids('About these reports.'),
      lobIds: optional.uuids('About reports of these lines of business.'),
      since: optional.instant('Waiting since this instant or later.'),
      until: optional.instant('Waiting since before this instant.'),
    },
  ),
};

type WorkFilter = Given<typeof workArgs>['filter'];

/** A predicate for the entries that a filter selects. */
function isAmong(asked: WorkFilter): (entry: WorkRow) => boolean {
  const { search, since, until, ...filter } = asked ?? {};
  const sets = Object.entries(filter).flatMap(([member, wanted]) =>
    wanted ? [[member, new Set<unknown>(wanted)] as const] : [],
  );
  const text = search == null ? '' : nameKey(search);
  return (entry) => {
    const { ask, phase, place, version } = entry;
    const values: Record<string, unknown> = {
      asks: ask,
      phases: phase,
      workflowIds: version.streamId,
      cycleIds: version.cycleId,
      reportIds: version.reportId,
      lobIds: place.lobId,
    };
    const at = sinceOf(version);
    return (
      sets.every(([member, wanted]) => wanted.has(values[member])) &&
      place.names.includes(text) &&
      (!since || at >= since) &&
      (!until || at < until) &&
      (filter.asks != null || !isOfOthers(ask))
    );
  };
}

export const workFor = async (context: Context, filter: WorkFilter): Promise<WorkRow[]> =>
  (await waitingWork(context)).filter(isAmong(filter));

export const workPage = (
  work: readonly WorkRow[],
  { orderBy, ...page }: Omit<Given<typeof workArgs>, 'filter'>,
): Connection<WorkRow> =>
  connectComputed('my-work', work, placeOf, page, (entry) => entry, {
    ascends: true,
    orders: workOrders,
    order: orderOf(orderBy),
  });

/** A fingerprint of the work: equal for equal versions, asks and people. */
export const fingerprintOf = (work: readonly WorkRow[]): string =>
  createHash('sha256').update(JSON.stringify(work)).digest('base64');
