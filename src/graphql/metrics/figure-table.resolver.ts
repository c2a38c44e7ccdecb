/** Figures over the versions that the viewer may see and selects, in groups. */
import type { AsOfReader } from '../../database/log/as-of-reader';
import {
  carriedItems,
  durations,
  figureTable,
  groupKeys,
  LATELY_IN_DAYS,
  waitingInGroups,
  type GroupKey,
  type GroupOfVersions,
} from '../../database/figures/figure-table';
import { assignedTo } from '../../database/register/people';
import { versionList } from '../../database/versions/version-list';
import { groupBy } from '../../group-by';
import { tooLarge } from '../../versioning/errors';
import { seesAllWorkflows } from '../../versioning/seeing';
import type { Context } from '../context';
import { resolved, optional, queries, type Given } from '../declare';
import { enumOf } from '../enums';
import { filtersOf } from '../list';
import { namesBelow } from '../names-below';
import { asVersion } from '../objects';
import { asOfArgs, at } from '../version/as-of-args';
import { versionChoice, visibleVersionsOf, workflowsThen } from '../version/version-choice';
import { turnOf } from '../work/work';
import {
  bandsAt,
  daysBefore,
  FigureTable,
  Group,
  MOST_WAITING,
  ratio,
  type Awaited,
  type OfAllGroups,
} from './figure-types';

/** Enough for a heat map of five hundred reports; nobody reads more. */
const MAX_GROUPS = 5_000;

const FigureGroupKeyEnum = enumOf(
  'FigureGroupKey',
  Object.keys(groupKeys),
  'What versions are grouped by: their cycle, report, line of business or phase, or the person who submitted them (or started them, if they were not submitted). With `figure: WAITING`, who waits.',
);
const figureArgs = {
  ...asOfArgs,
  by: optional.of<GroupKey[]>('The grouping keys: one group for each existing combination.', () => [
    FigureGroupKeyEnum,
  ]),
  filter: versionChoice.filter,
};

const keyOf = ({ cycleId, reportId, lobId, phase, handedInById }: GroupOfVersions): string =>
  JSON.stringify([cycleId, reportId, lobId, phase, handedInById]);

async function tableIn(context: Context, args: Given<typeof figureArgs>, names: ReadonlySet<string>) {
  const { db, viewer, past } = context;
  const workflowIds = await workflowsThen(context);
  const filters = [...visibleVersionsOf(context, workflowIds), ...filtersOf(versionList.filters, args.filter)];
  const asked = { by: [...new Set(args.by)], filters };
  const from = past ?? db;
  // For the past, this follows from the horizon.
  const then = past && { at: past.at, ...seenThen(past, workflowIds!) };
  const seen = seesAllWorkflows(viewer) ? null : assignedTo(viewer.userId);
  const { horizon, groups } = await figureTable(
    from,
    asked,
    durations.filter((name) => names.has(name)),
    then ?? { seen },
    MAX_GROUPS,
  );
  if (groups.length > MAX_GROUPS)
    throw tooLarge(
      'groups of figures',
      MAX_GROUPS,
      groups.length,
      'Ask for fewer versions (`filter`), or group by less (`by`).',
    );
  const rates = once(async () => {
    const rows = await carriedItems(from, asked);
    return new Map(rows.map((row) => [keyOf(row), ratio(row.carried, row.items)]));
  });
  const awaited = once(() => awaitedIn(context, asked));
  const all: OfAllGroups = {
    bands: bandsAt(horizon.at),
    onRequest: {
      carryForwardRate: async (group) => (await rates()).get(keyOf(group)) ?? null,
      waitsOn: async (group) => {
        const found = await awaited();
        return found && (found.get(keyOf(group)) ?? []);
      },
    },
  };
  return {
    horizon: { ...horizon, lately: daysBefore(horizon.at, LATELY_IN_DAYS) },
    groups: groups.map((row) => new Group(row, all)),
  };
}

/** Work that is begun when it is first asked for, by whichever group. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let begun: Promise<T> | undefined;
  return () => (begun ??= work());
}

/** On whom the waiting versions of each group wait; null if too many wait. As many statements for one version as for many. */
async function awaitedIn(
  context: Context,
  asked: Parameters<typeof waitingInGroups>[1],
): Promise<Map<string, Awaited[]> | null> {
  const versions = await waitingInGroups(context.past ?? context.db, asked, MOST_WAITING + 1);
  if (versions.length > MOST_WAITING) return null;
  const turns = await Promise.all(
    versions.map(async ({ group, ...version }) => {
      const turn = await turnOf(context, asVersion(version));
      const people = turn?.asked.of.map(({ userId }) => userId) ?? [];
      return { key: keyOf(group), people: people.length > 0 ? people : [null] };
    }),
  );
  return new Map(
    [...groupBy(turns, ({ key }) => key)].map(([key, ofGroup]) => {
      const times = groupBy(
        ofGroup.flatMap(({ people }) => people),
        (userId) => userId,
      );
      const counted = [...times].map(([userId, { length }]): Awaited => ({ userId, versions: length }));
      return [
        key,
        counted.sort((one, other) => other.versions - one.versions || (one.userId ?? 0) - (other.userId ?? 0)),
      ];
    }),
  );
}

/** The last commits of the workflows at the instant that is read. */
const seenThen = (past: AsOfReader, workflowIds: readonly string[]) => ({
  workflows: workflowIds.length,
  commits: workflowIds.reduce((sum, id) => sum + past.lastCommit(id), 0),
});

queries({
  figures: resolved(
    `Figures of the versions in the workflows that the viewer may see: of a cycle, a report, a line of business, a phase, or all of them, as \`filter\` says, in groups, ${MAX_GROUPS} at most (LIMIT_EXCEEDED). The same filter, with a group’s keys and \`figure\`, lists in \`versions\` what a figure counts.`,
    () => FigureTable,
    figureArgs,
    (_, context, args, info) => at(context, args.asOf, [], (then) => tableIn(then, args, namesBelow(info))),
  ),
});
