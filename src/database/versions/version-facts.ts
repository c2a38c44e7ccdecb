/**
 * The facts that the rules look at, in one place: an SQL expression over a row of phase_version that yields one JSON object. Requests,
 * query plans and writing transactions all use it.
 */
import { columnName } from '../../versioning/fields';
import { signatories } from '../../versioning/fitness';
import { undecidedStatuses } from '../../versioning/independence';
import type { JsonObject } from '../../versioning/model';
import type { AuditOnlyPhase, FullPhase, PhaseDeclaration } from '../../versioning/phase';
import type { ItemCounts, RuledVersion } from '../../versioning/rules';
import type { GivenSignOff, Signatories } from '../../versioning/sign-offs';
import { reviewStatusOrPending } from './items';
import { isInForce, tookThePlaceOf } from './versions';

/** The facts that decide who may review a version, as the database returns them. */
export interface DecisionFactsRow {
  readonly version: RuledVersion;
  /** The people who wrote to the version, or, for a record, to any version up to it. */
  readonly editors: readonly number[];
  readonly current: { readonly versionId: string; readonly versionNumber: number } | null;
  /** Null for phases without signatures. */
  readonly signing: Signing | null;
  /** For audit-only phases: the fields that their commands look at, and whether another record replaced this one. */
  readonly content: JsonObject;
  readonly isReplaced: boolean;
}

/** All facts about a version. */
export interface FactsRow extends DecisionFactsRow {
  /** The prerequisites of its phase that have no version in force. */
  readonly missing: readonly string[];
  /** For fully versioned phases. */
  readonly items: ItemCounts;
}

interface Signing {
  /** The flags in the version's content on which signatures depend. */
  readonly content: JsonObject;
  readonly signatories: Signatories;
  readonly given: readonly GivenSignOff[];
  /** The names of the people involved in the signatures, by id. */
  readonly names: Readonly<Record<string, string>>;
}

const texts = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(', ');
const object = (members: Readonly<Record<string, string>>): string =>
  `json_build_object(${Object.entries(members)
    .map(([name, sql]) => `'${name}', ${sql}`)
    .join(', ')})`;
