/** How far a phase has come in a workflow. */
import type { VersionStatus } from './model';
import type { PhaseDeclaration } from './phase';

export type PhaseProgress = 'BLOCKED' | 'READY' | 'IN_PROGRESS' | 'AWAITING_APPROVAL' | 'COMPLETE';

/** What is looked for in a phase: an undeleted version with a status, or a record that waits for somebody. */
type Sign = VersionStatus | 'WAITING_RECORD';

/** What waits for somebody comes first: a pending version, then a draft, then what is in force. */
const signs: Readonly<Record<PhaseDeclaration['versioning'], readonly (readonly [Sign, PhaseProgress])[]>> = {
  FULL: [
    ['PENDING_APPROVAL', 'AWAITING_APPROVAL'],
    ['DRAFT', 'IN_PROGRESS'],
    ['APPROVED', 'COMPLETE'],
  ],
  AUDIT_ONLY: [
    ['WAITING_RECORD', 'AWAITING_APPROVAL'],
    ['RECORDED', 'COMPLETE'],
  ],
};

/** By what it is told how far a phase has come: the first sign that is there says it, and if none is, what hinders a start. */
export const progressSigns = ({ versioning }: PhaseDeclaration): readonly (readonly [Sign, PhaseProgress])[] =>
  signs[versioning];
export const unbegun = (isBlocked: boolean): PhaseProgress => (isBlocked ? 'BLOCKED' : 'READY');

export function progressOf(
  phase: PhaseDeclaration,
  statuses: readonly VersionStatus[],
  isBlocked: boolean,
  /** Whether a record of an audit-only phase waits for somebody. */
  isWaiting = false,
): PhaseProgress {
  const isThere = (sign: Sign): boolean => (sign === 'WAITING_RECORD' ? isWaiting : statuses.includes(sign));
  return progressSigns(phase).find(([sign]) => isThere(sign))?.[1] ?? unbegun(isBlocked);
}
