/**
 * Figures over any versions that a list can be narrowed to, grouped by cycle, report, line of business and phase, in one statement. It also
 * returns how many commits it saw.
 */
import { fullPhases } from '../../phases';
import type { VersionHeader } from '../../versioning/model';
import type { Db } from '../connection/database';
import { besideEach, besideThem, CHOSEN, selecting, tablesBeside } from './figure-lookups';
import { combined, type Filter } from '../connection/pages';
import { unprepared } from '../connection/statements';
import {
  columnsBy,
  durationNames,
  handedInBy,
  versionFigures,
  type VersionDuration,
  type VersionFigure,
} from './version-figures';

/** The keys versions can be grouped by, and the SQL for each key of a version `v`. */
export const groupKeys = {
  CYCLE: { as: '"cycleId"', sql: 'v.cycle_id' },
  REPORT: { as: '"reportId"', sql: 'v.report_id' },
  LOB: { as: '"lobId"', sql: 'place.lob_id' },
  PHASE: { as: 'phase', sql: 'v.phase' },
  HANDED_IN_BY: { as: '"handedInById"', sql: handedInBy },
} as const;
export type GroupKey = keyof typeof groupKeys;

export interface Spread {
  readonly count: number;
  readonly mean: number | null;
  readonly median: number | null;
  readonly p90: number | null;
}

export interface GroupOfVersions {
  readonly cycleId?: string;
  readonly reportId?: string;
  readonly lobId?: string | null;
  readonly phase?: string;
  readonly handedInById?: number;
}

type Counts = Readonly<Record<VersionFigure, number>>;
export type Duration = VersionDuration | 'waitingTime';
export type GroupRow = GroupOfVersions & {
  readonly counts: Counts;
  /** Those that were asked for. */
  readonly durations: Readonly<Partial<Record<Duration, Spread>>>;
  /** Versions that need an approval: how many, and how many were decided lately. */
  readonly prepared: number;
  readonly decidedLately: number;
  /** The number of waiting versions in each age band. */
  readonly ageing: readonly number[];
};

export interface FigureHorizon {
  readonly at: Date;
  readonly workflows: number;
  readonly commits: number;
}

/** The lower bound of each age band in days; a band ends where the next begins. */
export const AGES_IN_DAYS = [0, 1, 3, 7, 14, 30] as const;
/** Decisions within this many days count as recent: four weeks, so that every period has the same number of weekends. */
export const LATELY_IN_DAYS = 28;

/** The filter changes no result: without it, each group would begin to sort even where it has nothing to sort. */
const percentile = (share: number, column: string): string =>
  `percentile_cont(${share}) within group (order by ${column}) filter (where ${column} is not null)`;
const spread = (column: string): string =>
  `json_build_object('count', count(${column}), 'mean', avg(${column}), 'median', ${percentile(0.5, column)}, 'p90', ${percentile(0.9, column)})`;

const jsonOf = (entries: Readonly<Record<string, string>>): string =>
  `json_build_object(${Object.entries(entries)
    .map(([name, sql]) => `'${name}', ${sql}`)
    .join(', ')})`;

const figures = Object.keys(versionFigures) as VersionFigure[];

const ago = (days: number): string => `v.at - interval '${24 * days} hours'`;
/** The first and the last band have one bound only, so every waiting version falls into a band. */
const handedOverIn = (from: number, to: number | undefined): string =>
  `${from === 0 ? '' : ` and v.handed_over < ${ago(from)}`}${to === undefined ? '' : ` and v.handed_over >= ${ago(to)}`}`;

const columnOf: Readonly<Record<Duration, string>> = {
  ...(Object.fromEntries(durationNames.map((name) => [name, `v."${name}"`])) as Record<VersionDuration, string>),
  waitingTime: 'v.waited',
};
export const durations = Object.keys(columnOf) as Duration[];

const perGroup = (asked: readonly Duration[]): string => `
  ${jsonOf(Object.fromEntries(figures.map((figure) => [figure, `count(*) filter (where v."${figure}")`])))} as counts,
  ${jsonOf(Object.fromEntries(asked.map((duration) => [duration, spread(columnOf[duration])])))} as durations,
  (count(*) filter (where v.versioning_type = 'FULL'))::int as prepared,
  (count(*) filter (where v."DECIDED" and v.reviewed_at >= ${ago(LATELY_IN_DAYS)}))::int as "decidedLately",
  json_build_array(${AGES_IN_DAYS.map((days, n) => `count(*) filter (where v."WAITING"${handedOverIn(days, AGES_IN_DAYS[n + 1])})`).join(', ')}) as ageing`;

interface FigureSelection {
  readonly by: readonly GroupKey[];
  /** Filters for the versions: those the viewer may see, and of these the chosen ones. */
  readonly filters: readonly Filter[];
}

/** The select list of the group keys of each version. */
const keysOf = (by: readonly GroupKey[]): string =>
  by.map((key) => `${groupKeys[key].sql} as ${groupKeys[key].as}, `).join('');
/** The joins that the group keys need. */
const columnBoxes = (by: readonly GroupKey[]): string =>
  by.includes('LOB') ? ' left join reports place on place.report_id = v.report_id' : '';
