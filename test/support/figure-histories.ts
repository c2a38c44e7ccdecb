/** Random histories of versions, written past all rules, and a naive recomputation of the figures over them. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { auditOnlyPhases, fullPhases, phases } from '../../src/phases';
import { ada, ben, olga, otherWorkflow, tess, workflow, type World } from './world';

const LOB = '0194d2a0-5c00-7000-8000-0000000000a1';
export const thirdWorkflow = {
  cycleId: '0194d2a0-5c00-7000-8000-000000000011',
  reportId: workflow.reportId,
  workflowId: '0194d2a0-5c00-7000-8000-0000000000f3',
};
const places = [workflow, otherWorkflow, thirdWorkflow];
const HOUR = 3_600_000;

/** Field of a group, and the figure by which its versions are listed. */
export const counts = {
  versions: 'VERSIONS',
  approved: 'APPROVED',
  rejected: 'REJECTED',
  decided: 'DECIDED',
  waiting: 'WAITING',
  firstTimeRight: 'FIRST_TIME_RIGHT',
  revised: 'REVISED',
  reassigned: 'REASSIGNED',
  selfAttested: 'SELF_ATTESTED',
  signaturesOutdated: 'SIGNATURES_OUTDATED',
  answered: 'ANSWERED',
} as const;
export const spreads = ['submissionToDecision', 'creationToDecision', 'waitingTime', 'turnaround'] as const;
export const fields = `cycle { cycleId } report { reportId } lob { lobId } phase handedInBy { userId } ${Object.keys(counts).join(' ')}
  rejectionRate firstTimeRightRate versionsPerApproval decidedLately decisionsPerWeek carryForwardRate
  ${spreads.map((name) => `${name} { count mean median p90 }`).join(' ')} ages { since until atLeastDays waiting }`;

// ── random histories ────────────────────────────────────────────────────────────────────────────────────────────────

export interface Told {
  readonly place: (typeof places)[number];
  readonly phase: string;
  readonly isFull: boolean;
  readonly record: string;
  readonly versionId: string;
  readonly number: number;
  readonly status: string;
  readonly created: number;
  readonly submitted: number | null;
  readonly reviewed: number | null;
  readonly submittedBy: number | null;
  readonly reviewedBy: number | null;
  readonly parent: Told | null;
  readonly base: Told | null;
  readonly inForce: [number, number | null] | null;
  readonly isDeleted: boolean;
  readonly editors: readonly number[];
  readonly operation: string | null;
  /** Of requests: when they were made and answered. */
  readonly asked: readonly [number, number | null] | null;
  readonly signatures: readonly { role: string; at: number; by: number; status: string; hash: string }[];
}

