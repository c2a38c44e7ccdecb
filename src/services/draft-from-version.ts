import { fullPhaseOf } from '../phases';
import type { VersionHeader } from '../versioning/model';
import { changeVersion, type VersionCommand } from './change-version';
import { newVersionId } from './commit';
import { carriedFrom, currentVersion, originIn, startDraft, type DraftStart, type Origin } from './start-draft';

/** Starts a new draft based on the current version, with the content and all items of another one. */
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

/** From a rejected version: approvals are carried forward, and rejected items come back undecided. */
export const reviseVersion = draftFrom('reviseVersion', 'REVISE', 'ALL_ITEMS');

/** From an older version, with all items undecided: decisions of that time do not count again. */
export const restoreVersion = draftFrom('restoreVersion', 'RESTORE', 'ALL_UNDECIDED');
