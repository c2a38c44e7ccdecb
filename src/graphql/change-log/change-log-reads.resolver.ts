import { Int } from 'type-graphql';
import { readsOfStream } from '../../database/log/change-log-reads';
import { REFERENCE_STREAM } from '../../database/register/people';
import { visibleWorkflow } from '../../services/find-workflow';
import { badInput } from '../../versioning/errors';
import { canSeeLogReads } from '../../versioning/seeing';
import { connect, connectionArgs } from '../connection';
import type { Context } from '../context';
import { resolved, addFields, optional, queries } from '../declare';
import { choiceArgs, chosen } from '../list';
import { asLogRead } from '../objects';
import { toUser } from '../people/types';
import { requireThat } from '../visibility';
import { Workflow } from '../workflow/types';
import { ChangeLogRead, ChangeLogReadConnection } from './types';

type WorkflowName = Partial<Record<'cycleId' | 'reportId', string | null>>;

/** The stream of a workflow; without one, the reference stream. */
async function streamOf(context: Context, { cycleId, reportId }: WorkflowName): Promise<string> {
  if (cycleId == null && reportId == null) return REFERENCE_STREAM;
  if (cycleId == null || reportId == null)
    throw badInput('Give both cycleId and reportId for a workflow, or neither for the reference data.');
  return (await visibleWorkflow(context.db, { cycleId, reportId }, context)).streamId;
}

queries({
  changeLogReads: resolved(
    'Who read the change log of a workflow, or, without one, that of the reference data; newest first. For administrators and auditors; FORBIDDEN to others. It is always about the present, also under @asOf; reading it is not recorded.',
    () => ChangeLogReadConnection,
    {
      ...connectionArgs,
      cycleId: optional.uuid('The cycle; together with `reportId`, or neither.'),
      reportId: optional.uuid('The report; together with `cycleId`, or neither.'),
      ...choiceArgs('ChangeLogRead', 'reads', readsOfStream, {
        readerIds: optional.of<number[]>('Of one of these people (userId).', () => [Int]),
        origins: optional.texts('Which came in one of these ways, e.g. api, command.'),
        since: optional.instant('At or after this instant.'),
        until: optional.instant('Before this instant.'),
      }),
    },
    async (_, context, args) => {
      requireThat(
        canSeeLogReads(context.viewer),
        'Who read the change log is for Administrators and Auditors. Ask one of them.',
      );
      const streamId = await streamOf(context, args);
      await context.closeStreams(streamId);
      return connect(context.loaders, readsOfStream, streamId, args, {
        ...chosen(readsOfStream, args),
        toNode: asLogRead,
      });
    },
  ),
});

addFields(ChangeLogRead, {
  reader: toUser.optional('Who read it. Null for a read outside the API; `origin` then says where.', 'readerId'),
  workflow: resolved(
    'The workflow whose log was read; null for the reference data.',
    optional(() => Workflow),
    ({ streamId }, { loaders }) => (streamId === REFERENCE_STREAM ? null : loaders.workflow.load(streamId)),
  ),
});
