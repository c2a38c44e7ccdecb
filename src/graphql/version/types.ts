/** The polymorphic version and its items: the interface that every phase's types implement. */
import type { ItemRow } from '../../database/connection/rows';
import type { VersionHeader } from '../../versioning/model';
import type { Requirement } from '../../versioning/rules';
import { connectionOf } from '../connection';
import { a, interfaceType, objectType, optional, pointerTo } from '../declare';
import {
  ItemReviewStatusEnum,
  PhaseEnum,
  RequirementStatusEnum,
  UserRoleEnum,
  VersioningTypeEnum,
  VersionStatusEnum,
} from '../enums';
import { Node, nodeType } from '../node';
import type { DecisionOfItem } from '../objects';

export const PhaseVersion = interfaceType<VersionHeader>(
  'PhaseVersion',
  'One version of one record of one phase: the shared version interface.',
  {
    versionId: a.uuid('The id of the version; mutations take it.'),
    masterRecordId: a.uuid('Links all versions of the same record.'),
    phase: a.of('The phase it belongs to.', () => PhaseEnum),
    versioningType: a.of('How the phase is versioned.', () => VersioningTypeEnum),
    versionNumber: a.int('Its number in the record: 1, 2, 3 … A number stays used when a version is deleted.'),
    status: a.of('Where it stands in its lifecycle.', () => VersionStatusEnum),
    approvalRequired: a.flag('Whether it needs an approval to come into force.'),
    approvalNotes: optional.text('What the approver said; for a rejection, the reason.'),
    createdAt: a.instant('When it was started.'),
    submittedAt: optional.instant('When it was submitted; null while it is a draft.'),
    reviewedAt: optional.instant('When it was approved or rejected.'),
    effectiveFrom: optional.instant('When this became the record’s current version.'),
    effectiveTo: optional.instant('When this ceased to be the record’s current version; null while it is.'),
    isDeleted: a.flag(
      'Whether it was deleted. Deleted versions are visible to auditors, administrators and the workflow’s testers.',
    ),
    deletedAt: optional.instant('When it was deleted.'),
    revision: a.int(
      'Increases by one with every change to the version’s content, items, item decisions or status, but not with sign-offs; mutations take it as expectedRevision. Audit-only versions never change: acting on any but the record’s latest is a CONFLICT.',
    ),
    contentHash: a.text(
      'SHA-256 in hex over the content fields and the items’ content by itemKey, without ids, statuses, decisions, sign-offs and derived fields. docs/content-hash.md explains how to recompute it.',
    ),
  },
  Node,
);
export const toVersion = pointerTo(() => PhaseVersion, 'version');

export const VersionItem = interfaceType<ItemRow>(
  'VersionItem',
  'One row inside a version: a decision, a rule, a sample, an observation, a report section.',
  {
    itemId: a.uuid('The id of this row, in this version.'),
    itemKey: a.uuid('The item’s identity within its record, across versions: kept when it is carried forward.'),
    label: a.text('What a person would call it: an attribute’s name, a sample’s identifier, a section’s title.'),
    reviewStatus: a.of('The state of its review, in terms that all phases share.', () => ItemReviewStatusEnum),
  },
  Node,
);

export const ItemDecision = nodeType<DecisionOfItem>(
  'ItemDecision',
  'A decision on one item of a version. A later decision on the item is another object; a decision can be fetched by its id as long as it is the one that stands.',
  {
    status: a.of('What was decided.', () => ItemReviewStatusEnum),
    decidedAt: a.instant('When.'),
    notes: optional.text('The notes of whoever decided.'),
    countsForApproval: a.flag(
      'Whether it counts for the approval of this version. It does not if its giver has edited or submitted the version since; then the item is PENDING again, and the phase’s own decision fields are empty.',
    ),
    notCountedBecause: optional.text('Why it does not count (any more), in a sentence; null if it does.'),
  },
);

export const ApprovalRequirement = objectType<Requirement>(
  'ApprovalRequirement',
  'One rule of an approval, and whether it is met.',
  {
    code: a.text(
      'A stable code: SUBMITTED, ITEMS_DECIDED, FOUR_EYES, ROLE, BASE_IS_CURRENT, SIGN_OFFS, PREREQUISITES.',
    ),
    status: a.of('Whether it is met.', () => RequirementStatusEnum),
    explanation: a.text('Why, in a sentence.'),
    satisfiableBy: a.of('Who could satisfy it.', () => [UserRoleEnum]),
  },
);

export const PhaseVersionConnection = connectionOf('PhaseVersion', () => PhaseVersion);
export const VersionItemConnection = connectionOf('VersionItem', () => VersionItem);
