/**
 * Plans a fully versioned phase: the old system did not keep its version numbers, parents and statuses consistent. Every irregular case is
 * decided here, once, and noted on its row.
 */
import type { FullPhase } from '../../versioning/phase';
import { imported, type Unit } from '../unit';
import { itemRows } from './items';
import type { OldVersion } from './read-version';
import { earlier, later, millisecondAfter, recordOf, versionRows, type PhaseSource } from './workflow';

interface VersionPeriod {
  readonly from: string;
  readonly to: string | null;
}

/** By old number, then by age; versions without a number come last. */
const inOrder = (a: OldVersion, b: OldVersion): number =>
  (a.number ?? Infinity) - (b.number ?? Infinity) ||
  a.createdAt.localeCompare(b.createdAt) ||
  a.row.key.localeCompare(b.row.key);

/** Old numbers are kept; duplicates and missing ones get the next free numbers. */
function numbersOf(versions: readonly OldVersion[]): Map<OldVersion, number> {
  const numbers = new Map<OldVersion, number>();
  const taken = new Set<number>();
  for (const version of versions)
    if (version.number !== null && version.number > 0 && !taken.has(version.number)) {
      taken.add(version.number);
      numbers.set(version, version.number);
    }
  let next = Math.max(0, ...taken);
  for (const version of versions) {
    if (numbers.has(version)) continue;
    numbers.set(version, ++next);
    const problem =
      version.number === null || version.number <= 0
        ? 'no number that counts'
        : `the number ${version.number}, which an earlier version has`;
    version.row.note('NUMBER_CHANGED', `It has ${problem}; it is version ${next} here.`, 'version_number');
  }
  return numbers;
}

/** The parent of each version, if it exists and is older. Parents come first in the result. */
function lineageOf(versions: readonly OldVersion[]): Map<OldVersion, OldVersion | null> {
  const byId = new Map(versions.map((version) => [version.versionId, version]));
  const parentOf = ({ parentId }: OldVersion) => (parentId === null ? undefined : byId.get(parentId));
  const lineage = new Map<OldVersion, OldVersion | null>();
  for (const version of versions) {
    const ascent = new Set<OldVersion>();
    for (let at: OldVersion | undefined = version; at && !lineage.has(at) && !ascent.has(at); at = parentOf(at))
      ascent.add(at);
    for (const each of [...ascent].reverse()) {
      const parent = parentOf(each);
      const isKnown = parent !== undefined && lineage.has(parent);
      lineage.set(each, isKnown ? parent : null);
      if (each.parentId === null) continue;
      if (parent === undefined)
        each.row.note(
          'PARENT_MISSING',
          `Its parent ${each.parentId} is no version of this phase; it stands without one.`,
          'parent_version_id',
        );
      else if (!isKnown)
        each.row.note('PARENT_IN_A_CIRCLE', 'Its parent descends from it; it stands without one.', 'parent_version_id');
      else if (parent.status === 'DRAFT' || parent.status === 'PENDING_APPROVAL')
        each.row.note('PARENT_UNDECIDED', `Its parent is ${parent.status}; the parent is kept.`, 'parent_version_id');
    }
  }
  return lineage;
}

/** The beginning of a version's effective period. */
function approvalTime(version: OldVersion): string {
  if (version.reviewedAt) return version.reviewedAt;
  version.row.note(
    'APPROVAL_TIME_MISSING',
    'It says not when it was approved; the time of its submission or last change is taken for it.',
    'approved_at',
  );
  return version.submittedAt ?? version.updatedAt;
}

/** The resulting statuses, and the effective period of each version. At most one version is in force at a time. */
function periodsOf(versions: readonly OldVersion[], numbers: ReadonlyMap<OldVersion, number>) {
  const status = new Map(versions.map((version) => [version, version.status]));
  const periods = new Map<OldVersion, VersionPeriod>();
  const byStart = (a: readonly [OldVersion, string], b: readonly [OldVersion, string]) =>
    a[1].localeCompare(b[1]) || numbers.get(a[0])! - numbers.get(b[0])!;

  const approved = versions
    .filter((version) => version.status === 'APPROVED')
    .map((version) => [version, approvalTime(version)] as const)
    .sort(byStart);
  const [current] = approved.at(-1) ?? [];
  for (const [version] of approved)
    if (version !== current) {
      status.set(version, 'SUPERSEDED');
      version.row.note(
        'SEVERAL_APPROVED',
        `Version ${numbers.get(current!)} was approved later; only one can be in force.`,
        'version_status',
      );
    }

  // Superseded versions were in force if they had been approved; the others were abandoned.
  const once = versions
    .filter((version) => version.status === 'SUPERSEDED' && version.reviewedAt !== null)
    .map((version) => [version, version.reviewedAt!] as const);
  const inForce = [...approved, ...once].sort(byStart);
  if (current && inForce.at(-1)![0] !== current) {
    current.row.note(
      'SUPERSEDED_AFTER_APPROVAL',
      'A version that is superseded was approved after it; this one counts as the last in force.',
      'approved_at',
    );
    inForce.push(
      inForce.splice(
        inForce.findIndex(([version]) => version === current),
        1,
      )[0]!,
    );
  }
  let last = '';
  const starts = inForce.map(
    ([version, at]) => [version, (last = last === '' ? at : later(at, millisecondAfter(last)))] as const,
  );
  starts.forEach(([version, from], i) => {
    const next = starts[i + 1]?.[1];
    // If the last one is superseded without a successor, nothing was in force after it.
    if (!next && version !== current)
      version.row.note(
        'SUPERSEDED_WITHOUT_SUCCESSOR',
        'No approved version follows it; nothing has been in force since.',
        'version_status',
      );
    periods.set(version, { from, to: next ?? (version === current ? null : from) });
  });
  const first = starts[0]?.[1];
  for (const version of versions)
    if (version.status === 'SUPERSEDED' && !periods.has(version)) {
      const at = first === undefined ? version.createdAt : earlier(version.createdAt, millisecondAfter(first, -1));
      periods.set(version, { from: at, to: at });
      version.row.note(
        'NEVER_APPROVED',
        'It is superseded and had not been approved; it was never in force.',
        'version_status',
      );
    }
  return { status, periods };
}

