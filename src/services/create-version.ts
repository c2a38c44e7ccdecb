import { factsForCreating } from '../database/facts';
import { versionsById } from '../database/versions';
import { contentNow, hashFirst, putItems } from '../database/version-writes';
import { phaseOf } from '../phases';
import { badInput } from '../versioning/errors';
import { fallbacks } from '../versioning/fields';
import { demandCreation, demandDrafted, demandRestricted } from '../versioning/policy';
import { canSeeDeleted } from '../versioning/seeing';
import { commit, newVersionId, type Caller, type Command, type Committed } from './commit';
import { visibleWorkflow } from './find-workflow';
import { contentChanges, demandConsistent, itemsToPut, type ContentInput, type ItemsInput } from './phase-input';
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
  const declared = phaseOf(input.phase);
  return commit(
    caller,
    'createVersion',
    input,
    async (tx, viewer) => {
      const found = await visibleWorkflow(tx, input, viewer);
      demandDrafted(declared);
      return { ...found, phase: declared };
    },
    async ({ tx, now, viewer, stamps }, { streamId, assignment, phase }) => {
      const facts = await factsForCreating(tx, streamId, { phase, viewer, assignment });
      demandCreation(facts);
      const content = input.content ? contentChanges(phase, input.content) : {};
      demandRestricted(facts, phase, fallbacks(phase.version.fields), content, input.reason);

      const masterRecordId = recordOfPhase(streamId, phase);
      const base = await currentVersion(tx, masterRecordId);
      let parent = base;
      if (input.parentVersionId) {
        parent = (await versionsById(tx, [input.parentVersionId]))[0] ?? null;
        const usable =
          parent?.masterRecordId === masterRecordId && (!parent.isDeleted || canSeeDeleted(viewer, assignment));
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
        content,
        createdBy: viewer.userId,
        createdAt: now,
      });
      if (phase.version.check) demandConsistent(phase, await contentNow(tx, phase, version.versionId));
      if (input.items) await putItems(tx, phase, version, await itemsToPut(tx, phase, version, input.items), stamps);
      await hashFirst(tx, phase, version.versionId);
      return version.versionId;
    },
  );
}
