import { fullPhaseOf } from '../phases';
import type { VersionHeader } from '../versioning/model';
import { changeVersion, type VersionCommand } from './change-version';
import { newVersionId } from './commit';
import { carriedFrom, currentVersion, originIn, startDraft, type DraftStart, type Origin } from './start-draft';

/** Starts a new draft on today's version in force, with the content and all items of another one. */
const draftFrom = (operation: string, action: 'REVISE' | 'RESTORE', carry: DraftStart['carry']) =>
  changeVersion<VersionCommand, [VersionHeader | null, Origin]>(operation, action, {
    look: async (tx, { phase, masterRecordId, versionId }) =>
      Promise.all([currentVersion(tx, masterRecordId), originIn(tx, fullPhaseOf(phase), versionId)]),
    work: ({ caller, tx, stamps, version, phase }, [base, origin]) =>
      startDraft(tx, {
        ...version,
        phase,
        carry,
        base,
        stamps,
        parent: version,
        origin: carriedFrom(phase, version, carry, origin),
        content: {},
        items: [],
        versionId: newVersionId(caller, phase.key),
      }),
  });

/** From a rejected version: its approvals are carried, and what was rejected comes back undecided. */
export const reviseVersion = draftFrom('reviseVersion', 'REVISE', 'ALL_ITEMS');

/** From an older version, undecided: what was decided then was decided then. */
export const restoreVersion = draftFrom('restoreVersion', 'RESTORE', 'ALL_UNDECIDED');
