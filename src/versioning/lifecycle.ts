/** From which status a version goes to which, by what is done with it. The database keeps to the same list (version_transition). */
import type { VersionStatus } from './model';

export const transitions = {
  SUBMIT: { from: 'DRAFT', to: 'PENDING_APPROVAL' },
  WITHDRAW: { from: 'PENDING_APPROVAL', to: 'DRAFT' },
  APPROVE: { from: 'PENDING_APPROVAL', to: 'APPROVED' },
  REJECT: { from: 'PENDING_APPROVAL', to: 'REJECTED' },
  /** Its successor comes into force. */
  SUPERSEDE: { from: 'APPROVED', to: 'SUPERSEDED' },
  SUPERSEDE_RECORDED: { from: 'RECORDED', to: 'SUPERSEDED' },
} as const satisfies Record<string, { readonly from: VersionStatus; readonly to: VersionStatus }>;
