import { Arg, Ctx, Field, InputType, Mutation, Resolver } from 'type-graphql';
import { approveVersion } from '../../services/approve-version';
import { createVersion, type CreateVersion } from '../../services/create-version';
import { decideItems, type DecideItems } from '../../services/decide-items';
import { deleteVersion, undeleteVersion } from '../../services/delete-version';
import type { ContentInput, ItemsInput } from '../../services/phase-input';
import { putItems, type PutItems } from '../../services/put-items';
import { rejectVersion } from '../../services/reject-version';
import { removeItems, type RemoveItems } from '../../services/remove-items';
import { reviseVersion } from '../../services/revise-version';
import type { CarryForward } from '../../services/start-draft';
import { submitVersion } from '../../services/submit-version';
import { updateVersion, type UpdateVersion } from '../../services/update-version';
import { withdrawVersion } from '../../services/withdraw-version';
import type { ItemReviewStatus } from '../../versioning/model';
import { Context } from '../context';
import { CarryForwardEnum, ItemReviewStatusEnum, PhaseEnum } from '../enums';
import { PhaseContentInput, PhaseItemsInput } from '../phase/inputs';
import { UUIDScalar } from '../scalars';
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
}