/** The version that was in force when another began. */
function baseOf(version: OldVersion, periods: ReadonlyMap<OldVersion, VersionPeriod>): OldVersion | null {
  for (const [other, { from, to }] of periods)
    if (other !== version && from <= version.createdAt && (to === null || version.createdAt < to)) return other;
  return null;
}

/** Marks where an approval violates today's rules; it is imported unchanged. */
function markApproval(source: PhaseSource, version: OldVersion): void {
  const phase = source.phase as FullPhase;
  const { row, items } = version;
  if (version.reviewedBy === null)
    row.note('APPROVER_MISSING', 'It is approved and says not by whom.', 'approved_by_id');
  if (version.submittedAt === null)
    row.note('APPROVED_WITHOUT_SUBMISSION', 'It was approved and never submitted.', 'submitted_at');
  const editors = [version.createdBy, version.submittedBy];
  if (!phase.selfAttested && version.reviewedBy !== null && editors.includes(version.reviewedBy))
    row.note(
      'SELF_APPROVED',
      'Who prepared or submitted it approved it: today four eyes are asked for.',
      'approved_by_id',
    );
  const decider = source.reportOwner === null ? null : source.people.userId(source.reportOwner);
  if (
    phase.approvedBy.includes('REPORT_OWNER') &&
    version.reviewedBy !== null &&
    decider !== null &&
    version.reviewedBy !== decider
  )
    row.note('APPROVED_BY_ANOTHER', 'Who approved it is not the report owner of the workflow.', 'approved_by_id');
  if (items.length < phase.item.atLeast) row.note('APPROVED_EMPTY', 'It was approved with nothing in it.');
  const undecided = items.filter(({ decision }) => decision === null).length;
  if (phase.item.reviewed === 'BY_DECISIONS' && undecided > 0)
    row.note('ITEMS_UNDECIDED', `It was approved while ${undecided} of its ${items.length} items were undecided.`);
  if (phase.signOffs) row.note('SIGN_OFFS_MISSING', 'It was approved without the signatures that today are asked for.');
}

function markTimes({ row, createdAt, submittedAt, reviewedAt }: OldVersion): void {
  if (submittedAt !== null && submittedAt < createdAt)
    row.note('TIMES_OUT_OF_ORDER', 'It was submitted before it was created; the times are kept.', 'submitted_at');
  if (reviewedAt !== null && reviewedAt < (submittedAt ?? createdAt))
    row.note(
      'TIMES_OUT_OF_ORDER',
      'It was decided before it was submitted or created; the times are kept.',
      'approved_at',
    );
}

/** The versions of a phase as units, one each, parents first. */
export function planSeries(source: PhaseSource, versions: readonly OldVersion[]): Unit[] {
  const ordered = [...versions].sort(inOrder);
  const numbers = numbersOf(ordered);
  const lineage = lineageOf(ordered);
  const { status, periods } = periodsOf(ordered, numbers);
  const placed = new Set<OldVersion>();
  return [...lineage].map(([version, parent]) => {
    const base = baseOf(version, periods);
    if (version.status === 'APPROVED') markApproval(source, version);
    markTimes(version);
    const period = periods.get(version);
    const reason = `Imported from ${version.row.table} ${version.row.key}.`;
    const facts = {
      versionId: version.versionId,
      masterRecordId: recordOf(source),
      number: numbers.get(version)!,
      status: status.get(version)!,
      parentId: parent?.versionId ?? null,
      // A version imported later cannot be referenced yet; that happens only if times contradict each other.
      baseId: base && placed.has(base) ? base.versionId : null,
      createdAt: version.createdAt,
      createdBy: version.createdBy,
      submittedAt: version.submittedAt,
      submittedBy: version.submittedBy,
      reviewedAt: version.reviewedAt,
      reviewedBy: version.reviewedBy,
      notes: version.notes,
      inForceFrom: period?.from ?? null,
      inForceTo: period?.to ?? null,
    };
    const itself = { table: source.phase.version.table, id: version.versionId };
    placed.add(version);
    const hashes = version.items.map(({ key, hash }) => [key, hash] as const);
    return {
      key: `${version.row.table}:${version.row.key}`,
      actor: version.createdBy,
      occurredAt: version.createdAt,
      reason,
      rows: [...versionRows(source, facts, version.content, hashes), ...itemRows(source, version.items)],
      ids: [],
      sources: [imported(version.row, version.target ?? itself), ...version.with],
    };
  });
}
