/** API enumerations made from the core's lists. */
import { registerEnumType } from 'type-graphql';
import { phases, versionActions } from '../phases';
import { approvalStatuses } from '../versioning/approval-status';
import { changeKinds } from '../versioning/diff';
import { itemReviewStatuses, rowOperations, userRoles, versioningTypes, versionStatuses } from '../versioning/model';
import { phaseProgresses } from '../versioning/progress';
import { requirementStatuses } from '../versioning/rules';
import { carryForwards as carryForwardValues } from '../services/start-draft';

/** Registers a list of names as a GraphQL enum whose values equal their names. */
export function enumOf(name: string, values: readonly string[], description: string): Record<string, string> {
  const enumeration = Object.fromEntries(values.map((value) => [value, value]));
  registerEnumType(enumeration, { name, description });
  return enumeration;
}

export const PhaseEnum = enumOf(
  'Phase',
  phases.map((phase) => phase.key),
  'The phases of a workflow, in their order.',
);
export const VersioningTypeEnum = enumOf(
  'VersioningType',
  versioningTypes,
  'FULL: drafts are prepared, submitted and decided. AUDIT_ONLY: every change is recorded as the next version, in force at once.',
);
export const VersionStatusEnum = enumOf(
  'VersionStatus',
  versionStatuses,
  'FULL phases: DRAFT → PENDING_APPROVAL → APPROVED | REJECTED; PENDING_APPROVAL → DRAFT when withdrawn; APPROVED → SUPERSEDED when a newer version is approved. A rejected version stays as it was rejected: revising it starts a new draft from it. AUDIT_ONLY phases: RECORDED → SUPERSEDED.',
);
export const ApprovalStatusEnum = enumOf('ApprovalStatus', approvalStatuses, 'The state of a version’s approval.');
export const ItemReviewStatusEnum = enumOf(
  'ItemReviewStatus',
  itemReviewStatuses,
  'The normalised review state of one item, whatever its phase calls it.',
);
export const UserRoleEnum = enumOf(
  'UserRole',
  userRoles,
  'What a person may be asked to do. Acting needs the role and an assignment to the workflow.',
);
export const VersionActionEnum = enumOf(
  'VersionAction',
  versionActions,
  'What the viewer may do with a version now; the same rules guard the mutations.',
);
export const RequirementStatusEnum = enumOf(
  'RequirementStatus',
  requirementStatuses,
  'The status of an approval requirement.',
);
export const ChangeKindEnum = enumOf(
  'ChangeKind',
  changeKinds,
  'The kind of change of a field or an item between two versions.',
);
export const RowOperationEnum = enumOf('RowOperation', rowOperations, 'What was done to a row.');
export const PhaseProgressEnum = enumOf('PhaseProgress', phaseProgresses, 'The progress of a phase in a workflow.');
export const CarryForwardEnum = enumOf(
  'CarryForward',
  carryForwardValues,
  'Which items a new draft takes over from its parent. APPROVED_ITEMS: those whose approval counts, with the approval; none from an undecided parent. In Planning, whose items are not reviewed one by one: all items of an approved version, and none of any other.',
);