const person: fc.Arbitrary<number> = fc.constantFrom(ada, ben, olga);
export const step = fc.record({
  place: fc.constantFrom(...places),
  phase: fc.constantFrom(...phases.map(({ key }) => key)),
  record: fc.nat(2),
  outcome: fc.constantFrom('DRAFT', 'PENDING_APPROVAL', 'APPROVED', 'APPROVED', 'REJECTED'),
  age: fc.integer({ min: 1, max: 60 * 24 }),
  waits: fc.integer({ min: 0, max: 200 }),
  takes: fc.integer({ min: 0, max: 200 }),
  submittedBy: person,
  reviewedBy: person,
  editors: fc.uniqueArray(person, { maxLength: 2 }),
  isDeleted: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  fromParent: fc.boolean(),
  commits: fc.boolean(),
  isAnswered: fc.boolean(),
  signs: fc.array(fc.record({ by: person, old: fc.boolean(), pending: fc.boolean() }), { maxLength: 2 }),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What commands of the recorded phases count as. */
const counting = Object.fromEntries(
  auditOnlyPhases.flatMap(({ key, commands }) =>
    Object.entries(commands).flatMap(([name, { counts: as }]) => (as ? [[key, { name, as }]] : [])),
  ),
) as Record<string, { name: string; as: string }>;

/** A possible history, ignoring whatever figures do not look at. */
export function historyOf(steps: readonly Step[], now: number): Told[] {
  const told: Told[] = [];
  const records = new Map<string, string>();
  for (const [n, each] of steps.entries()) {
    const isFull = fullPhases.some(({ key }) => key === each.phase);
    const key = [each.place.workflowId, each.phase, isFull ? 0 : each.record].join(' ');
    if (!records.has(key)) records.set(key, randomUUID());
    const record = records.get(key)!;
    const before = told.filter((one) => one.record === record);
    const last = before.at(-1) ?? null;
    const created = now - each.age * HOUR - n;
    const submitted = isFull && each.outcome !== 'DRAFT' ? created + each.waits * HOUR : null;
    const reviewed = submitted !== null && each.outcome !== 'PENDING_APPROVAL' ? submitted + each.takes * HOUR : null;
    const isApproved = isFull && each.outcome === 'APPROVED';
    const earlier = before.filter(({ inForce }) => inForce);
    // A version's effect ends where its successor's begins. No figure looks at that instant.
    const inForce: [number, number | null] | null = isApproved || !isFull ? [n, null] : null;
    if (inForce && earlier.at(-1)) {
      const ended = earlier.at(-1)! as { inForce: [number, number | null]; status: string };
      ended.inForce[1] = n;
      ended.status = 'SUPERSEDED';
    }
    told.push({
      place: each.place,
      phase: each.phase,
      isFull,
      record,
      versionId: randomUUID(),
      number: before.length + 1,
      status: isFull ? each.outcome : 'RECORDED',
      created,
      submitted,
      reviewed,
      submittedBy: submitted === null ? null : each.submittedBy,
      reviewedBy: reviewed === null ? null : each.reviewedBy,
      parent: each.fromParent ? last : null,
      base: earlier.at(-1) ?? null,
      inForce,
      isDeleted: each.isDeleted && isFull && (each.outcome === 'DRAFT' || each.outcome === 'REJECTED'),
      editors: each.editors,
      operation: !isFull && each.commits ? (counting[each.phase]?.name ?? 'createVersion') : null,
      asked: each.phase === 'TEST_EXECUTION' ? [created, each.isAnswered ? created + each.takes * HOUR : null] : null,
      signatures:
        each.phase === 'FINALIZE_TEST_REPORT'
          ? each.signs.map(({ by, old, pending }, at) => ({
              role: 'test_lead',
              at: created + at,
              by,
              status: pending ? 'PENDING' : 'SIGNED',
              hash: old ? 'old' : 'hash',
            }))
          : [],
    });
  }
  return told;
}

const tables = ['test_report_signoffs', 'test_execution_audit', 'version_editor', 'phase_version', 'log.change_set'];
const date = (at: number | null) => (at === null ? null : new Date(at).toISOString());
const rows = (table: string, columns: string, entries: readonly object[]) =>
  `insert into ${table} (${columns}) select ${columns} from jsonb_populate_recordset(null::${table}, '${JSON.stringify(entries)}')`;

/** Replaces all versions by a history, past all rules. */
export async function write(to: World, history: readonly Told[]): Promise<void> {
  const all = (what: string) => tables.map((table) => `alter table ${table} ${what} trigger all`).join('; ');
  const versions = history.map((each) => ({
    version_id: each.versionId,
    stream_id: each.place.workflowId,
    cycle_id: each.place.cycleId,
    report_id: each.place.reportId,
    master_record_id: each.record,
    phase: each.phase,
    versioning_type: each.isFull ? 'FULL' : 'AUDIT_ONLY',
    version_number: each.number,
    status: each.status,
    parent_version_id: each.parent?.versionId ?? null,
    base_version_id: each.base?.versionId ?? null,
    created_at: date(each.created),
    created_by: ada,
    submitted_at: date(each.submitted),
    submitted_by: each.submittedBy,
    reviewed_at: date(each.reviewed),
    reviewed_by: each.reviewedBy,
    approval_required: each.isFull,
    effective_from: each.inForce && date(each.inForce[0]),
    effective_to: each.inForce && date(each.inForce[1]),
    revision: 1,
    content_hash: 'hash',
    is_deleted: each.isDeleted,
    deleted_at: each.isDeleted ? date(each.created) : null,
    deleted_by: each.isDeleted ? ada : null,
  }));
  const of = ({ versionId, place }: Told) => ({ version_id: versionId, stream_id: place.workflowId });
  await to.sql(
    'superuser',
    [
      `begin; ${all('disable')}`,
      ...tables.map((table) => `delete from ${table}${table === 'log.change_set' ? ' where sequence > 1000000' : ''}`),
      rows('phase_version', Object.keys(versions[0]!).join(', '), versions),
      rows(
        'version_editor',
        'version_id, stream_id, user_id',
        history.flatMap((each) => each.editors.map((user_id) => ({ ...of(each), user_id }))),
      ),
      rows(
        'test_execution_audit',
        'version_id, stream_id, action_type, requested_by_id, requested_at, responded_at, responded_by_id, response_status',
        history.flatMap((each) =>
          each.asked
            ? [
                {
                  ...of(each),
                  action_type: 'x',
                  requested_by_id: ada,
                  requested_at: date(each.asked[0]),
                  responded_at: date(each.asked[1]),
                  ...(each.asked[1] !== null && { responded_by_id: ada, response_status: 'COMPLETED' }),
                },
              ]
            : [],
        ),
      ),
      rows(
        'test_report_signoffs',
        'sign_off_id, version_id, stream_id, sign_off_role, sign_off_user_id, sign_off_status, sign_off_date, signed_content_hash, meaning, signer_name, delegated_from_id, delegated_from_name, delegation_reason',
        history.flatMap((each) =>
          each.signatures.map(({ role, at, by, status, hash }) => ({
            ...of(each),
            sign_off_id: randomUUID(),
            sign_off_role: role,
            sign_off_user_id: by,
            sign_off_status: status,
            sign_off_date: date(at),
            ...(status === 'SIGNED'
              ? { signed_content_hash: hash, meaning: 'review', signer_name: 'Somebody' }
              : { delegated_from_id: tess, delegated_from_name: 'Tess', delegation_reason: 'Away.' }),
          })),
        ),
      ),
      rows(
        'log.change_set',
        'change_set_id, stream_id, sequence, committed_at, origin, operation, hash',
        history.flatMap((each, n) =>
          each.operation
            ? [
                {
                  change_set_id: randomUUID(),
                  stream_id: each.place.workflowId,
                  sequence: 1_000_001 + n,
                  committed_at: date(each.created),
                  origin: 'api',
                  operation: each.operation,
                  hash: '\\\\x00',
                },
              ]
            : [],
        ),
      ),
      `${all('enable')}; commit`,
    ].join('; '),
  );
}

// ── the plain recomputation ─────────────────────────────────────────────────────────────────────────────────────────

const isApproved = ({ isFull, inForce }: Told) => isFull && inForce !== null;
const isRejected = ({ status }: Told) => status === 'REJECTED';
const isDecided = (one: Told) => isApproved(one) || isRejected(one);
/** Records of a test execution wait for an answer; documents without content wait for nothing here. */
const isWaiting = (one: Told) =>
  one.status === 'PENDING_APPROVAL' || (one.status === 'RECORDED' && one.asked !== null && one.asked[1] === null);
const countsFor = (one: Told, as: string) => {
  const command = counting[one.phase];
  return command?.as === as && one.operation === command.name;
};
const plainly: Record<keyof typeof counts, (one: Told, all: readonly Told[]) => boolean> = {
  versions: () => true,
  approved: isApproved,
  rejected: isRejected,
  decided: isDecided,
  waiting: isWaiting,
  firstTimeRight: (one, all) =>
    isApproved(one) &&
    !all.some(
      (other) =>
        other.record === one.record && other.number < one.number && other.base === one.base && isRejected(other),
    ),
  revised: (one) => one.parent?.status === 'REJECTED' || countsFor(one, 'REVISION'),
  reassigned: (one) => countsFor(one, 'REASSIGNMENT') && one.number === 1,
  selfAttested: (one) =>
    isApproved(one) && (one.submittedBy === one.reviewedBy || one.editors.includes(one.reviewedBy!)),
  signaturesOutdated: ({ signatures, status, editors, submittedBy }) => {
    const last = signatures.at(-1);
    if (!last || last.status === 'PENDING') return false;
    const isUndecided = status === 'DRAFT' || status === 'PENDING_APPROVAL';
    return last.hash !== 'hash' || (isUndecided && (editors.includes(last.by) || submittedBy === last.by));
  },
  answered: ({ asked, status }) => status === 'RECORDED' && asked?.[1] != null,
};

const hoursFrom = (from: number, to: number) => (to - from) / HOUR;
function spreadOf(numbers: readonly number[]) {
  const sorted = [...numbers].sort((one, other) => one - other);
  if (sorted.length === 0) return { count: 0, mean: null, median: null, p90: null };
  const at = (share: number) => {
    const place = share * (sorted.length - 1);
    const below = sorted[Math.floor(place)]!;
    return below + (place % 1) * (sorted[Math.ceil(place)]! - below);
  };
  const close = (value: number): number => expect.closeTo(value, 6) as number;
  return {
    count: sorted.length,
    mean: close(sorted.reduce((sum, each) => sum + each, 0) / sorted.length),
    median: close(at(0.5)),
    p90: close(at(0.9)),
  };
}
const ratio = (part: number, whole: number): unknown => (whole === 0 ? null : expect.closeTo(part / whole, 10));

export function recomputed(group: readonly Told[], all: readonly Told[], now: number): Record<string, unknown> {
  const number = (which: keyof typeof counts) => group.filter((one) => plainly[which](one, all)).length;
  const lately = group.filter((one) => isDecided(one) && one.reviewed! >= now - 28 * 24 * HOUR).length;
  const waited = group.filter(isWaiting).map((one) => hoursFrom(one.submitted ?? one.created, now));
  const decided = group.filter(isDecided);
  const bounds = [0, 1, 3, 7, 14, 30, Infinity];
  return {
    ...Object.fromEntries(Object.keys(counts).map((name) => [name, number(name as keyof typeof counts)])),
    rejectionRate: ratio(number('rejected'), number('decided')),
    firstTimeRightRate: ratio(number('firstTimeRight'), number('approved')),
    versionsPerApproval: ratio(group.filter(({ isFull }) => isFull).length, number('approved')),
    decidedLately: lately,
    decisionsPerWeek: lately / 4,
    carryForwardRate: null,
    submissionToDecision: spreadOf(decided.map((one) => hoursFrom(one.submitted!, one.reviewed!))),
    creationToDecision: spreadOf(decided.map((one) => hoursFrom(one.created, one.reviewed!))),
    waitingTime: spreadOf(waited),
    turnaround: spreadOf(
      group.filter((one) => plainly.answered(one, all)).map(({ asked }) => hoursFrom(asked![0], asked![1]!)),
    ),
    ages: bounds.slice(0, -1).map((days, n) => ({
      since: bounds[n + 1] === Infinity ? null : date(now - bounds[n + 1]! * 24 * HOUR),
      until: days === 0 ? null : date(now - days * 24 * HOUR),
      atLeastDays: days,
      waiting: waited.filter((hours) => (days === 0 || hours > days * 24) && hours <= bounds[n + 1]! * 24).length,
    })),
  };
}

export const keys = {
  CYCLE: ({ place }: Told) => ({ cycle: { cycleId: place.cycleId } }),
  REPORT: ({ place }: Told) => ({ report: { reportId: place.reportId } }),
  LOB: ({ place }: Told) => ({ lob: place.reportId === workflow.reportId ? { lobId: LOB } : null }),
  PHASE: ({ phase }: Told) => ({ phase }),
  HANDED_IN_BY: ({ submittedBy }: Told) => ({ handedInBy: { userId: submittedBy ?? ada } }),
} as const;
export type Key = keyof typeof keys;

export type Group = Record<string, any>;
/** The filter that leads from a group down to its versions. */
export const downTo = (group: Group, by: readonly Key[]) => ({
  ...(group.cycle && { cycleIds: [group.cycle.cycleId] }),
  ...(group.report && { reportIds: [group.report.reportId] }),
  ...(by.includes('LOB') && (group.lob ? { lobIds: [group.lob.lobId] } : { hasLob: false })),
  ...(group.phase && { phases: [group.phase] }),
  ...(group.handedInBy && { handedInBy: [group.handedInBy.userId] }),
});
