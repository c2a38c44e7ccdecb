/** What the mutations of drafted versions take. */
import { Field, InputType, Int, ObjectType } from 'type-graphql';
import type { CreateVersion } from '../../services/create-version';
import type { DecideItems } from '../../services/decide-items';
import type { DelegateSignOff } from '../../services/delegate-sign-off';
import type { ContentInput, ItemsInput } from '../../services/phase-input';
import type { PutItems } from '../../services/put-items';
import type { RebaseVersion } from '../../services/rebase-version';
import type { RemoveItems } from '../../services/remove-items';
import type { SignOff } from '../../services/sign-off';
import type { CarryForward } from '../../services/start-draft';
import type { UpdateVersion } from '../../services/update-version';
import type { MergeSide, Resolution } from '../../versioning/merge';
import type { ItemReviewStatus, Json } from '../../versioning/model';
import type { SignOffStatus } from '../../versioning/sign-offs';
import { ChangeSet } from '../change-log/types';
import { CarryForwardEnum, enumOf, ItemReviewStatusEnum, PhaseEnum } from '../enums';
import { PhaseContentInput, PhaseItemsInput } from '../phase/inputs';
import { JSONScalar, UUIDScalar } from '../scalars';
import { StartInput, VersionCommandInput } from './command-inputs';
import { signatureNames, SignOffStatusEnum } from './sign-offs';
import { PhaseVersion } from './types';

@InputType({ description: 'What a new version starts with.' })
export class CreateVersionInput extends StartInput implements CreateVersion {
  @Field(() => PhaseEnum, { description: 'The phase.' }) phase!: string;
  @Field(() => UUIDScalar, {
    nullable: true,
    description:
      'FULL phases only; records of audit-only phases start with their own mutations. Defaults to the record’s current version, if there is one.',
  })
  parentVersionId?: string | null;
  @Field(() => CarryForwardEnum, {
    nullable: true,
    defaultValue: 'APPROVED_ITEMS',
    description: 'Which of the parent’s items to take over; NONE also leaves its content behind.',
  })
  carryForward?: CarryForward | null;
  @Field(() => PhaseContentInput, { nullable: true, description: 'Content fields; those left out are the parent’s.' })
  content?: ContentInput | null;
  @Field(() => PhaseItemsInput, {
    nullable: true,
    description: 'Items to add to those carried forward, or to replace by their itemKey.',
  })
  items?: ItemsInput | null;
}

@InputType({ description: 'Changes of a draft’s own content fields.' })
export class UpdateVersionInput extends VersionCommandInput implements UpdateVersion {
  @Field(() => PhaseContentInput, { description: 'Fields left out stay as they are; an explicit null clears.' })
  content!: ContentInput;
}

@InputType({ description: 'Items to add to a draft or to replace in it.' })
export class PutItemsInput extends VersionCommandInput implements PutItems {
  @Field(() => PhaseItemsInput, { description: 'The items, as the phase has them.' }) items!: ItemsInput;
}

@InputType({ description: 'Items to remove from a draft.' })
export class RemoveItemsInput extends VersionCommandInput implements RemoveItems {
  @Field(() => [UUIDScalar], { description: 'The items’ keys.' }) itemKeys!: string[];
}

@InputType({ description: 'A step in a version’s lifecycle.' })
export class VersionTransitionInput extends VersionCommandInput {}

export const MergeSideEnum = enumOf('MergeSide', ['OURS', 'THEIRS'], 'OURS: the draft; THEIRS: the version in force.');

@InputType({ description: 'Which side a conflict takes.' })
export class ConflictResolutionInput implements Resolution {
  @Field(() => UUIDScalar, { nullable: true, description: 'The item; left out for a field of the version itself.' })
  itemKey?: string | null;
  @Field({ description: 'The conflict’s path.' }) path!: string;
  @Field(() => MergeSideEnum, { description: 'The side to take.' }) take!: MergeSide;
}

@InputType({ description: 'A draft to merge onto the version in force.' })
export class RebaseVersionInput extends VersionCommandInput implements RebaseVersion {
  @Field(() => [ConflictResolutionInput], {
    nullable: true,
    description: 'What to take where both sides changed the same; one for each conflict.',
  })
  resolutions?: ConflictResolutionInput[] | null;
  @Field(() => Boolean, { nullable: true, defaultValue: false, description: 'Only says which conflicts there are.' })
  dryRun?: boolean | null;
}

@ObjectType({ description: 'A field, or a whole item, that both sides changed differently.' })
export class MergeConflict {
  @Field(() => UUIDScalar, { nullable: true, description: 'The item; null for a field of the version itself.' })
  itemKey!: string | null;
  @Field(() => String, { nullable: true, description: 'What a person would call the item.' }) label!: string | null;
  @Field({
    description: 'RFC 6901 JSON Pointer to the field; empty where one side removed the item that the other changed.',
  })
  path!: string;
  @Field(() => JSONScalar, { nullable: true, description: 'What both started from.' }) base!: Json;
  @Field(() => JSONScalar, { nullable: true, description: 'The draft’s.' }) ours!: Json;
  @Field(() => JSONScalar, { nullable: true, description: 'The version in force’s.' }) theirs!: Json;
}

@ObjectType({ description: 'What a rebase did.' })
export class RebasePayload {
  @Field(() => PhaseVersion, { nullable: true, description: 'The rebased draft; null while conflicts are left.' })
  version!: PhaseVersion | null;
  @Field(() => [MergeConflict], {
    description: 'What somebody has to decide; while there is any, nothing was written.',
  })
  conflicts!: readonly MergeConflict[];
  @Field(() => ChangeSet, { nullable: true, description: 'The commit; null where nothing was written.' })
  changeSet!: ChangeSet | null;
}

@InputType({ description: 'A decision on one item.' })
export class ItemDecisionInput {
  @Field(() => UUIDScalar, { description: 'The item.' }) itemKey!: string;
  @Field(() => ItemReviewStatusEnum, { description: 'The decision; PENDING takes an earlier one back.' })
  status!: ItemReviewStatus;
  @Field(() => String, { nullable: true, description: 'What there is to say about it.' }) notes?: string | null;
}

@InputType({ description: 'Decisions on items of a submitted version.' })
export class DecideItemsInput extends VersionCommandInput implements DecideItems {
  @Field(() => [ItemDecisionInput], { description: 'One decision an item.' }) decisions!: ItemDecisionInput[];
}

const roleField = `Whose signature: ${signatureNames}.`;

@InputType({ description: 'A signature on a submitted version.' })
export class SignOffInput extends VersionCommandInput implements SignOff {
  @Field({ description: roleField }) role!: string;
  @Field(() => SignOffStatusEnum, { description: 'SIGNED, or REJECTED: an express refusal, which takes `comments`.' })
  status!: SignOffStatus;
  @Field({ description: 'What the signature stands for, e.g. review, approval, responsibility.' }) meaning!: string;
  @Field(() => String, { nullable: true, description: 'What there is to say about it.' }) comments?: string | null;
}

@InputType({ description: 'A signature that somebody else is to give.' })
export class DelegateSignOffInput extends VersionCommandInput implements DelegateSignOff {
  @Field({ description: roleField }) role!: string;
  @Field(() => Int, { description: 'Who is to sign (userId); oneself takes a delegation back.' }) toUserId!: number;
  @Field(() => String, { description: 'Why; shown with the signature, and kept with the commit.' })
  declare reason: string;
}
