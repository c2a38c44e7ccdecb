/** The inputs of the mutations on drafted versions. */
import type { VersionCommand } from '../../services/change-version';
import type { CreateVersion } from '../../services/create-version';
import type { DecideItems, DecisionOnMatching } from '../../services/decide-items';
import type { DelegateSignOff } from '../../services/delegate-sign-off';
import type { PutItems } from '../../services/put-items';
import type { Rebased, RebaseVersion } from '../../services/rebase-version';
import type { RemoveItems } from '../../services/remove-items';
import type { SignOff } from '../../services/sign-off';
import type { UpdateVersion } from '../../services/update-version';
import { mergeSides, type MergeConflict as AnyMergeConflict, type Resolution } from '../../versioning/merge';
import { ChangeSet } from '../change-log/types';
import { a, inputType, objectType, optional } from '../declare';
import { CarryForwardEnum, enumOf, ItemReviewStatusEnum, PhaseEnum } from '../enums';
import { PhaseContentInput, PhaseItemChangesInput, PhaseItemsInput } from '../phase/inputs';
import { startInput, versionCommandInput } from './command-inputs';
import { VersionItemFilter } from './item-choice';
import { signatureNames, SignOffStatusEnum } from './sign-offs';
import { PhaseVersion } from './types';

export const CreateVersionInput = inputType<CreateVersion>('CreateVersionInput', 'What a new version starts with.', {
  ...startInput,
  phase: a.of('The phase.', () => PhaseEnum),
  parentVersionId: optional.uuid(
    'FULL phases only; records of audit-only phases start with their own mutations. Defaults to the record’s current version, if there is one.',
  ),
  carryForward: {
    ...optional.of(
      'Which of the parent’s items to carry forward; NONE also leaves its content behind.',
      () => CarryForwardEnum,
    ),
    defaultValue: 'APPROVED_ITEMS',
  },
  content: optional.of('Content fields; omitted ones are the parent’s.', () => PhaseContentInput),
  items: optional.of('Items to add to those carried forward, or to replace by their itemKey.', () => PhaseItemsInput),
});

export const UpdateVersionInput = inputType<UpdateVersion>(
  'UpdateVersionInput',
  'Changes of a draft’s own content fields.',
  {
    ...versionCommandInput,
    content: a.of('Fields left out stay as they are; an explicit null clears.', () => PhaseContentInput),
  },
);

export const PutItemsInput = inputType<PutItems>(
  'PutItemsInput',
  'Items to add to a draft, or to replace or change in it; at least one of `items` and `changes`.',
  {
    ...versionCommandInput,
    items: optional.of('Whole items, as the phase has them.', () => PhaseItemsInput),
    replaceExisting: {
      ...optional.flag(
        'Whether an item without itemKey replaces an existing one with the same identity; otherwise that is BAD_USER_INPUT.',
      ),
      defaultValue: false,
    },
    changes: optional.of('Partial changes of existing items.', () => PhaseItemChangesInput),
  },
);

export const RemoveItemsInput = inputType<RemoveItems>('RemoveItemsInput', 'Items to remove from a draft.', {
  ...versionCommandInput,
  itemKeys: a.uuids('The items’ keys.'),
});

export const VersionTransitionInput = inputType<VersionCommand>(
  'VersionTransitionInput',
  'A step in a version’s lifecycle.',
  versionCommandInput,
);

const MergeSideEnum = enumOf('MergeSide', mergeSides, 'OURS: the draft; THEIRS: the version in force.');

const ConflictResolutionInput = inputType<Resolution>('ConflictResolutionInput', 'The resolution of a conflict.', {
  itemKey: optional.uuid('The item; left out for a field of the version itself.'),
  path: a.text('The conflict’s path.'),
  take: a.of('The side to take.', () => MergeSideEnum),
});

export const RebaseVersionInput = inputType<RebaseVersion>(
  'RebaseVersionInput',
  'A draft to merge onto the version in force.',
  {
    ...versionCommandInput,
    resolutions: optional.of('The resolutions; one for each conflict.', () => [ConflictResolutionInput]),
    dryRun: {
      ...optional.flag('Only lists the conflicts, and what would be merged without one.'),
      defaultValue: false,
    },
  },
);

export const MergeConflict = objectType<AnyMergeConflict>(
  'MergeConflict',
  'A field or a whole item in a rebase, with its value on each side.',
  {
    itemKey: optional.uuid('The item; null for a field of the version itself.'),
    label: optional.text('What a person would call the item.'),
    path: a.text(
      'RFC 6901 JSON Pointer to the field; empty if it concerns the whole item: added, removed, or removed by one side and changed by the other.',
    ),
    base: optional.json('The common base.'),
    ours: optional.json('The draft’s.'),
    theirs: optional.json('The version in force’s.'),
  },
);

export const RebasePayload = objectType<
  Pick<Rebased, 'conflicts' | 'incoming'> & { version: unknown; changeSet: unknown }
>('RebasePayload', 'The result of a rebase.', {
  version: optional.of('The rebased draft; null while conflicts remain.', () => PhaseVersion),
  conflicts: a.of('Conflicts to resolve; if there are any, nothing was written.', () => [MergeConflict]),
  incoming: a.of(
    'What the draft would take from the version in force without conflict; empty once written, when a diff shows it.',
    () => [MergeConflict],
  ),
  changeSet: optional.of('The commit; null if nothing was written.', () => ChangeSet),
});

const decision = {
  status: a.of<DecisionOnMatching['status']>(
    'The decision; PENDING revokes an earlier one.',
    () => ItemReviewStatusEnum,
  ),
  notes: optional.text('Notes.'),
};

const ItemDecisionInput = inputType<NonNullable<DecideItems['decisions']>[number]>(
  'ItemDecisionInput',
  'A decision on one item.',
  { itemKey: a.uuid('The item.'), ...decision },
);

const MatchingItemsDecisionInput = inputType<DecisionOnMatching>(
  'MatchingItemsDecisionInput',
  'The same decision on all items that match a filter.',
  {
    filter: a.of('Which items.', () => VersionItemFilter),
    expectedCount: a.int(
      'The number that the caller saw (`totalCount` of `items` with this filter); if it has changed, nothing is decided, and the CONFLICT has the current number (`actualCount`).',
    ),
    ...decision,
  },
);

export const DecideItemsInput = inputType<DecideItems>(
  'DecideItemsInput',
  'Decisions on items of a submitted version: either `decisions` or `matching`.',
  {
    ...versionCommandInput,
    decisions: optional.of('One decision per item.', () => [ItemDecisionInput]),
    matching: optional.of('One decision on all items that match a filter.', () => MatchingItemsDecisionInput),
  },
);

const role = a.text(`Whose signature: ${signatureNames}.`);

export const SignOffInput = inputType<SignOff>('SignOffInput', 'A signature on a submitted version.', {
  ...versionCommandInput,
  role,
  status: a.of('SIGNED, or REJECTED: an explicit refusal, which requires `comments`.', () => SignOffStatusEnum),
  meaning: a.text('What the signature stands for, e.g. review, approval, responsibility.'),
  comments: optional.text('Notes.'),
});

export const DelegateSignOffInput = inputType<DelegateSignOff>(
  'DelegateSignOffInput',
  'The delegation of a signature.',
  {
    ...versionCommandInput,
    role,
    toUserId: a.int('Who is to sign (userId); naming oneself takes a delegation back.'),
    reason: a.text('The reason; shown with the signature, and stored with the commit.'),
  },
);
