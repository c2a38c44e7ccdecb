/** Figures over the versions that the viewer may see and selects, in groups. */
import type { AsOfReader } from '../../database/log/as-of-reader';
import {
  carriedItems,
  figureTable,
  groupKeys,
  LATELY_IN_DAYS,
  type GroupKey,
  type GroupOfVersions,
} from '../../database/figures/figure-table';
import { assignedTo } from '../../database/register/people';
import { versionList } from '../../database/versions/version-list';
import { tooLarge } from '../../versioning/errors';
import { seesAllWorkflows } from '../../versioning/seeing';
import type { Context } from '../context';
import { answered, optional, queries, type Given } from '../declare';
import { enumOf } from '../enums';
import { filtersOf } from '../list';
import { asOfArgs, at } from '../version/as-of-args';
import { versionChoice, visibleVersionsOf, workflowsThen } from '../version/version-choice';
import { daysBefore, FigureTable, groupOf, ratio } from './figure-types';

/** Enough for a heat map of five hundred reports; nobody reads more. */
const MAX_GROUPS = 5_000;

const FigureGroupKeyEnum = enumOf(
  'FigureGroupKey',
  Object.keys(groupKeys),
  'By what versions are put together: those of a cycle, of a report, of the reports of a line of business, of a phase; those that somebody submitted, or started, of what was not submitted: with `figure: WAITING`, who waits.',
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

async function tableIn(context: Context, args: Given<typeof figureArgs>) {
  const { db, viewer, past } = context;
  const workflowIds = await workflowsThen(context);
  const filters = [...visibleVersionsOf(context, workflowIds), ...filtersOf(versionList.filters, args.filter)];
  const asked = { by: [...new Set(args.by)], filters };
  const from = past ?? db;
  // For the past, this follows from the horizon.
  const then = past && { at: past.at, ...seenThen(past, workflowIds!) };
  const seen = seesAllWorkflows(viewer) ? null : assignedTo(viewer.userId);
  const { horizon, groups } = await figureTable(from, asked, then ?? { seen }, MAX_GROUPS);
  if (groups.length > MAX_GROUPS)
    throw tooLarge(
      'groups of figures',
      MAX_GROUPS,
      groups.length,
      'Ask for fewer versions (`filter`), or by less (`by`).',
    );
  let carried: Promise<Map<string, number | null>> | undefined;
  const rates = () =>
    (carried ??= carriedItems(from, asked).then(
      (rows) => new Map(rows.map((row) => [keyOf(row), ratio(row.carried, row.items)])),
    ));
  return {
    horizon: { ...horizon, lately: daysBefore(horizon.at, LATELY_IN_DAYS) },
    groups: groups.map((row) => groupOf(row, horizon.at, async () => (await rates()).get(keyOf(row)) ?? null)),
  };
}

/** The last commits of the workflows at the instant that is read. */
const seenThen = (past: AsOfReader, workflowIds: readonly string[]) => ({
  workflows: workflowIds.length,
  commits: workflowIds.reduce((sum, id) => sum + past.lastCommit(id), 0),
});

queries({
  figures: answered(
    `What the versions of the workflows that the viewer may see amount to: of a cycle, a report, a line of business, a phase, or all of them, whatever \`filter\` says, in groups, ${MAX_GROUPS} at most (LIMIT_EXCEEDED). The same filter, with a group’s keys and \`figure\`, lists in \`versions\` what a figure counts.`,
    () => FigureTable,
    figureArgs,
    (_, context, args) => at(context, args.asOf, [], (then) => tableIn(then, args)),
  ),
});