const columnsOf = (row: string, ...names: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(names.map((name) => [name, `${row}.${columnName(name)}`]));

/** A draft's editors are those who wrote to it; a record's are those who made any of its versions other than by reviewing. */
const editors = (row: string, { versioning }: PhaseDeclaration): string =>
  versioning === 'FULL'
    ? `array(select fe.user_id from version_editor fe where fe.version_id = ${row}.version_id)`
    : `array(select distinct fe.user_id from phase_version fw join version_editor fe using (version_id)
        where fw.master_record_id = ${row}.master_record_id and (fw.version_id = ${row}.version_id
          or fw.version_number < ${row}.version_number and fw.reviewed_by is distinct from fe.user_id))`;

const current = (row: string): string => `(select ${object(columnsOf('fc', 'versionId', 'versionNumber'))}
    from phase_version fc where fc.master_record_id = ${row}.master_record_id and ${isInForce('fc')})`;

/**
 * The prerequisites of a phase without a version in force in a workflow, in declared order. `offset` keeps the planner from looking up all
 * workflows at once, and `order by` from an index that it would have to scan whole, because it cannot know how often this is evaluated.
 */
export function missingPrerequisitesSql(workflow: string, { prerequisites }: PhaseDeclaration): string {
  const missing = prerequisites.map(
    (
      needed,
    ) => `case when not exists (select from phase_version fp where fp.stream_id = ${workflow} and fp.phase = '${needed}'
        and fp.status in ('APPROVED', 'RECORDED') and not fp.is_deleted order by fp.version_number offset 0) then '${needed}' end`,
  );
  return `array_remove(array[${missing.join(', ')}]::text[], null)`;
}

/**
 * Counts all items and their decisions as two sets, rather than item by item as lists do, because this is evaluated far more often. Which
 * decisions count is defined as in `itemSource`.
 */
function items(row: string, phase: FullPhase): string {
  const { item } = phase;
  const counts = (isPending: string, isRejected: string) =>
    `select ${object({
      total: 'count(*)',
      undecided: `count(*) filter (where ${isPending})`,
      rejected: `count(*) filter (where ${isRejected})`,
    })} from ${item.table} i`;
  if (item.reviewed !== 'BY_DECISIONS')
    return `(${counts(`${reviewStatusOrPending(item)} = 'PENDING'`, `${reviewStatusOrPending(item)} = 'REJECTED'`)} where i.version_id = ${row}.version_id)`;
  return `(${counts(
    `fd.counting is distinct from true or coalesce(made.status, carried.status, 'PENDING') = 'PENDING'`,
    `fd.counting and coalesce(made.status, carried.status) = 'REJECTED'`,
  )}
    left join (select distinct on (d.item_key, d.item_hash) d.* from item_decision d where d.version_id = ${row}.version_id
      order by d.item_key, d.item_hash, d.decided_at desc) made on made.item_key = i.item_key and made.item_hash = i.item_hash and i.item_hash <> ''
    left join item_decision carried on made.decision_id is null and carried.decision_id = i.carried_decision_id and carried.item_hash = i.item_hash
    cross join lateral (select coalesce(made.decided_by, carried.decided_by) <> all (${barredFrom(row)}) as counting) fd
    where i.version_id = ${row}.version_id)`;
}

/** The people whose decisions do not count in a version: `barOf`, as long as nothing has relied on them. */
const barredFrom = (row: string): string => `array(
      select fe.user_id from version_editor fe where fe.version_id = ${row}.version_id and ${row}.status in (${texts(undecidedStatuses)})
      union all select ${row}.submitted_by where ${row}.submitted_by is not null and ${row}.status in (${texts(undecidedStatuses)}))`;

const givenColumns = [
  'signOffRole',
  'signOffStatus',
  'signOffUserId',
  'delegatedFromId',
  'delegationReason',
  'signedContentHash',
];

/** The signatures on a version, and everything their states depend on. */
function signing(row: string, { signOffs, version }: FullPhase): string {
  if (!signOffs) return 'null';
  const flags = signOffs.flatMap(({ onlyIf }) => onlyIf ?? []);
  const people = Object.keys(signatories).map((person) => `fw.${columnName(person)}`);
  return `(select ${object({
    content: `coalesce((select ${object(columnsOf('fd', ...flags))} from ${version.table} fd where fd.version_id = ${row}.version_id), '{}')`,
    signatories: object(columnsOf('fw', ...Object.keys(signatories))),
    given: `coalesce((select json_agg(${object(columnsOf('fg', ...givenColumns))}) from (
      select distinct on (fs.sign_off_role) fs.* from test_report_signoffs fs where fs.version_id = ${row}.version_id
      order by fs.sign_off_role, fs.sign_off_date desc) fg), '[]')`,
    names: `(select coalesce(json_object_agg(fu.user_id, fu.name), '{}') from users fu where fu.user_id = any (array[${people.join(', ')}] || array(
      select unnest(array[fs.sign_off_user_id, fs.delegated_from_id]) from test_report_signoffs fs where fs.version_id = ${row}.version_id)))`,
  })} from workflows fw where fw.workflow_id = ${row}.stream_id)`;
}

/** The fields of a record's content that any command looks at. */
function lookedAt(row: string, { commands, version }: AuditOnlyPhase): string {
  const fields = [
    ...new Set(
      Object.values(commands).flatMap(({ takes, awaited }) =>
        [takes?.field, awaited?.while?.field, awaited?.addressee].flatMap((field) => field ?? []),
      ),
    ),
  ];
  return `coalesce((select ${object(columnsOf('fd', ...fields))} from ${version.table} fd where fd.version_id = ${row}.version_id), '{}')`;
}

const ruled = (row: string): string =>
  object({
    ...columnsOf(row, 'versionNumber', 'status', 'createdBy', 'submittedBy', 'effectiveFrom'),
    ...columnsOf(row, 'baseVersionId', 'contentHash', 'revision', 'isDeleted'),
  });

/** An expression that depends on the version's phase, for versions of several phases. */
function byPhase(row: string, phases: readonly PhaseDeclaration[], of: (phase: PhaseDeclaration) => string): string {
  const keysOf = new Map<string, string[]>();
  for (const phase of phases) keysOf.set(of(phase), [...(keysOf.get(of(phase)) ?? []), phase.key]);
  const [[only] = ['null'], another] = keysOf;
  if (!another) return only;
  keysOf.delete('null');
  return `case ${[...keysOf].map(([sql, keys]) => `when ${row}.phase in (${texts(keys)}) then ${sql}`).join(' ')} end`;
}

/**
 * The facts for reviewing decisions, which depend neither on the version's items nor on other phases.
 * @param row the alias of the version's row
 */
const decisionFacts = (row: string, phases: readonly PhaseDeclaration[]): Readonly<Record<string, string>> => ({
  version: ruled(row),
  editors: byPhase(row, phases, (phase) => editors(row, phase)),
  current: current(row),
  signing: byPhase(row, phases, (phase) => (phase.versioning === 'FULL' ? signing(row, phase) : 'null')),
  content: byPhase(row, phases, (phase) => (phase.versioning === 'FULL' ? 'null' : lookedAt(row, phase))),
  isReplaced: byPhase(row, phases, (phase) =>
    phase.versioning === 'FULL' ? 'null' : tookThePlaceOf(phase, `${row}.master_record_id`),
  ),
});

/** An expression for all facts about a version of one of these phases. */
export const factsExpression = (row: string, phases: readonly PhaseDeclaration[]): string =>
  object({
    ...decisionFacts(row, phases),
    missing: byPhase(row, phases, (phase) => missingPrerequisitesSql(`${row}.stream_id`, phase)),
    items: byPhase(row, phases, (phase) => (phase.versioning === 'FULL' ? items(row, phase) : 'null')),
  });

/** An expression for the facts that decide who may review it. */
export const decisionFactsExpression = (row: string, phases: readonly PhaseDeclaration[]): string =>
  object(decisionFacts(row, phases));
