/** The mutations on drafted versions, each with its input and its operation. */
import { approveVersion } from '../../services/approve-version';
import { createVersion } from '../../services/create-version';
import { decideItems } from '../../services/decide-items';
import { delegateSignOff } from '../../services/delegate-sign-off';
import { deleteVersion, undeleteVersion } from '../../services/delete-version';
import { restoreVersion, reviseVersion } from '../../services/draft-from-version';
import { putItems } from '../../services/put-items';
import { rebaseVersion, type RebaseVersion } from '../../services/rebase-version';
import { rejectVersion } from '../../services/reject-version';
import { removeItems } from '../../services/remove-items';
import { signOff } from '../../services/sign-off';
import { submitVersion } from '../../services/submit-version';
import { updateVersion } from '../../services/update-version';
import { withdrawVersion } from '../../services/withdraw-version';
import { a, resolved, mutations } from '../declare';
import { addMutation } from './command-inputs';
import {
  CreateVersionInput,
  DecideItemsInput,
  DelegateSignOffInput,
  PutItemsInput,
  RebaseVersionInput,
  RemoveItemsInput,
  SignOffInput,
  UpdateVersionInput,
  VersionTransitionInput,
  RebasePayload,
} from './version-inputs';

addMutation(
  'createVersion',
  CreateVersionInput,
  'What the new version starts with.',
  createVersion,
  'Starts a draft, with content and items in one commit. PREREQUISITE_MISSING while the phase is not open.',
);
addMutation(
  'updateVersion',
  UpdateVersionInput,
  'The changes.',
  updateVersion,
  'Changes a draft’s own content fields.',
);
addMutation(
  'putItems',
  PutItemsInput,
  'The items.',
  putItems,
  'Adds items to a draft, replaces those whose itemKey is given, and changes others in part.',
);
addMutation('removeItems', RemoveItemsInput, 'The items’ keys.', removeItems, 'Removes items from a draft.');
addMutation(
  'submitVersion',
  VersionTransitionInput,
  'The draft.',
  submitVersion,
  'Submits a draft for approval and freezes its content. A draft that could never be approved is refused at once: ITEMS_UNDECIDED if its items contain their decision (Planning), STALE_BASE if another version came into force.',
);
addMutation(
  'withdrawVersion',
  VersionTransitionInput,
  'The submitted version.',
  withdrawVersion,
  'Returns a submitted version to draft; decisions on unchanged items stay.',
);
addMutation(
  'decideItems',
  DecideItemsInput,
  'The decisions.',
  decideItems,
  'Decides items of a submitted version, one by one or all that match a filter; the latest decision on an item counts.',
);
addMutation(
  'approveVersion',
  VersionTransitionInput,
  'The submitted version.',
  approveVersion,
  'Brings a submitted version into force and supersedes the current one in the same commit. `approvalRequirements` lists what it requires.',
);
addMutation(
  'rejectVersion',
  VersionTransitionInput,
  'The submitted version.',
  rejectVersion,
  'Rejects a submitted version for good. Needs a reason.',
);
addMutation(
  'reviseVersion',
  VersionTransitionInput,
  'The rejected version.',
  reviseVersion,
  'Starts a new draft from a rejected version, with all its items; a rejected item comes back undecided.',
);
addMutation(
  'restoreVersion',
  VersionTransitionInput,
  'The older version.',
  restoreVersion,
  'Starts a new draft with the content and all items of an older version, undecided.',
);
addMutation(
  'deleteVersion',
  VersionTransitionInput,
  'The version.',
  deleteVersion,
  'Deletes a draft or a rejected version; undeleteVersion brings it back, and its number stays used.',
);
addMutation(
  'undeleteVersion',
  VersionTransitionInput,
  'The deleted version.',
  undeleteVersion,
  'Restores a deleted version as it was.',
);
addMutation(
  'signOff',
  SignOffInput,
  'The signature.',
  signOff,
  'Signs a submitted version, or refuses to. The signature applies to the current content (OUTDATED once that changes) and does not change `revision`. REAUTHENTICATION_REQUIRED unless the token says (auth_time) that the caller signed in within the last minutes. FOUR_EYES for people who worked on the version, or have signed it in another role.',
);
addMutation(
  'delegateSignOff',
  DelegateSignOffInput,
  'Whose signature, and to whom.',
  delegateSignOff,
  'Delegates one’s signature on a version: the delegate signs in their own name, and both names are shown. Delegates need the role, must not have worked on the version, give no other signature on it, and cannot delegate further. Does not change `revision`.',
);

mutations({
  rebaseVersion: resolved(
    'Merges what came into force since a draft was started into the draft, by item and field; its base becomes the current version. If there are conflicts, they are returned and nothing is written.',
    () => RebasePayload,
    {
      input: a.of<RebaseVersion>('The draft, and the resolutions of conflicts.', () => RebaseVersionInput),
    },
    async (_, context, { input }) => {
      const { committed, ...merged } = await rebaseVersion(context, input);
      context.forget();
      const { loaders } = context;
      const version = merged.conflicts.length > 0 ? null : await loaders.version.load(input.versionId);
      const changeSet = committed && (await loaders.changeSet.load(committed.changeSetId));
      return { version, ...merged, changeSet };
    },
  ),
});
