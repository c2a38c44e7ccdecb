import { changesOfVersion } from '../../database/log/change-log';
import { choosable } from '../../database/versions/version-list';
import { historyList } from '../../database/versions/versions';
import { approvalStatusOf } from '../../versioning/approval-status';
import { notFound } from '../../versioning/errors';
import type { VersionHeader } from '../../versioning/model';
import { approvalRequirements, availableActions } from '../../versioning/policy';
import { changeArgs, changeFilters } from '../change-log/change-args';
import { ChangeSetConnection } from '../change-log/types';
import { readIn } from '../as-of';
import { connect } from '../connection';
import type { Context } from '../context';
import { a, resolved, addFields, optional, queries } from '../declare';
import { factsOf } from '../facts';
import { VersionDiff, type Compared } from '../diff/types';
import { ApprovalStatusEnum, VersionActionEnum } from '../enums';
import { orderOf } from '../list';
import { asChangeSet, asVersion, asWorkflowPhase } from '../objects';
import { toCycle, toReport, toUser, User } from '../people/types';
import { JSONObjectScalar } from '../scalars';
import { seesDeleted, versionById, visibleVersion } from '../visibility';
import { toWorkflow, WorkflowPhase } from '../workflow/types';
import { asOfArgs, at, instantOf, whenArgs } from './as-of-args';
import { historyArgs, historyFilters } from './history-args';
import { ApprovalRequirement, PhaseVersion, PhaseVersionConnection, toVersion } from './types';

queries({
  phaseVersion: resolved(
    'A version by its id; null if there is none the viewer may see.',
    optional(() => PhaseVersion),
    { versionId: a.uuid('The version.'), ...asOfArgs },
    (_, context, { versionId, asOf }) => at(context, asOf, [], (then) => versionById(then, versionId)),
  ),
});

async function versionNumbered(context: Context, { masterRecordId }: VersionHeader, versionNumber: number) {
  const version = await context.loaders.versionByNumber.load({ masterRecordId, versionNumber });
  const found = await visibleVersion(context, version);
  if (!found) throw notFound(`Version ${versionNumber} of this record`);
  return found;
}

/** The version that this one follows: the one in force when it was started, or, for a record, the previous one. */
async function basisOf(context: Context, { baseVersionId, parentVersionId, versioningType }: VersionHeader) {
  const basis = baseVersionId ?? (versioningType === 'AUDIT_ONLY' ? parentVersionId : null);
  return basis === null ? null : visibleVersion(context, await context.loaders.version.load(basis));
}

/** The version that this one is compared with, and the context to read it in if it has an instant of its own. */
async function comparedFrom(
  context: Context,
  version: VersionHeader,
  { from, fromAt }: { readonly from?: number | null; readonly fromAt?: Date | null },
): Promise<Pick<Compared, 'from' | 'fromContext'> | null> {
  if (fromAt == null) {
    const found = await (from == null ? basisOf(context, version) : versionNumbered(context, version, from));
    return found && { from: found };
  }
  const fromContext = context.asOf(fromAt);
  await fromContext.closeStreams(version.streamId);
  const found = await (from == null
    ? visibleVersion(fromContext, await fromContext.loaders.version.load(version.versionId))
    : versionNumbered(fromContext, version, from));
  return found && { from: readIn(fromContext, found), fromContext };
}

