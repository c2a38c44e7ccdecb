import { missingPrerequisites } from '../database/facts';
import { workflowOf } from '../database/people';
import { phaseStates, versionsById } from '../database/versions';
import { hashFirst, putItems } from '../database/version-writes';
import { phaseOf } from '../phases';
import { badInput, notFound } from '../versioning/errors';
import { canSeeDeleted, canSeeWorkflow, demandCreation } from '../versioning/policy';
import { commit, newVersionId, type Caller, type Command, type Committed } from './commit';
import { contentChanges, itemsToPut, type ContentInput, type ItemsInput } from './phase-input';
import { currentVersion, recordOfPhase, startDraft, type CarryForward } from './start-draft';

export interface CreateVersion extends Command {
  readonly cycleId: string;
  readonly reportId: string;
  readonly phase: string;
  readonly parentVersionId?: string | null;
  readonly carryForward?: CarryForward | null;
  readonly content?: ContentInput | null;
  readonly items?: ItemsInput | null;
}

/** Starts a draft, with content and items in one commit, on what it carries forward from its parent. */
export function createVersion(caller: Caller, input: CreateVersion): Promise<Committed> {
  const { viewer } = caller;
  const phase = phaseOf(input.phase);
  return commit(
    caller,
    'createVersion',
    input,
    async (tx) => {
      const found = await workflowOf(tx, input.cycleId, input.reportId, viewer.userId);
      if (!found || !canSeeWorkflow(viewer, found.standing))
        throw notFound(`The workflow of report ${input.reportId} in cycle ${input.cycleId}`);
      return { streamId: found.workflow.workflowId, standing: found.standing };
    },
    async ({ tx, now }, { streamId, standing }) => {
      const states = await phaseStates(tx, [streamId]);
      demandCreation({ phase, viewer, standing, missingPrerequisites: missingPrerequisites(phase, states) });

      const masterRecordId = recordOfPhase(streamId, phase);
      const base = await currentVersion(tx, masterRecordId);
      let parent = base;
      if (input.parentVersionId) {
        parent = (await versionsById(tx, [input.parentVersionId]))[0] ?? null;
        const usable =
          parent?.masterRecordId === masterRecordId && (!parent.isDeleted || canSeeDeleted(viewer, standing));
        if (!parent || !usable)
          throw badInput(
            `parentVersionId ${input.parentVersionId} is not a version of ${phase.title} in this workflow.`,
          );
      }
      const version = await startDraft(tx, {
        cycleId: input.cycleId,
        reportId: input.reportId,
        versionId: newVersionId(caller, phase.key),
        streamId,
        phase,
        base,
        parent,
        carry: input.carryForward ?? 'APPROVED_ITEMS',
        content: input.content ? contentChanges(phase, input.content) : {},
        createdBy: viewer.userId,
        createdAt: now,
      });
      if (input.items)
        await putItems(tx, phase, version, await itemsToPut(tx, phase, version, input.items), {
          actor: viewer.userId,
          instant: now,
        });
      await hashFirst(tx, phase, version.versionId);
      return version.versionId;
    },
  );
}
