/**
 * Joins the tables that figures need beside many versions at once: each table is read once and joined by version id. Lateral lookups, as
 * lists use them, would mean millions of lookups for a hundred thousand versions.
 */
import { auditOnlyPhases } from '../../phases';
import { columnName } from '../../versioning/fields';
import { undecidedStatuses } from '../../versioning/independence';
import { cameIntoForce } from './metrics';
import { quote } from '../connection/statements';
import { turnarounds, waysOf, type Lookups } from './version-figures';
import { recordsThatWait } from '../versions/versions';

/** Stands in for a missing base version, where two missing ones must compare equal. */
const NONE = `'00000000-0000-0000-0000-000000000000'::uuid`;
const baseOf = (version: string): string => `coalesce(${version}.base_version_id, ${NONE})`;
const oneOf = (values: readonly string[]): string => values.map(quote).join(', ');

const replacing = auditOnlyPhases.flatMap(({ key, version: { table }, replaces }) =>
  replaces ? [{ key, table, column: columnName(replaces) }] : [],
);
const detailed = [...new Set([...turnarounds, ...recordsThatWait].map(({ table }) => table))];
const operations = auditOnlyPhases.flatMap(({ commands }) =>
  Object.entries(commands).flatMap(([name, { counts }]) => (counts ? [name] : [])),
);

/**
 * What multiplies the estimates but no rows (a set of one row), beside the columns of a select. As a join it would keep a copy of the whole
 * table in between.
 */
export const selecting = (many: string | null): string => (many === null ? '' : `, ${many} as many`);
/** The same as a join, for small tables, whose columns the planner can then still look up by key. */
const joining = (many: string | null): string => (many === null ? '' : `cross join ${many} many`);

/** The turnaround of a table's records, and whether they wait for somebody. Each table belongs to one phase. */
const recordsOf = (table: string, many: string | null): string => {
  const turnaround = turnarounds.find((one) => one.table === table)?.sql ?? 'null::float8';
  const waiting = recordsThatWait.find((one) => one.table === table)?.condition ?? 'false';
  return `select d.version_id, ${turnaround} as turnaround, ${waiting} as waits from ${table} d ${joining(many)}`;
};

/** The columns of a version `v` that its figures need. */
export const CHOSEN = `v.version_id, v.stream_id, v.master_record_id, v.version_number, v.phase, v.versioning_type, v.status, v.parent_version_id,
  v.base_version_id, v.content_hash, v.created_at, v.created_by, v.submitted_at, v.submitted_by, v.reviewed_at, v.reviewed_by, v.effective_from,
  v.cycle_id, v.report_id`;

/**
 * Whether a row is of the streams of the chosen versions. The present looks them up by index. The past looks up each stream of the horizon,
 * and as a second condition on the same index the list would be sorted anew for each of them.
 */
const ofStreams = (row: string, many: string | null): string =>
  many === null
    ? `${row}.stream_id = any((select ids from streams)::uuid[])`
    : `(${row}.stream_id in (select unnest(ids) from streams)) is true`;

/**
 * Common table expressions with the tables beside the `chosen` versions.
 * @param many a set of one row of which the planner expects many, where the past is read
 */
export const tablesBeside = (many: string | null): string => `
  streams as materialized (select array(select distinct stream_id from chosen) as ids),
  kin as materialized (
    select r.version_id, r.master_record_id, r.version_number, r.base_version_id, r.status, r.is_deleted${selecting(many)} from phase_version r
    where ${ofStreams('r', many)}
      and (r.status = 'REJECTED'${replacing.length === 0 ? '' : ` or r.phase::text in (${oneOf(replacing.map(({ key }) => key))})`})),
  rejected as materialized (
    select master_record_id, ${baseOf('kin')} as base, min(version_number) as version_number from kin
    where status = 'REJECTED' and not is_deleted group by 1, 2),
  signed as materialized (
    select s.version_id, s.sign_off_user_id, s.sign_off_status, s.signed_content_hash,
      s.sign_off_date = max(s.sign_off_date) over (partition by s.version_id, s.sign_off_role) as is_latest
    from test_report_signoffs s ${joining(many)} where ${ofStreams('s', many)}),
  outdated as materialized (
    select distinct s.version_id from signed s join chosen v using (version_id)
    left join (select e.version_id, e.user_id from version_editor e ${joining(many)}) e on e.version_id = s.version_id and e.user_id = s.sign_off_user_id
    where s.is_latest and s.sign_off_status <> 'PENDING' and (s.signed_content_hash is distinct from v.content_hash
      or v.status in (${oneOf(undecidedStatuses)}) and (e.user_id is not null or v.submitted_by = s.sign_off_user_id))),
  counting as ${many === null ? 'not ' : ''}materialized (
    select c.stream_id, c.committed_at, c.operation from change_set c ${joining(many)} where c.operation in (${oneOf(['', ...operations])})),
  made as materialized (
    select v.version_id, c.operation from chosen v join counting c on c.stream_id = v.stream_id and c.committed_at = v.created_at
    where v.versioning_type = 'AUDIT_ONLY'),
  taken as materialized (${
    replacing
      .map(
        ({ table, column }) => `
    select old.master_record_id from ${table} n join kin old on old.version_id = n.${column} join kin taker on taker.version_id = n.version_id
    where taker.master_record_id <> old.master_record_id`,
      )
      .join(' union ') || `select ${NONE} as master_record_id`
  })`;

/** The versions `v`, each joined with what belongs to it. */
export const besideEach = (many: string | null): string => `chosen v
  left join rejected on ${cameIntoForce} and rejected.master_record_id = v.master_record_id and rejected.base = ${baseOf('v')}
    and rejected.version_number < v.version_number
  left join kin parent on parent.version_id = v.parent_version_id and parent.status = 'REJECTED'
  left join (select e.version_id, e.user_id from version_editor e ${joining(many)}) editor on ${cameIntoForce} and editor.version_id = v.version_id and editor.user_id = v.reviewed_by
  left join outdated on outdated.version_id = v.version_id
  left join made on made.version_id = v.version_id
  left join (${
    detailed.map((table) => recordsOf(table, many)).join(' union all ') ||
    `select ${NONE} as version_id, null::float8 as turnaround, false as waits`
  }) records on records.version_id = v.version_id and v.status = 'RECORDED'
  left join (select distinct master_record_id from taken) taken on taken.master_record_id = v.master_record_id`;

export const besideThem: Lookups = {
  recordWaits: '(records.waits and taken.master_record_id is null)',
  isRetry: '(rejected.master_record_id is not null)',
  isOfRejected: '(parent.version_id is not null)',
  madeBy: (what) => `(${['false', ...waysOf(what, 'made.operation')].join(' or ')})`,
  reviewerEdited: '(editor.version_id is not null)',
  isSignatureOutdated: '(outdated.version_id is not null)',
  turnaround: 'records.turnaround',
};