addFields(PhaseVersion, {
  workflow: toWorkflow.optional('The workflow it belongs to.', 'streamId'),
  workflowPhase: resolved(
    'The phase of the workflow it belongs to.',
    () => WorkflowPhase,
    ({ streamId, phase }) => asWorkflowPhase(streamId, phase),
  ),
  editors: resolved(
    'Who wrote to it, as the capture recorded: none of them may decide on it. For a record, who changed it in any of its versions other than by reviewing.',
    () => [User],
    async (version, context) => {
      const { editors } = await factsOf(context, version);
      return context.loaders.user.loadMany([...editors]);
    },
  ),
  cycle: toCycle('The cycle of its workflow.', 'cycleId'),
  report: toReport('The report of its workflow.', 'reportId'),
  approvalStatus: resolved('The state of its approval.', () => ApprovalStatusEnum, approvalStatusOf),
  createdBy: toUser('Who started it.', 'createdBy'),
  submittedBy: toUser.optional('Who submitted it.', 'submittedBy'),
  reviewedBy: toUser.optional('Who approved or rejected it.', 'reviewedBy'),
  deletedBy: toUser.optional('Who deleted it.', 'deletedBy'),
  parent: resolved(
    'The version that the content came from.',
    optional(() => PhaseVersion),
    async ({ parentVersionId }, context) =>
      parentVersionId && visibleVersion(context, await context.loaders.version.load(parentVersionId)),
  ),
  base: toVersion.optional(
    'The record’s current version when this draft was started or last rebased; approval requires that it still is.',
    'baseVersionId',
  ),
  content: resolved(
    'The version’s own content fields, for clients that treat all phases alike.',
    () => JSONObjectScalar,
    ({ phase, versionId }, { loaders }) => loaders.content({ phase, versionId }),
  ),
  availableActions: resolved(
    'What the viewer may do now; empty in the past.',
    () => [VersionActionEnum],
    async (version, context) => (context.past ? [] : availableActions(await factsOf(context, version))),
  ),
  approvalRequirements: resolved(
    'Why this version can or cannot be approved, rule by rule.',
    () => [ApprovalRequirement],
    async (version, context) => approvalRequirements(await factsOf(context, version)),
  ),
  current: resolved(
    'The record’s approved (or, for audit-only phases, latest) version, now or at an instant; with asOf, it and everything below it as of then.',
    optional(() => PhaseVersion),
    asOfArgs,
    ({ masterRecordId, streamId }, context, { asOf }) =>
      at(context, asOf, [streamId], ({ loaders }) => loaders.currentOfRecord.load(masterRecordId)),
  ),
  asOf: resolved(
    'This version, its content and its items as of an instant, or as a commit of its workflow left them, with everything below as of then; null if it did not exist yet.',
    optional(() => PhaseVersion),
    whenArgs,
    async ({ versionId, streamId }, context, when) =>
      at(context, await instantOf(context, streamId, when), [streamId], async (then) =>
        visibleVersion(then, await then.loaders.version.load(versionId)),
      ),
  ),
  history: resolved(
    'All versions of the record, newest first.',
    () => PhaseVersionConnection,
    historyArgs,
    async ({ masterRecordId, streamId }, context, args) => {
      const filters = await historyFilters(context, streamId, args);
      return connect(context.loaders, choosable(historyList), masterRecordId, args, {
        filters,
        order: orderOf(args.orderBy),
        toNode: asVersion,
      });
    },
  ),
  diff: resolved(
    'What changed between two version numbers of this record. `from` defaults to the base (in audit-only phases, to the previous version), `to` to this version. Null if it was based on nothing, and with the error NOT_FOUND for a number the viewer may not see. With `fromAt`, the comparison starts from a version’s state at an instant (by default this version’s); null if it did not exist yet.',
    optional(() => VersionDiff),
    {
      from: optional.int('The number of the version to compare from.'),
      to: optional.int('The number of the version to compare to.'),
      fromAt: optional.instant('The instant at which the version to compare from is read.'),
    },
    async (version, context, args) => {
      const [from, to] = await Promise.all([
        comparedFrom(context, version, args),
        args.to == null ? version : versionNumbered(context, version, args.to),
      ]);
      return from && { ...from, to };
    },
  ),
  changes: resolved(
    'The commits that touched this version, newest first.',
    () => ChangeSetConnection,
    changeArgs,
    async ({ versionId, streamId }, context, args) => {
      await context.recordRead(streamId, 'PhaseVersion.changes');
      const filters = changeFilters(args, await seesDeleted(context, streamId));
      return connect(context.loaders, changesOfVersion, versionId, args, {
        filters,
        order: orderOf(args.orderBy),
        toNode: asChangeSet,
      });
    },
  ),
});
