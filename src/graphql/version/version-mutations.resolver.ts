import { Arg, Ctx, Field, InputType, Int, Mutation, ObjectType, Resolver } from 'type-graphql';
import { approveVersion } from '../../services/approve-version';
import { createVersion, type CreateVersion } from '../../services/create-version';
import { decideItems, type DecideItems } from '../../services/decide-items';
import { delegateSignOff, type DelegateSignOff } from '../../services/delegate-sign-off';
import { deleteVersion, undeleteVersion } from '../../services/delete-version';
import { restoreVersion, reviseVersion } from '../../services/draft-from-version';
import type { ContentInput, ItemsInput } from '../../services/phase-input';
import { putItems, type PutItems } from '../../services/put-items';
import { rebaseVersion, type RebaseVersion } from '../../services/rebase-version';
import { rejectVersion } from '../../services/reject-version';
import { removeItems, type RemoveItems } from '../../services/remove-items';
import type { CarryForward } from '../../services/start-draft';
import { signOff, type SignOff } from '../../services/sign-off';
import { submitVersion } from '../../services/submit-version';
import { updateVersion, type UpdateVersion } from '../../services/update-version';
import { withdrawVersion } from '../../services/withdraw-version';
import type { MergeSide, Resolution } from '../../versioning/merge';
import type { ItemReviewStatus, Json } from '../../versioning/model';
import type { SignOffStatus } from '../../versioning/sign-offs';
import { ChangeSet } from '../change-log/types';
import { Context } from '../context';
import { CarryForwardEnum, enumOf, ItemReviewStatusEnum, PhaseEnum } from '../enums';
import { PhaseContentInput, PhaseItemsInput } from '../phase/inputs';
import { JSONScalar, UUIDScalar } from '../scalars';
import { signatureNames, SignOffStatusEnum } from './sign-offs';
import { PhaseVersion } from './types';
import { payload, StartInput, VersionCommandInput, VersionPayload } from './command-inputs';

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

@Resolver()
export class VersionMutationsResolver {
  @Mutation(() => VersionPayload, {
    description:
      'Starts a draft, with content and items in one commit. PREREQUISITE_MISSING while the phase is not open.',
  })
  createVersion(
    @Arg('input', () => CreateVersionInput, { description: 'What the new version starts with.' })
    input: CreateVersionInput,
    @Ctx() context: Context,
  ) {
    return payload(createVersion, context, input);
  }

  @Mutation(() => VersionPayload, { description: 'Changes a draft’s own content fields.' })
  updateVersion(
    @Arg('input', () => UpdateVersionInput, { description: 'The changes.' }) input: UpdateVersionInput,
    @Ctx() context: Context,
  ) {
    return payload(updateVersion, context, input);
  }

  @Mutation(() => VersionPayload, { description: 'Adds items to a draft, or replaces those whose itemKey is given.' })
  putItems(
    @Arg('input', () => PutItemsInput, { description: 'The items.' }) input: PutItemsInput,
    @Ctx() context: Context,
  ) {
    return payload(putItems, context, input);
  }

  @Mutation(() => VersionPayload, { description: 'Removes items from a draft.' })
  removeItems(
    @Arg('input', () => RemoveItemsInput, { description: 'The items’ keys.' }) input: RemoveItemsInput,
    @Ctx() context: Context,
  ) {
    return payload(removeItems, context, input);
  }

  @Mutation(() => VersionPayload, { description: 'Hands a draft to its approver; its content is frozen from now on.' })
  submitVersion(
    @Arg('input', () => VersionTransitionInput, { description: 'The draft.' }) input: VersionTransitionInput,
    @Ctx() context: Context,
  ) {
    return payload(submitVersion, context, input);
  }

  @Mutation(() => VersionPayload, {
    description: 'Takes a submitted version back to draft; decisions on unchanged items stay.',
  })
  withdrawVersion(
    @Arg('input', () => VersionTransitionInput, { description: 'The submitted version.' })
    input: VersionTransitionInput,
    @Ctx() context: Context,
  ) {
    return payload(withdrawVersion, context, input);
  }

  @Mutation(() => VersionPayload, {
    description: 'Decides items of a submitted version; the latest decision on an item counts.',
  })
  decideItems(
    @Arg('input', () => DecideItemsInput, { description: 'The decisions.' }) input: DecideItemsInput,
    @Ctx() context: Context,
  ) {
    return payload(decideItems, context, input);
  }

