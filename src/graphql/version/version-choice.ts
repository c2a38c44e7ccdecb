/** Filters and orders for versions, and which of them a viewer may see. */
import { Int } from 'type-graphql';
import type { Filter } from '../../database/pages';
import { visibleWorkflowIds } from '../../database/people';
import { versionFigures } from '../../database/version-figures';
import { ofAssigned, ofWorkflows, shownInThePastTo, versionList } from '../../database/version-list';
import { NO_ASSIGNMENT } from '../../versioning/model';
import { canSeeDeleted, seesAllWorkflows } from '../../versioning/seeing';
import type { Context } from '../context';
import { optional } from '../declare';
import { enumOf, PhaseEnum, VersionStatusEnum } from '../enums';
import { choiceArgs } from '../list';

const VersionFigureEnum = enumOf(
  'VersionFigure',
  Object.keys(versionFigures),
  `What figures count of versions. ${Object.entries(versionFigures)
    .map(([figure, { means }]) => `${figure}: ${means}.`)
    .join(' ')}`,
);

const people = (description: string) => optional.of<number[]>(description, () => [Int]);

export const versionChoice = choiceArgs('PhaseVersion', 'versions', versionList, {
  search: optional.text(
    'Whose report’s number or name, cycle’s name, or approver’s words have this in them, whatever the case.',
  ),
  workflowIds: optional.uuids('Of these workflows.'),
  cycleIds: optional.uuids('Of these cycles.'),
  reportIds: optional.uuids('Of these reports.'),
  lobIds: optional.uuids('Of reports of these lines of business.'),
  hasLob: optional.flag('Of reports that belong to a line of business; with false, that belong to none.'),
  phases: optional.of<string[]>('Of these phases.', () => [PhaseEnum]),
  statuses: optional.of<string[]>('In one of these statuses.', () => [VersionStatusEnum]),
  isInForce: optional.flag('Which are their record’s current one; with false, which are not.'),
  figure: optional.of<string>('Which this figure counts (`figures`).', () => VersionFigureEnum),
  handedInBy: people('Which one of these people (userId) submitted, or started, of what was not submitted.'),
  createdBy: people('Which one of these people started.'),
  submittedBy: people('Which one of these people submitted.'),
  reviewedBy: people('Which one of these people approved or rejected.'),
  createdSince: optional.instant('Started at or after this instant.'),
  createdUntil: optional.instant('Started before this instant.'),
  submittedSince: optional.instant('Submitted at or after this instant.'),
  submittedUntil: optional.instant('Submitted before this instant.'),
  reviewedSince: optional.instant('Approved or rejected at or after this instant.'),
  reviewedUntil: optional.instant('Approved or rejected before this instant.'),
  waitingSince: optional.instant('Which wait, and were handed to whom they wait for at or after this instant.'),
  waitingUntil: optional.instant('Which wait, and were handed to whom they wait for before this instant.'),
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