const groupedBy = (by: readonly GroupKey[]): string =>
  by.length === 0 ? '' : `group by ${by.map((key) => `v.${groupKeys[key].as}`).join(', ')}`;
const selected = (by: readonly GroupKey[]): string => by.map((key) => `v.${groupKeys[key].as}, `).join('');

/**
 * The planner estimates the views of the past as if they held one workflow. Where many are read, this makes it expect many rows, so that
 * it uses hash joins: it estimates a thousand rows for this single one, because the bounds are not known at planning time.
 */
const ONE_OF_MANY = 'generate_series((select 1), (select 1))';

/** Keeps the planner from evaluating what a version counts as, and how long it took, anew in each of some forty aggregates. */
const ONCE = 'offset 0';

/**
 * The figures of each group, and what they were counted from.
 * @param asked the durations to compute: each sorts the versions of each group
 * @param from the horizon if the past is read; for the present, a filter on the workflows `w` that the viewer may see, or null for all
 * @param limit one group more than this is read
 */
export async function figureTable(
  db: Db,
  { by, filters }: FigureSelection,
  asked: readonly Duration[],
  from: FigureHorizon | { readonly seen: Filter | null },
  limit: number,
): Promise<{ readonly horizon: FigureHorizon; readonly groups: GroupRow[] }> {
  const past = 'at' in from ? from : null;
  const many = past ? ONE_OF_MANY : null;
  const chosen = combined(filters, 2);
  const shown = combined('at' in from || !from.seen ? [] : [from.seen], 2 + chosen.parameters.length);
  const seen = past
    ? 'null::int as workflows, null::int as commits'
    : `count(*)::int as workflows, coalesce(sum(s.sequence), 0)::int as commits
       from workflows w left join log.stream s on s.stream_id = w.workflow_id where true${shown.sql}`;
  const rows = await db.query<FigureHorizon & { groups: GroupRow[] | null }>(
    unprepared(`with now as materialized (select coalesce($1::timestamptz, date_trunc('milliseconds', clock_timestamp())) as at),
     chosen as materialized (select ${CHOSEN}${selecting(many)} from phase_version v where not v.is_deleted${chosen.sql}),
     ${tablesBeside(many)},
     counted as (
       select ${keysOf(by)}${columnsBy(besideThem)}, v.reviewed_at, v.versioning_type, now.at from ${besideEach(many)}${columnBoxes(by)} cross join now
       ${ONCE}),
     v as (select counted.*, case when "WAITING" then extract(epoch from at - handed_over)::float8 / 3600 end as waited from counted),
     g as (select ${selected(by)}${perGroup(asked)} from v ${groupedBy(by)} limit $2),
     seen as (select ${seen})
     select now.at, seen.workflows, seen.commits, (select json_agg(g) from g) as groups from now cross join seen`),
    [past?.at ?? null, limit + 1, ...chosen.parameters, ...shown.parameters],
  );
  const { groups, ...present } = rows[0]!;
  const horizon = past ?? present;
  return { horizon, groups: groups ?? [] };
}

/** A version that waits for somebody, and its group. */
export type WaitingInGroup = VersionHeader & { readonly group: GroupOfVersions };

/** The versions that wait, in any order, @param limit at most */
export const waitingInGroups = (db: Db, { by, filters }: FigureSelection, limit: number): Promise<WaitingInGroup[]> => {
  const chosen = combined(filters, 1);
  const group = jsonOf(
    Object.fromEntries(by.map((key) => [groupKeys[key].as.replaceAll('"', ''), groupKeys[key].sql])),
  );
  return db.query<WaitingInGroup>(
    unprepared(`select v.*, ${group} as "group" from phase_version v${columnBoxes(by)}
     where not v.is_deleted and ${versionFigures.WAITING.sql}${chosen.sql} limit $1`),
    [limit, ...chosen.parameters],
  );
};

/** For a group: the items of versions that have a parent, and how many of them were carried forward. */
export interface CarriedRow extends GroupOfVersions {
  readonly carried: number;
  readonly items: number;
}

/** Counts the items of drafted phases. Each phase has an item table of its own, so this runs only when the figure is requested. */
export const carriedItems = (db: Db, { by, filters }: FigureSelection): Promise<CarriedRow[]> => {
  const chosen = combined(filters, 0);
  // One index lookup per version: for a few versions it reads a few items, however large the tables are.
  const ofPhases = fullPhases.map(
    ({ key, item }) => `
       select v.*, i.carried, i.total from v cross join lateral (
         select count(carried_from_item_id) as carried, count(*) as total from ${item.table} where version_id = v.version_id) i
       where v.drafted = '${key}'`,
  );
  return db.query<CarriedRow>(
    unprepared(`with v as (
       select ${keysOf(by)}v.version_id, v.phase as drafted from phase_version v${columnBoxes(by)}
       where v.parent_version_id is not null and not v.is_deleted${chosen.sql})
     select ${selected(by)}coalesce(sum(v.carried), 0)::int as carried, coalesce(sum(v.total), 0)::int as items
     from (${ofPhases.join(' union all ')}) v ${groupedBy(by)}`),
    chosen.parameters,
  );
};
