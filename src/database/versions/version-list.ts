/** Versions of all phases and workflows as one list. */
import { phases } from '../../phases';
import { workflowsAssignedTo } from '../register/people';
import type { Filter, FilteredList, OrderField, PagedList } from '../connection/pages';
import { quote } from '../connection/statements';
import { countsAs, handedInBy } from '../figures/version-figures';
import { historyOfPhase, isInForce, isThereToday, waits, waitsSince } from './versions';

/** An expression over the cycle `c` and the report `r` of a version. */
const ofPlace = (sql: string): string =>
  `(select ${sql} from cycles c, reports r where c.cycle_id = v.cycle_id and r.report_id = v.report_id)`;

/** The line of business of a version `v`. */
const lobOf = '(select r.lob_id from reports r where r.report_id = v.report_id)';

/** Versions without this instant come first. */
const byInstant = (column: string): OrderField => ({
  sql: `coalesce((extract(epoch from ${column}) * 1000)::bigint, 0)`,
  type: 'bigint',
});

/** Newest first. The list has no parent, so its parent is a placeholder. */
export const versionList = {
  ...historyOfPhase,
  name: 'versions',
  ofParent: 'not v.is_deleted',
  filters: {
    search: `position(log.name_key($1) in log.name_key(concat_ws(' ', ${ofPlace("concat_ws(' ', r.number, r.name, c.name)")}, v.approval_notes))) > 0`,
    workflowIds: 'v.stream_id = any($1::uuid[])',
    cycleIds: 'v.cycle_id = any($1::uuid[])',
    reportIds: 'v.report_id = any($1::uuid[])',
    phases: 'v.phase::text = any($1::text[])',
    statuses: 'v.status::text = any($1::text[])',
    isInForce: `(${isInForce('v')}) = $1::boolean`,
    figure: countsAs('$1'),
    lobIds: `${lobOf} = any($1::uuid[])`,
    hasLob: `(${lobOf} is not null) = $1::boolean`,
    waitingSince: `${waits} and ${waitsSince} >= $1::timestamptz`,
    waitingUntil: `${waits} and ${waitsSince} < $1::timestamptz`,
    handedInBy: `${handedInBy} = any($1::int[])`,
    createdBy: 'v.created_by = any($1::int[])',
    submittedBy: 'v.submitted_by = any($1::int[])',
    reviewedBy: 'v.reviewed_by = any($1::int[])',
    createdSince: 'v.created_at >= $1::timestamptz',
    createdUntil: 'v.created_at < $1::timestamptz',
    submittedSince: 'v.submitted_at >= $1::timestamptz',
    submittedUntil: 'v.submitted_at < $1::timestamptz',
    reviewedSince: 'v.reviewed_at >= $1::timestamptz',
    reviewedUntil: 'v.reviewed_at < $1::timestamptz',
  },
  orders: {
    VERSION_NUMBER: { sql: 'v.version_number::bigint', type: 'bigint' },
    CREATED_AT: byInstant('v.created_at'),
    SUBMITTED_AT: byInstant('v.submitted_at'),
    REVIEWED_AT: byInstant('v.reviewed_at'),
    PHASE: {
      sql: `array_position(array[${phases.map(({ key }) => quote(key)).join(', ')}], v.phase::text)::bigint`,
      type: 'bigint',
    },
    REPORT_NAME: { sql: ofPlace('log.name_key(r.name)'), type: 'text' },
  },
} as const satisfies FilteredList;

/** Another list of versions, with the same filters and orders. */
export const choosable = (list: PagedList): FilteredList => ({
  ...list,
  orders: versionList.orders,
  filters: versionList.filters,
});

/** Versions in the workflows that a person is assigned to. */
export const ofAssigned = (userId: number): Filter => ({
  sql: `v.stream_id = any (array(${workflowsAssignedTo('$1')}))`,
  parameters: [userId],
});

/**
 * Versions of these workflows, in the past, where the horizon is looked up stream by stream: this is asked of each row, since as a second
 * condition on the same index the list would be sorted anew for each stream.
 */
export const ofWorkflows = (workflowIds: readonly string[]): Filter => ({
  sql: '(v.stream_id in (select unnest($1::uuid[]))) is true',
  parameters: [workflowIds],
});

/** In the past: versions that exist today, and those whose deletion does not hide them from this person of their workflow. */
export const shownInThePastTo = (userId: number): Filter => ({
  sql: `${isThereToday('v')} or exists (select from public.workflow_testers t where t.workflow_id = v.stream_id and t.user_id = $1)
    or exists (select from public.workflows w where w.workflow_id = v.stream_id and w.test_lead_id = $1)`,
  parameters: [userId],
});
