/** The progress of a phase in a workflow. */
import type { VersionStatus } from './model';
import type { PhaseDeclaration } from './phase';

export const phaseProgresses = ['BLOCKED', 'READY', 'IN_PROGRESS', 'AWAITING_APPROVAL', 'COMPLETE'] as const;
export type PhaseProgress = (typeof phaseProgresses)[number];

/** A sign of progress: an undeleted version with a status, or a record that waits for somebody. */
type Sign = VersionStatus | 'WAITING_RECORD';

/** In order of precedence: a pending version, then a draft, then one in force. */
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

/** The signs of a phase's progress: the first one present decides; without any, it is blocked or ready. */
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