  @Mutation(() => VersionPayload, {
    description:
      'Brings a submitted version into force and supersedes the current one in the same commit. `approvalRequirements` says what it takes.',
  })
  approveVersion(
    @Arg('input', () => VersionTransitionInput, { description: 'The submitted version.' })
    input: VersionTransitionInput,
    @Ctx() context: Context,
  ) {
    return payload(approveVersion, context, input);
  }

  @Mutation(() => VersionPayload, { description: 'Rejects a submitted version for good. Needs a reason.' })
  rejectVersion(
    @Arg('input', () => VersionTransitionInput, { description: 'The submitted version.' })
    input: VersionTransitionInput,
    @Ctx() context: Context,
  ) {
    return payload(rejectVersion, context, input);
  }

  @Mutation(() => VersionPayload, {
    description:
      'Starts a new draft from a rejected version, with all its items; a rejected item comes back undecided.',
  })
  reviseVersion(
    @Arg('input', () => VersionTransitionInput, { description: 'The rejected version.' }) input: VersionTransitionInput,
    @Ctx() context: Context,
  ) {
    return payload(reviseVersion, context, input);
  }

  @Mutation(() => VersionPayload, {
    description: 'Starts a new draft with the content and all items of an older version, undecided.',
  })
  restoreVersion(
    @Arg('input', () => VersionTransitionInput, { description: 'The older version.' }) input: VersionTransitionInput,
    @Ctx() context: Context,
  ) {
    return payload(restoreVersion, context, input);
  }

  @Mutation(() => RebasePayload, {
    description:
      'Merges what came into force since a draft was started into the draft, item by item and field by field; its base becomes the current version. Conflicts come back with nothing written.',
  })
  async rebaseVersion(
    @Arg('input', () => RebaseVersionInput, { description: 'The draft, and what to take where both sides changed it.' })
    input: RebaseVersionInput,
    @Ctx() context: Context,
  ): Promise<RebasePayload> {
    const { committed, conflicts } = await rebaseVersion(context, input);
    context.forget();
    const { loaders } = context;
    const version = conflicts.length > 0 ? null : await loaders.version.load(input.versionId);
    const changeSet = committed && (await loaders.changeSet.load(committed.changeSetId));
    return { version: version as unknown as PhaseVersion | null, conflicts, changeSet };
  }

  @Mutation(() => VersionPayload, {
    description: 'Deletes a draft or a rejected version; undeleteVersion brings it back, and its number stays used.',
  })
  deleteVersion(
    @Arg('input', () => VersionTransitionInput, { description: 'The version.' }) input: VersionTransitionInput,
    @Ctx() context: Context,
  ) {
    return payload(deleteVersion, context, input);
  }

  @Mutation(() => VersionPayload, { description: 'Brings a deleted version back as it was.' })
  undeleteVersion(
    @Arg('input', () => VersionTransitionInput, { description: 'The deleted version.' }) input: VersionTransitionInput,
    @Ctx() context: Context,
  ) {
    return payload(undeleteVersion, context, input);
  }

  @Mutation(() => VersionPayload, {
    description:
      'Signs a submitted version, or refuses to; the signature holds for the content that is there now (OUTDATED once it changes) and leaves `revision` alone. REAUTHENTICATION_REQUIRED unless the token says (auth_time) that the caller signed in a few minutes ago. FOUR_EYES for whoever worked on the version, or has signed it in another role.',
  })
  signOff(
    @Arg('input', () => SignOffInput, { description: 'The signature.' }) input: SignOffInput,
    @Ctx() context: Context,
  ) {
    return payload(signOff, context, input);
  }

  @Mutation(() => VersionPayload, {
    description:
      'Lets somebody else give one’s signature on a version: in their own name, with both names on it. They need the role, have not worked on the version and give no other signature on it; they cannot delegate further. Leaves `revision` alone.',
  })
  delegateSignOff(
    @Arg('input', () => DelegateSignOffInput, { description: 'Whose signature, and to whom.' })
    input: DelegateSignOffInput,
    @Ctx() context: Context,
  ) {
    return payload(delegateSignOff, context, input);
  }
}
