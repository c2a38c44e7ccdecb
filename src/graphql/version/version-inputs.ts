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
      'Which of the parent’s items to take over; NONE also leaves its content behind.',
      () => CarryForwardEnum,
    ),
    defaultValue: 'APPROVED_ITEMS',
  },
  content: optional.of('Content fields; those left out are the parent’s.', () => PhaseContentInput),
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
  'Items to add to a draft, to replace or to change in it; at least one of `items` and `changes`.',
  {
    ...versionCommandInput,
    items: optional.of('Whole items, as the phase has them.', () => PhaseItemsInput),
    replaceExisting: {
      ...optional.flag(
        'Whether an item that is sent without its itemKey replaces the one with its identity, where that is there; otherwise that is BAD_USER_INPUT.',
      ),
      defaultValue: false,
    },
    changes: optional.of('Items that are there, changed in part.', () => PhaseItemChangesInput),
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

export const MergeSideEnum = enumOf('MergeSide', mergeSides, 'OURS: the draft; THEIRS: the version in force.');

const ConflictResolutionInput = inputType<Resolution>('ConflictResolutionInput', 'Which side a conflict takes.', {
  itemKey: optional.uuid('The item; left out for a field of the version itself.'),
  path: a.text('The conflict’s path.'),
  take: a.of('The side to take.', () => MergeSideEnum),
});

export const RebaseVersionInput = inputType<RebaseVersion>(
  'RebaseVersionInput',
  'A draft to merge onto the version in force.',
  {
    ...versionCommandInput,
    resolutions: optional.of('What to take where both sides changed the same; one for each conflict.', () => [
      ConflictResolutionInput,
    ]),
    dryRun: {
      ...optional.flag('Only says which conflicts there are, and what would come in without one.'),
      defaultValue: false,
    },
  },
);

export const MergeConflict = objectType<AnyMergeConflict>(
  'MergeConflict',
  'A field, or a whole item, of a rebase: what it is on each side.',
  {
    itemKey: optional.uuid('The item; null for a field of the version itself.'),
    label: optional.text('What a person would call the item.'),
    path: a.text(
      'RFC 6901 JSON Pointer to the field; empty where it is about the whole item: added, removed, or removed by one side and changed by the other.',
    ),
    base: optional.json('What both started from.'),
    ours: optional.json('The draft’s.'),
    theirs: optional.json('The version in force’s.'),
  },
);

export const RebasePayload = objectType<
  Pick<Rebased, 'conflicts' | 'incoming'> & { version: unknown; changeSet: unknown }
>('RebasePayload', 'What a rebase did.', {
  version: optional.of('The rebased draft; null while conflicts are left.', () => PhaseVersion),
  conflicts: a.of('What somebody has to decide; while there is any, nothing was written.', () => [MergeConflict]),
  incoming: a.of(
    'What the draft would take from the version in force without a question, since it left that alone; empty once it is written, where a diff says what it is.',
    () => [MergeConflict],
  ),
  changeSet: optional.of('The commit; null where nothing was written.', () => ChangeSet),
});

const decision = {
  status: a.of<DecisionOnMatching['status']>(
    'The decision; PENDING takes an earlier one back.',
    () => ItemReviewStatusEnum,
  ),
  notes: optional.text('What there is to say about it.'),
};

const ItemDecisionInput = inputType<NonNullable<DecideItems['decisions']>[number]>(
  'ItemDecisionInput',
  'A decision on one item.',
  { itemKey: a.uuid('The item.'), ...decision },
);

const MatchingItemsDecisionInput = inputType<DecisionOnMatching>(
  'MatchingItemsDecisionInput',
  'The same decision on all items that a filter finds.',
  {
    filter: a.of('Which items.', () => VersionItemFilter),
    expectedCount: a.int(
      'How many the caller saw (`totalCount` of `items` with this filter); if there are more or fewer now, nothing is decided, and CONFLICT says how many (`actualCount`).',
    ),
    ...decision,
  },
);

export const DecideItemsInput = inputType<DecideItems>(
  'DecideItemsInput',
  'Decisions on items of a submitted version: `decisions` or `matching`, one of them.',
  {
    ...versionCommandInput,
    decisions: optional.of('One decision an item.', () => [ItemDecisionInput]),
    matching: optional.of('One decision on all items that a filter finds.', () => MatchingItemsDecisionInput),
  },
);

const role = a.text(`Whose signature: ${signatureNames}.`);

export const SignOffInput = inputType<SignOff>('SignOffInput', 'A signature on a submitted version.', {
  ...versionCommandInput,
  role,
  status: a.of('SIGNED, or REJECTED: an express refusal, which takes `comments`.', () => SignOffStatusEnum),
  meaning: a.text('What the signature stands for, e.g. review, approval, responsibility.'),
  comments: optional.text('What there is to say about it.'),
});

export const DelegateSignOffInput = inputType<DelegateSignOff>(
  'DelegateSignOffInput',
  'A signature that somebody else is to give.',
  {
    ...versionCommandInput,
    role,
    toUserId: a.int('Who is to sign (userId); oneself takes a delegation back.'),
    reason: a.text('Why; shown with the signature, and kept with the commit.'),
  },
);
