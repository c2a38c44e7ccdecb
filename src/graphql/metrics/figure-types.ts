/** Figures over any versions in the API. */
import {
  AGES_IN_DAYS,
  LATELY_IN_DAYS,
  type Duration,
  type GroupOfVersions,
  type GroupRow,
  type FigureHorizon,
  type Spread,
} from '../../database/figures/figure-table';
import { versionFigures, type VersionFigure } from '../../database/figures/version-figures';
import { a, addFields, objectType, optional } from '../declare';
import { PhaseEnum } from '../enums';
import { toCycle, toLob, toReport, toUser } from '../people/types';

const HOURS_OF_A_DAY = 24;
const HOUR_IN_MILLISECONDS = 3_600_000;
const DAYS_OF_A_WEEK = 7;

export const daysBefore = (at: Date, days: number): Date =>
  new Date(at.getTime() - days * HOURS_OF_A_DAY * HOUR_IN_MILLISECONDS);

export const FiguresHorizon = objectType<FigureHorizon & { readonly lately: Date }>(
  'FiguresHorizon',
  'What figures were counted from. For a given instant of the past and person, the answer never changes.',
  {
    at: a.instant('The instant at which they were counted: that of the present, or of the past that was asked for.'),
    workflows: a.int('How many workflows the viewer sees.'),
    commits: a.int(
      'How many commits of those workflows it includes: the sum of the sequence numbers of the last ones.',
    ),
    lately: a.instant(`${LATELY_IN_DAYS} days before \`at\`: decisions from then on count as recent.`),
  },
);

export const HoursSpread = objectType<Spread>('HoursSpread', 'How long something took, in hours of the clock.', {
  count: a.int('The number of versions measured.'),
  mean: optional.float('The mean; null if there are none.'),
  median: optional.float('The median: half of them took no longer. Interpolated; null if there are none.'),
  p90: optional.float('The 90th percentile: nine of ten took no longer. Interpolated; null if there are none.'),
});

interface Age {
  readonly since: Date | null;
  readonly until: Date | null;
  readonly atLeastDays: number;
  readonly waiting: number;
}
export const AgeBand = objectType<Age>(
  'AgeBand',
  'The waiting versions of an age band. `waitingSince` and `waitingUntil` in the filter of `versions` select them.',
  {
    since: optional.instant('Handed over at or after this instant; null in the oldest band.'),
    until: optional.instant('Handed over before this instant; null in the youngest band.'),
    atLeastDays: a.int('The minimum number of days they have waited.'),
    waiting: a.int('How many versions.'),
  },
);

/** A person whose turn it is with waiting versions; null for those that nobody can be expected to act on. */
export interface Awaited {
  readonly userId: number | null;
  readonly versions: number;
}
/** More waiting versions than that are not looked at one by one. */
export const MOST_WAITING = 2_000;
export const WaitsOn = objectType<Awaited>('WaitsOn', 'A person on whom versions wait (`PhaseVersion.turn`).', {
  versions: a.int(
    'With how many of the versions it is their turn. If it is the turn of several people, each is counted.',
  ),
});
addFields(WaitsOn, {
  user: toUser.optional(
    'The person; null for versions that nobody of the workflow can be expected to act on.',
    'userId',
  ),
});

/** The number of versions that count for each figure, by field name. */
type Counted = Readonly<Record<(typeof countFields)[number][0], number>>;
const countFields = [
  ['versions', 'VERSIONS'],
  ['approved', 'APPROVED'],
  ['rejected', 'REJECTED'],
  ['decided', 'DECIDED'],
  ['waiting', 'WAITING'],
  ['firstTimeRight', 'FIRST_TIME_RIGHT'],
  ['revised', 'REVISED'],
  ['reassigned', 'REASSIGNED'],
  ['selfAttested', 'SELF_ATTESTED'],
  ['signaturesOutdated', 'SIGNATURES_OUTDATED'],
  ['answered', 'ANSWERED'],
] as const satisfies readonly (readonly [string, VersionFigure])[];

export interface Group extends GroupOfVersions, Counted, Readonly<Record<Duration, Spread>> {
  readonly rejectionRate: number | null;
  readonly firstTimeRightRate: number | null;
  readonly versionsPerApproval: number | null;
  readonly decidedLately: number;
  readonly decisionsPerWeek: number;
  readonly ages: () => readonly Age[];
  /** Computed on request only, because there are many more items than versions. */
  readonly carryForwardRate: () => Promise<number | null>;
  /** Computed on request only, because the rules are asked about each version. */
  readonly waitsOn: () => Promise<readonly Awaited[] | null>;
}

