/** Versions across phases and workflows. */
import { Int } from 'type-graphql';
import type { Filter } from '../../database/pages';
import { REFERENCE_STREAM, visibleWorkflowIds } from '../../database/people';
import { ofAssigned, ofWorkflows, shownInThePastTo, versionList } from '../../database/version-list';
import { canSeeDeleted, seesAllWorkflows } from '../../versioning/seeing';
import { NO_ASSIGNMENT } from '../../versioning/model';
import { connect, connectionArgs } from '../connection';
import type { Context } from '../context';
import { answered, optional, queries } from '../declare';
import { PhaseEnum, VersionStatusEnum } from '../enums';
import { choiceArgs, chosen } from '../list';
import { asVersion } from '../objects';
import { asOfArgs, at } from './as-of-args';
import { PhaseVersionConnection } from './types';

const people = (description: string) => optional.of<number[]>(description, () => [Int]);

const versionChoice = choiceArgs('PhaseVersion', 'versions', versionList, {
  search: optional.text(
    'Whose report’s number or name, cycle’s name, or approver’s words have this in them, whatever the case.',
  ),
  workflowIds: optional.uuids('Of these workflows.'),
  cycleIds: optional.uuids('Of these cycles.'),
  reportIds: optional.uuids('Of these reports.'),
  phases: optional.of<string[]>('Of these phases.', () => [PhaseEnum]),
  statuses: optional.of<string[]>('In one of these statuses.', () => [VersionStatusEnum]),
  isInForce: optional.flag('Which are their record’s current one; with false, which are not.'),
  createdBy: people('Which one of these people (userId) started.'),
  submittedBy: people('Which one of these people submitted.'),
  reviewedBy: people('Which one of these people approved or rejected.'),
  createdSince: optional.instant('Started at or after this instant.'),
  createdUntil: optional.instant('Started before this instant.'),
  submittedSince: optional.instant('Submitted at or after this instant.'),
  submittedUntil: optional.instant('Submitted before this instant.'),
  reviewedSince: optional.instant('Approved or rejected at or after this instant.'),
  reviewedUntil: optional.instant('Approved or rejected before this instant.'),
});

/** Those that the viewer may see; in the past, once their streams are closed. */
async function visible(context: Context): Promise<Filter[]> {
  const { db, viewer, past } = context;
  const seesAll = seesAllWorkflows(viewer);
  if (!past) return seesAll ? [] : [ofAssigned(viewer.userId)];
  const workflowIds = await visibleWorkflowIds(db, viewer.userId, seesAll);
  await context.closeStreams(...workflowIds);
  return [ofWorkflows(workflowIds), ...(canSeeDeleted(viewer, NO_ASSIGNMENT) ? [] : [shownInThePastTo(viewer.userId)])];
}

queries({
  versions: answered(
    'The versions of the workflows that the viewer may see, of all phases, those started last first; deleted ones are not among them.',
    () => PhaseVersionConnection,
    { ...connectionArgs, ...asOfArgs, ...versionChoice },
    (_, context, args) =>
      at(context, args.asOf, [], async (then) => {
        const { filters, order } = chosen(versionList, args);
        return connect(then.loaders, versionList, REFERENCE_STREAM, args, {
          filters: [...(await visible(then)), ...filters],
          order,
          toNode: asVersion,
        });
      }),
  ),
});
