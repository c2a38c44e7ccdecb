import { changesOfStream, ofVisibleVersions, rowChangeChoice, rowChangeList } from '../../database/log/change-log';
import { REFERENCE_STREAM } from '../../database/register/people';
import type { ChangeSetRow } from '../../database/connection/rows';
import { canSeeReferenceLog } from '../../versioning/seeing';
import { connect, connectionArgs } from '../connection';
import type { Context } from '../context';
import { resolved, addFields, optional, queries } from '../declare';
import { RowOperationEnum } from '../enums';
import { CHANGES } from '../lasting';
import { choiceArgs, chosen, orderOf } from '../list';
import { asChangeSet, asRowChange } from '../objects';
import { toUser } from '../people/types';
import { PhaseVersion } from '../version/types';
import { requireThat, seesDeleted, visibleVersions } from '../visibility';
import { Workflow } from '../workflow/types';
import { changeArgs, changeFilters } from './change-args';
import { ChangesAround, ChangeSet, ChangeSetConnection, RowChangeConnection, type Moment } from './types';

const versionsOf = async ({ versionIds }: ChangeSetRow, context: Context) =>
  visibleVersions(context, await context.loaders.version.loadMany([...versionIds]));

const rowChangeArgs = choiceArgs('RowChange', 'rows', rowChangeChoice, {
  tables: optional.texts('Of one of these tables.'),
  operations: optional.of<string[]>('With one of these operations.', () => [RowOperationEnum]),
  versionIds: optional.uuids('Which belong to one of these versions.'),
});

addFields(ChangeSet, {
  actor: toUser.optional(
    'Who did it. Null for a write outside the API; `origin` then names the database role, and `operator` the operating-system user if it was a command of this product.',
    'actorId',
  ),
  workflow: resolved(
    'Null in the chain of the reference data (users, roles, LOBs, cycles, reports, people’s assignments to workflows).',
    optional(() => Workflow),
    ({ streamId }, { loaders }) => (streamId === REFERENCE_STREAM ? null : loaders.workflow.load(streamId)),
  ),
  reason: {
    ...resolved(
      'The reason, in the actor’s words; hidden if the viewer may see none of the versions that the commit touched.',
      optional(() => String),
      async (changeSet: ChangeSetRow, context) => {
        const { reason, streamId, versionIds } = changeSet;
        if (reason === null || versionIds.length === 0 || (await seesDeleted(context, streamId))) return reason;
        return (await versionsOf(changeSet, context)).length > 0 ? reason : null;
      },
    ),
    extensions: CHANGES,
  },
  versions: resolved('The versions it touched.', () => [PhaseVersion], versionsOf),
  rowChanges: resolved(
    'The rows it changed, in the order they were changed.',
    () => RowChangeConnection,
    { ...connectionArgs, ...rowChangeArgs },
    async ({ changeSetId, streamId }, context, args) => {
      await context.recordRead(streamId, 'ChangeSet.rowChanges');
      const showsDeleted = await seesDeleted(context, streamId);
      const list = rowChangeList(showsDeleted);
      const { filters, order } = chosen(list, args);
      return connect(context.loaders, list, changeSetId, args, {
        filters: [...(showsDeleted ? [] : [ofVisibleVersions]), ...filters],
        order,
        toNode: asRowChange,
      });
    },
  ),
});

const commitAt =
  (offset: number) =>
  ({ streamId, sequence }: Moment, { loaders }: Context) =>
    loaders.changeSetBySequence.load({ streamId, sequence: sequence + offset });

addFields(ChangesAround, {
  before: resolved(
    'The commit before that; null if there is none.',
    optional(() => ChangeSet),
    commitAt(-1),
  ),
  at: resolved(
    'The last commit at or before the instant, which left the state of that instant. Null if there was none yet.',
    optional(() => ChangeSet),
    commitAt(0),
  ),
  after: resolved(
    'The first commit after the instant; null if there is none.',
    optional(() => ChangeSet),
    commitAt(1),
  ),
});

queries({
  referenceChanges: resolved(
    'The commits of the reference data, newest first. For administrators and auditors; FORBIDDEN to others.',
    () => ChangeSetConnection,
    changeArgs,
    async (_, context, args) => {
      requireThat(
        canSeeReferenceLog(context.viewer),
        'The log of the reference data names everybody’s roles and assignments. Ask an Administrator or an Auditor.',
      );
      await context.recordRead(REFERENCE_STREAM, 'Query.referenceChanges');
      const filters = changeFilters(args, true);
      return connect(context.loaders, changesOfStream, REFERENCE_STREAM, args, {
        filters,
        order: orderOf(args.orderBy),
        toNode: asChangeSet,
      });
    },
  ),
});
