/** Filters and orders for versions, and which of them a viewer may see. */
import { Int } from 'type-graphql';
import type { Filter } from '../../database/connection/pages';
import { visibleWorkflowIds } from '../../database/register/people';
import { versionFigures } from '../../database/figures/version-figures';
import { ofAssigned, ofWorkflows, shownInThePastTo, versionList } from '../../database/versions/version-list';
import { NO_ASSIGNMENT } from '../../versioning/model';
import { canSeeDeleted, seesAllWorkflows } from '../../versioning/seeing';
import type { Context } from '../context';
import { optional } from '../declare';
import { enumOf, PhaseEnum, VersionStatusEnum } from '../enums';
import { choiceArgs } from '../list';

const VersionFigureEnum = enumOf(
  'VersionFigure',
  Object.keys(versionFigures),
  `The figures that count versions. ${Object.entries(versionFigures)
    .map(([figure, { means }]) => `${figure}: ${means}.`)
    .join(' ')}`,
);

const people = (description: string) => optional.of<number[]>(description, () => [Int]);

export const versionChoice = choiceArgs('PhaseVersion', 'versions', versionList, {
  search: optional.text('Whose report number, report name, cycle name or approval notes contain this, ignoring case.'),
  workflowIds: optional.uuids('Of these workflows.'),
  cycleIds: optional.uuids('Of these cycles.'),
  reportIds: optional.uuids('Of these reports.'),
  lobIds: optional.uuids('Of reports of these lines of business.'),
  hasLob: optional.flag('Of reports with a line of business; with false, of reports without one.'),
  phases: optional.of<string[]>('Of these phases.', () => [PhaseEnum]),
  statuses: optional.of<string[]>('In one of these statuses.', () => [VersionStatusEnum]),
  isInForce: optional.flag('Whether they are their record’s current version.'),
  figure: optional.of<string>('Counted by this figure (`figures`).', () => VersionFigureEnum),
  handedInBy: people('Submitted (or, if not submitted, started) by one of these people (userId).'),
  createdBy: people('Started by one of these people.'),
  submittedBy: people('Submitted by one of these people.'),
  reviewedBy: people('Approved or rejected by one of these people.'),
  createdSince: optional.instant('Started at or after this instant.'),
  createdUntil: optional.instant('Started before this instant.'),
  submittedSince: optional.instant('Submitted at or after this instant.'),
  submittedUntil: optional.instant('Submitted before this instant.'),
  reviewedSince: optional.instant('Approved or rejected at or after this instant.'),
  reviewedUntil: optional.instant('Approved or rejected before this instant.'),
  waitingSince: optional.instant('Waiting, and handed over at or after this instant.'),
  waitingUntil: optional.instant('Waiting, and handed over before this instant.'),
});

/** In the past: the workflows that the viewer may see today, closed at the instant. Null in the present, where nothing is closed. */
export async function workflowsThen(context: Context): Promise<readonly string[] | null> {
  const { db, viewer, past } = context;
  if (!past) return null;
  const workflowIds = await visibleWorkflowIds(db, viewer.userId, seesAllWorkflows(viewer));
  await context.closeStreams(...workflowIds);
  return workflowIds;
}

/** Filters for the versions that the viewer may see. */
export function visibleVersionsOf({ viewer }: Context, workflowIds: readonly string[] | null): Filter[] {
  if (!workflowIds) return seesAllWorkflows(viewer) ? [] : [ofAssigned(viewer.userId)];
  return [ofWorkflows(workflowIds), ...(canSeeDeleted(viewer, NO_ASSIGNMENT) ? [] : [shownInThePastTo(viewer.userId)])];
}

export const visibleVersions = async (context: Context): Promise<Filter[]> =>
  visibleVersionsOf(context, await workflowsThen(context));
