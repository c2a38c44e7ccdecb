/** The transitions of a version's status, by action. The database enforces the same list (version_transition). */
import type { VersionStatus } from './model';

export const transitions = {
  SUBMIT: { from: 'DRAFT', to: 'PENDING_APPROVAL' },
  WITHDRAW: { from: 'PENDING_APPROVAL', to: 'DRAFT' },
  APPROVE: { from: 'PENDING_APPROVAL', to: 'APPROVED' },
  REJECT: { from: 'PENDING_APPROVAL', to: 'REJECTED' },
  /** When its successor comes into force. */
  SUPERSEDE: { from: 'APPROVED', to: 'SUPERSEDED' },
  SUPERSEDE_RECORDED: { from: 'RECORDED', to: 'SUPERSEDED' },
} as const satisfies Record<string, { readonly from: VersionStatus; readonly to: VersionStatus }>;
