/** The texts of the rebase. */
import type { ReactNode } from 'react';
import { count } from './words';

export const thisDraft = 'This draft';
export const theItemAsAWhole = 'The item as a whole';
export const versionFromWhich = (versionNumber: number): string =>
  `Version\u00a0${versionNumber}, from which both were started`;
export const neitherWasStartedFromA = 'Neither was started from a version';
export const removed = 'Removed';
export const itIsNewInVersion = (versionNumber: number): string => `It is new in version ${versionNumber}.`;
export const versionRemovedItAndThis = (versionNumber: number): string =>
  `Version ${versionNumber} removed it, and this draft had not touched it.`;
export const notYetLeftToDecide = (left: number): string =>
  `Not yet. ${count(left, 'field')} ${left === 1 ? 'is' : 'are'} left to decide.`;
export const approvedBy = (reviewedBy: string, day: string): string => `, approved by ${reviewedBy}, ${day}`;
export const thisDraftWasStartedFrom = (base: number | undefined, theirs: string, reviewedBy: ReactNode) => (
  <>
    {base ? `This draft was started from version\u00a0${base}.` : 'This draft was started from scratch.'} Since then{' '}
    {theirs} came into force{reviewedBy}. What the draft left unchanged is taken from it; you decide what both changed.
    Where items are decided in a review, merged items become undecided again.
  </>
);
export const show = 'Show';
export const toDecide = 'To decide';
export const comesByItself = 'Comes by itself';
export const theRest = 'The rest';
export const asInThisDraft = 'as in this draft';
export const asIn = (theirs: string): string => `as in ${theirs}`;
export const thisDraftNextOpen = (key: ReactNode, key2: ReactNode, theirs: string, key3: ReactNode) => (
  <>
    {key} this draft {key2} {theirs} {key3} next open
  </>
);
export const nothingIsToBeDecided = 'Nothing is to be decided';
export const nothingComesByItself = 'Nothing comes by itself';
export const nobodyChangedTheSameFields = (theirs: string): string =>
  `Nobody changed the same fields as this draft: ${theirs} is taken over as it is.`;
export const everythingThatDiffersThereWas = 'Everything that differs there was changed in this draft as well.';
export const decidedOf = (decided: number, conflicts: number, incoming: number) => (
  <>
    <b>{decided}</b> of {conflicts} decided · {count(incoming, 'change')}{' '}
    {incoming === 1 ? 'comes by itself' : 'come by themselves'}
  </>
);
export const rebaseOnto = (theirs: string): string => `Rebase onto ${theirs}…`;
export const rebaseVersionOnto = (versionNumber: number, versionNumber2: number): string =>
  `Rebase version\u00a0${versionNumber} onto version\u00a0${versionNumber2}`;
export const oneCommitWithYourName = (versionNumber: number): string =>
  `One commit with your name. Version\u00a0${versionNumber} then becomes the base of the draft, and comparing them shows what the draft changes.`;
export const rebase = 'Rebase';
export const backToTheVersion = 'Back to the version';
export const thereIsNothingToMerge = (versionNumber: number): string =>
  `There is nothing to merge into version ${versionNumber}`;
export const itIsNotADraft = 'It is not a draft.';
export const onlyPeopleWhoPrepareThis = 'Only people who prepare this phase can rebase it';
export const onlyADraftCanBe = 'Only a draft can be rebased';
export const itWasSubmittedWithdrawIt = 'It was submitted: withdraw it first, or have it rejected.';
export const theirVersion = (versionNumber: number): string => `version\u00a0${versionNumber}`;
export const versionOf = (versionNumber: number): string => `Version\u00a0${versionNumber}`;
