/** Figures over any versions in the API. */
import {
  AGES_IN_DAYS,
  LATELY_IN_DAYS,
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

/** The fields that count versions, and the figure that each counts. */
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

export type Band = Omit<Age, 'waiting'>;
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

/** What is computed on request only: there are many more items than versions, and the rules are asked about each version that waits. */
export interface OnRequest {
  readonly carryForwardRate: (group: GroupOfVersions) => Promise<number | null>;
  readonly waitsOn: (group: GroupOfVersions) => Promise<readonly Awaited[] | null>;
}

/** What all groups of a table share. */
export interface OfAllGroups {
  readonly bands: readonly Band[];
  readonly onRequest: OnRequest;
}

/** A group in the API. Each figure is derived when its field is read: a table has thousands of groups, and a query reads a few fields. */
export class Group {
  readonly #row: GroupRow;
  readonly #all: OfAllGroups;

  constructor(row: GroupRow, all: OfAllGroups) {
    this.#row = row;
    this.#all = all;
  }

  get cycleId() {
    return this.#row.cycleId;
  }
  get reportId() {
    return this.#row.reportId;
  }
  get lobId() {
    return this.#row.lobId;
  }
  get phase() {
    return this.#row.phase;
  }
  get handedInById() {
    return this.#row.handedInById;
  }

  counted(figure: VersionFigure): number {
    return this.#row.counts[figure];
  }

  get rejectionRate(): number | null {
    return ratio(this.counted('REJECTED'), this.counted('DECIDED'));
  }
  get firstTimeRightRate(): number | null {
    return ratio(this.counted('FIRST_TIME_RIGHT'), this.counted('APPROVED'));
  }
  get versionsPerApproval(): number | null {
    return ratio(this.#row.prepared, this.counted('APPROVED'));
  }

  // Durations are computed if they are asked for.
  get submissionToDecision() {
    return this.#row.durations.submissionToDecision!;
  }
  get creationToDecision() {
    return this.#row.durations.creationToDecision!;
  }
  get waitingTime() {
    return this.#row.durations.waitingTime!;
  }
  get turnaround() {
    return this.#row.durations.turnaround!;
  }

  get decidedLately(): number {
    return this.#row.decidedLately;
  }
  get decisionsPerWeek(): number {
    return (this.#row.decidedLately * DAYS_OF_A_WEEK) / LATELY_IN_DAYS;
  }
  get ages(): Age[] {
    const { ageing } = this.#row;
    return this.#all.bands.map(({ since, until, atLeastDays }, n) => ({
      since,
      until,
      atLeastDays,
      waiting: ageing[n]!,
    }));
  }

  carryForwardRate(): Promise<number | null> {
    return this.#all.onRequest.carryForwardRate(this.#row);
  }
  waitsOn(): Promise<readonly Awaited[] | null> {
    return this.#all.onRequest.waitsOn(this.#row);
  }
}
for (const [field, figure] of countFields)
  Object.defineProperty(Group.prototype, field, {
    get(this: Group) {
      return this.counted(figure);
    },
  });

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