type Band = Omit<Age, 'waiting'>;
/** The age bands at an instant: the same for all groups. */
export const bandsAt = (at: Date): Band[] =>
  AGES_IN_DAYS.map((days, n) => {
    const next = AGES_IN_DAYS[n + 1];
    return {
      since: next === undefined ? null : daysBefore(at, next),
      until: days === 0 ? null : daysBefore(at, days),
      atLeastDays: days,
    };
  });

/** A ratio; null if there is nothing to compute it from. */
export const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

/** A group in the API. */
export function groupOf(
  row: GroupRow,
  bands: readonly Band[],
  onRequest: Pick<Group, 'carryForwardRate' | 'waitsOn'>,
): Group {
  const { counts, durations, prepared, decidedLately, ageing, ...keys } = row;
  const counted = Object.fromEntries(countFields.map(([field, figure]) => [field, counts[figure]])) as Counted;
  return {
    ...keys,
    ...counted,
    ...(durations as Readonly<Record<Duration, Spread>>), // the others are not asked for
    rejectionRate: ratio(counted.rejected, counted.decided),
    firstTimeRightRate: ratio(counted.firstTimeRight, counted.approved),
    versionsPerApproval: ratio(prepared, counted.approved),
    decidedLately,
    decisionsPerWeek: (decidedLately * DAYS_OF_A_WEEK) / LATELY_IN_DAYS,
    ages: () => bands.map((band, n) => ({ ...band, waiting: ageing[n]! })),
    ...onRequest,
  };
}

const counts = Object.fromEntries(
  countFields.map(([field, figure]) => [
    field,
    a.int(
      `How many of them ${figure === 'VERSIONS' ? 'there are' : versionFigures[figure].means}; \`figure: ${figure}\` in the filter of \`versions\` lists them.`,
    ),
  ]),
);

export const FigureGroup = objectType<Group>(
  'FigureGroup',
  'Figures of the versions in a group; deleted versions do not count. docs/metrics.md has the formulas.',
  {
    phase: optional.of('The phase of all of them, if grouped by it.', () => PhaseEnum),
    ...counts,
    rejectionRate: optional.float('The share of decisions that were rejections, 0 to 1; null if nothing was decided.'),
    firstTimeRightRate: optional.float(
      'The share of approved versions that were approved without an earlier rejection, 0 to 1.',
    ),
    versionsPerApproval: optional.float('The number of versions in fully versioned phases per approved version.'),
    submissionToDecision: a.of('From the last submission to approval or rejection.', () => HoursSpread),
    creationToDecision: a.of('From the start of a version to approval or rejection.', () => HoursSpread),
    waitingTime: a.of('How long the waiting versions have waited.', () => HoursSpread),
    turnaround: a.of('From request to answer, for records.', () => HoursSpread),
    decidedLately: a.int(
      `How many were approved or rejected in the last ${LATELY_IN_DAYS} days; \`figure: DECIDED\` with \`reviewedSince\` lists them.`,
    ),
    decisionsPerWeek: a.float('The same per seven days: throughput.'),
    ages: a.of('The waiting versions by how long they have waited; the youngest band first.', () => [AgeBand]),
    carryForwardRate: optional.float(
      'The share of items, in versions that have a parent, that came from another version, 0 to 1; null if there are none.',
    ),
    waitsOn: optional.of(
      `Whose turn it is with what waits, those with the most versions first. Null where more than ${MOST_WAITING.toLocaleString('en')} versions of all groups wait: choose fewer with \`filter\`.`,
      () => [WaitsOn],
    ),
  },
);
addFields(FigureGroup, {
  cycle: toCycle.optional('The cycle of all of them, if grouped by it.', 'cycleId'),
  report: toReport.optional('The report of all of them, if grouped by it.', 'reportId'),
  lob: toLob.optional(
    'The line of business of their reports, if grouped by it; null for reports that belong to none.',
    'lobId',
  ),
  handedInBy: toUser.optional(
    'Who submitted all of them (or started them, if they were not submitted), if grouped by that.',
    'handedInById',
  ),
});

export const FigureTable = objectType<{ readonly horizon: unknown; readonly groups: readonly Group[] }>(
  'FigureTable',
  'Figures for groups of versions, and what they were counted from.',
  {
    horizon: a.of('What they were counted from.', () => FiguresHorizon),
    groups: a.of('The groups that contain versions; without `by`, one group of all.', () => [FigureGroup]),
  },
);
