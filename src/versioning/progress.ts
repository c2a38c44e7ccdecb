/** How far a phase has come in a workflow. */
import type { VersionStatus } from './model';
import type { PhaseDeclaration } from './phase';

export type PhaseProgress = 'BLOCKED' | 'READY' | 'IN_PROGRESS' | 'AWAITING_APPROVAL' | 'COMPLETE';

/** What waits for somebody comes first: a pending version, then a draft, then what is in force, then what hinders a start. */
export function progressOf(
  phase: PhaseDeclaration,
  statuses: readonly VersionStatus[],
  isBlocked: boolean,
  /** Whether a record of an audit-only phase waits for somebody. */
  isWaiting = false,
): PhaseProgress {
  if (phase.versioning === 'FULL') {
    if (statuses.includes('PENDING_APPROVAL')) return 'AWAITING_APPROVAL';
    if (statuses.includes('DRAFT')) return 'IN_PROGRESS';
    if (statuses.includes('APPROVED')) return 'COMPLETE';
  } else if (statuses.includes('RECORDED')) return isWaiting ? 'AWAITING_APPROVAL' : 'COMPLETE';
  return isBlocked ? 'BLOCKED' : 'READY';
}
