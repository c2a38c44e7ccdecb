import type { Db } from '../database/connection/database';
import { readMissingPrerequisites } from '../database/versions/facts';
import { versionsById } from '../database/versions/versions';
import { phaseOf } from '../phases';
import { badInput } from '../versioning/errors';
import { fallbacks } from '../versioning/fields';
import type { FullPhase } from '../versioning/phase';
import { requireCreatable, requireDrafted, requireOnlyRestricted } from '../versioning/policy';
import { canSeeDeleted } from '../versioning/seeing';
import { inFlight } from '../in-flight';
import { commit, newVersionId, type Caller, type Command, type Committed } from './commit';
import { visibleWorkflow, workflowNamed } from './find-workflow';
import {
  contentChanges,
  requireConsistent,
  requireKeys,
  itemsSent,
  labelled,
  type ContentInput,
  type ItemsInput,
} from './phase-input';
import {
  carriedFrom,
  currentVersion,
  firstContent,
  originIn,
  recordOfPhase,
  startDraft,
  type CarryForward,
} from './start-draft';

export interface CreateVersion extends Command {
  readonly cycleId: string;
  readonly reportId: string;
  readonly phase: string;
  readonly parentVersionId?: string | null;
  readonly carryForward?: CarryForward | null;
  readonly content?: ContentInput | null;
  readonly items?: ItemsInput | null;
}

/** Starts a draft with content and items in one commit, on top of what it carries forward from its parent. */
export function createVersion(caller: Caller, input: CreateVersion): Promise<Committed> {
  const declared = phaseOf(input.phase);
  return commit(caller, 'createVersion', input, {
    about: workflowNamed(input),
    find: async (db, asking) => {
      const found = await visibleWorkflow(db, input, caller, asking);
      requireDrafted(declared);
      return { ...found, phase: declared };
    },
    readFacts: async (tx, { streamId }) => {
      const phase = declared;
      requireDrafted(phase);
      const masterRecordId = recordOfPhase(streamId, phase);
      const items = inFlight(itemsOf(tx, phase, streamId, input.items ?? null));
      const [missingPrerequisites, base, named] = await Promise.all([
        readMissingPrerequisites(tx, streamId, phase),
        currentVersion(tx, masterRecordId),
        input.parentVersionId ? versionsById(tx, [input.parentVersionId]) : [],
      ]);
      return { masterRecordId, missingPrerequisites, base, named: named[0] ?? null, items };
    },
    work: async ({ tx, viewer, stamps }, { streamId, assignment, phase }, looking) => {
      const { masterRecordId, missingPrerequisites, base, named, items } = await looking;
      const facts = { phase, viewer, assignment, missingPrerequisites };
      requireCreatable(facts);
      const content = input.content ? contentChanges(phase, input.content) : {};
      requireOnlyRestricted(facts, phase, fallbacks(phase.version.fields), content, input.reason);

      if (input.parentVersionId) {
        const usable =
          named?.masterRecordId === masterRecordId && (!named.isDeleted || canSeeDeleted(viewer, assignment));
        if (!usable)
          throw badInput(
            `parentVersionId ${input.parentVersionId} is not a version of ${phase.title} in this workflow.`,
          );
      }
      const parent = input.parentVersionId ? named : base;
      const carry = input.carryForward ?? 'APPROVED_ITEMS';
      const origin =
        parent && carry !== 'NONE'
          ? carriedFrom(phase, parent, carry, await originIn(tx, phase, parent.versionId))
          : null;
      if (phase.version.check) requireConsistent(phase, firstContent({ phase, origin, content }));
      const { sent, put } = await items;
      requireKeys(phase, sent, new Set(origin?.items.map(({ itemKey }) => itemKey)));
      const { cycleId, reportId } = input;
      const versionId = newVersionId(caller, phase.key);
      return startDraft(tx, {
        versionId,
        streamId,
        cycleId,
        reportId,
        phase,
        base,
        parent,
        carry,
        origin,
        content,
        items: put,
        stamps,
      });
    },
  });
}

/** The items that were sent, ready to be written. */
async function itemsOf(db: Db, phase: FullPhase, streamId: string, input: ItemsInput | null) {
  const sent = input ? itemsSent(phase, recordOfPhase(streamId, phase), input) : [];
  return { sent, put: sent.length > 0 ? await labelled(db, phase, streamId, sent) : [] };
}
