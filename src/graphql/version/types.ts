/** The polymorphic version and its items: the shared interface that every phase's types implement. */
import { Field, Int, InterfaceType, ObjectType } from 'type-graphql';
import type { ItemReviewStatus, UserRole, VersioningType, VersionStatus } from '../../versioning/model';
import { connectionOf } from '../connection';
import {
  ItemReviewStatusEnum,
  PhaseEnum,
  RequirementStatusEnum,
  UserRoleEnum,
  VersioningTypeEnum,
  VersionStatusEnum,
} from '../enums';
import { Node } from '../node';
import { User } from '../people/types';
import { DateTimeScalar, UUIDScalar } from '../scalars';

@InterfaceType('PhaseVersion', {
  implements: Node,
  description: 'One version of one record of one phase: the shared version interface.',
})
export abstract class PhaseVersion extends Node {
  @Field(() => UUIDScalar, { description: 'The id of the version; mutations take it.' }) versionId!: string;
  @Field(() => UUIDScalar, { description: 'Links all versions of the same record.' }) masterRecordId!: string;
  @Field(() => PhaseEnum, { description: 'The phase it belongs to.' }) phase!: string;
  @Field(() => VersioningTypeEnum, { description: 'How the phase is versioned.' }) versioningType!: VersioningType;
  @Field(() => Int, {
    description: 'Its number in the record: 1, 2, 3 … A number stays used when a version is deleted.',
  })
  versionNumber!: number;
  @Field(() => VersionStatusEnum, { description: 'Where it stands in its lifecycle.' }) status!: VersionStatus;
  @Field({ description: 'Whether it needs an approval to come into force.' }) approvalRequired!: boolean;
  @Field(() => String, { nullable: true, description: 'What the approver said; for a rejection, the reason.' })
  approvalNotes!: string | null;
  @Field(() => DateTimeScalar, { description: 'When it was started.' }) createdAt!: Date;
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was submitted; null while it is a draft.' })
  submittedAt!: Date | null;
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was approved or rejected.' })
  reviewedAt!: Date | null;
  @Field(() => DateTimeScalar, { nullable: true, description: 'From when this was the record’s current version.' })
  effectiveFrom!: Date | null;
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'Until when this was the record’s current version; null while it still is.',
  })
  effectiveTo!: Date | null;
  @Field({
    description:
      'Whether it was deleted. Deleted versions are visible to auditors, administrators and the workflow’s testers.',
  })
  isDeleted!: boolean;
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was deleted.' }) deletedAt!: Date | null;
  @Field(() => Int, {
    description:
      'Grows by one with every change to the version’s content, items, item decisions or status, not with sign-offs; mutations take it as expectedRevision. Audit-only versions never change: there, acting on any but the record’s latest is CONFLICT.',
  })
  revision!: number;
  @Field({
    description:
      'SHA-256, hex, over the content fields and the items’ content by itemKey: no ids, statuses, decisions, sign-offs or derived fields. docs/content-hash.md says how to recompute it.',
  })
  contentHash!: string;
}

@InterfaceType('VersionItem', {
  implements: Node,
  description: 'One row inside a version: a decision, a rule, a sample, an observation, a report section.',
})
export abstract class VersionItem extends Node {
  @Field(() => UUIDScalar, { description: 'The id of this row, in this version.' }) itemId!: string;
  @Field(() => UUIDScalar, {
    description: 'The item’s identity within its record, across versions: kept when it is carried forward.',
  })
  itemKey!: string;
  @Field({ description: 'What a person would call it: an attribute’s name, a sample’s identifier, a section’s title.' })
  label!: string;
  @Field(() => ItemReviewStatusEnum, { description: 'How its review stands, in the words all phases share.' })
  reviewStatus!: ItemReviewStatus;
}

@ObjectType({
  implements: Node,
  description:
    'A decision on one item of a version. Another decision on the item is another object; asked for by its id, it is there as long as it stands.',
})
export class ItemDecision extends Node {
  @Field(() => ItemReviewStatusEnum, { description: 'What was decided.' }) status!: ItemReviewStatus;
  @Field(() => User, { description: 'Who decided.' }) decidedBy!: User;
  @Field(() => DateTimeScalar, { description: 'When.' }) decidedAt!: Date;
  @Field(() => String, { nullable: true, description: 'What the decider said.' }) notes!: string | null;
  @Field({
    description:
      'Whether it counts for the approval of this version: not if its giver has edited or submitted the version since. Then the item is PENDING again, and the phase’s own fields of the decision are empty.',
  })
  countsForApproval!: boolean;
  @Field(() => String, {
    nullable: true,
    description: 'Why it does not count (any more), in a sentence; null if it does.',
  })
  notCountedBecause!: string | null;
  @Field(() => PhaseVersion, {
    description: 'The version in which it was decided: this one, or the one the item was carried from.',
  })
  decidedInVersion!: PhaseVersion;
}

@ObjectType({ description: 'One rule of an approval, and how it stands.' })
export class ApprovalRequirement {
  @Field({
    description: 'A stable code: SUBMITTED, ITEMS_DECIDED, FOUR_EYES, ROLE, BASE_IS_CURRENT, SIGN_OFFS, PREREQUISITES.',
  })
  code!: string;
  @Field(() => RequirementStatusEnum, { description: 'Whether it is met.' }) status!: string;
  @Field({ description: 'Why, in a sentence.' }) explanation!: string;
  @Field(() => [UserRoleEnum], { description: 'Who could satisfy it.' }) satisfiableBy!: UserRole[];
}

// The connections' node types are interfaces, which TypeScript sees as abstract classes.
export const PhaseVersionConnection = connectionOf<PhaseVersion>('PhaseVersion', () => PhaseVersion as never);
export const VersionItemConnection = connectionOf<VersionItem>('VersionItem', () => VersionItem as never);
