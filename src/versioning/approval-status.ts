/** The approval status of a version, independent of what became of the version afterwards. */
import type { VersionHeader } from './model';

export const approvalStatuses = ['NOT_REQUIRED', 'PENDING', 'APPROVED', 'REJECTED'] as const;
export type ApprovalStatus = (typeof approvalStatuses)[number];

export function approvalStatusOf({
  approvalRequired,
  status,
}: Pick<VersionHeader, 'approvalRequired' | 'status'>): ApprovalStatus {
  if (!approvalRequired) return 'NOT_REQUIRED';
  if (status === 'SUPERSEDED') return 'APPROVED';
  return status === 'APPROVED' || status === 'REJECTED' ? status : 'PENDING';
}
