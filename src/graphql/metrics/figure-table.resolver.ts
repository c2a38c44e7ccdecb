/** Figures over whatever versions the viewer may see and chooses, in groups. */
import {
  carriedItems,
  figureTable,
  groupKeys,
  LATELY_IN_DAYS,
  type GroupKey,
  type GroupOfVersions,
} from '../../database/figure-table';
import { assignedTo, visibleWorkflowIds } from '../../database/people';
import { versionList } from '../../database/version-list';
import { tooLarge } from '../../versioning/errors';
import { seesAllWorkflows } from '../../versioning/seeing';
import type { Context } from '../context';
import { answered, optional, queries, type Given } from '../declare';
import { enumOf } from '../enums';
import { filtersOf } from '../list';
import { asOfArgs, at } from '../version/as-of-args';
import { versionChoice, visibleVersions } from '../version/version-choice';
import { daysBefore, FigureTable, groupOf, ratio } from './figure-types';

/** As many as a heat map of five hundred reports has fields; a person reads less. */
const MAX_GROUPS = 5_000;

const FigureGroupKeyEnum = enumOf(
  'FigureGroupKey',
  Object.keys(groupKeys),
  'By what versions are put together: those of a cycle, of a report, of the reports of a line of business, of a phase.',
);
const figureArgs = {
  ...asOfArgs,
  by: optional.of<GroupKey[]>(
    'By what versions are put together: one group for each combination that there is.',
    () => [FigureGroupKeyEnum],
  ),
  filter: versionChoice.filter,
};

const keyOf = ({ cycleId, reportId, lobId, phase }: GroupOfVersions): string =>
  JSON.stringify([cycleId, reportId, lobId, phase]);

async function tableIn(context: Context, args: Given<typeof figureArgs>) {
  const { db, viewer, past } = context;
  const filters = [...(await visibleVersions(context)), ...filtersOf(versionList.filters, args.filter)];
  const asked = { by: [...new Set(args.by)], filters };
  const from = past ?? db;
  const seesAll = seesAllWorkflows(viewer);
  const { horizon, groups } = await figureTable(
    from,
    asked,
    past?.at ?? null,
    seesAll ? null : assignedTo(viewer.userId),
    MAX_GROUPS,
  );
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
    horizon: { ...horizon, ...(past && (await seenThen(context))), lately: daysBefore(horizon.at, LATELY_IN_DAYS) },
    groups: groups.map((row) => groupOf(row, horizon.at, async () => (await rates()).get(keyOf(row)) ?? null)),
  };
}

/** The horizon of the past: the last commits of the workflows at its instant. */
async function seenThen({ db, viewer, past }: Context) {
  const workflowIds = await visibleWorkflowIds(db, viewer.userId, seesAllWorkflows(viewer));
  return {
    workflows: workflowIds.length,
    commits: workflowIds.reduce((sum, id) => sum + past!.lastCommit(id), 0),
  };
}

queries({
  figures: answered(
    `What the versions of the workflows that the viewer may see amount to: of a cycle, a report, a line of business, a phase, or all of them, whatever \`filter\` says, in groups, ${MAX_GROUPS} at most (LIMIT_EXCEEDED). The same filter, with a group’s keys and \`figure\`, lists in \`versions\` what a figure counts.`,
    () => FigureTable,
    figureArgs,
    (_, context, args) => at(context, args.asOf, [], (then) => tableIn(then, args)),
  ),
});
