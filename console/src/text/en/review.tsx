/** The texts of the review. */
import type { ReactNode } from 'react';
import { count, numeral } from './words';

export const approve = 'Approve';
export const modified = 'Modified';
export const reject = 'Reject';
export const decideLabel = (label: string): string => `Decide ${label}`;
export const selected = (selected: number) => (
  <>
    <b>{count(selected, 'item')}</b> selected
  </>
);
export const clearTheSelection = 'Clear the selection';
export const noteOn = (label: string): string => `Note on ${label}`;
export const oneNoteForAllOf = 'One note for all of them';
export const noteRequiredUnlessYouApprove = 'Note (required unless you approve)';
export const noteRequiredForARejection = 'Note (required for a rejection)';
export const selectIt = 'Select it';
export const selectAllThatAreListed = (n: number): string => `Select all ${numeral(n)} that are listed`;
export const items = 'Items';
export const selectLabel = (label: string): string => `Select ${label}`;
export const notSeenYet = ', not seen yet';
export const sinceYourReview = 'Since your review';
export const sinceVersion = (versionNumber: number): string => `Since version ${versionNumber}`;
export const asItIs = 'As it is';
export const previousItem = 'Previous item';
export const nextItem = 'Next item';
export const whatHolds = (label: string): string => `What ${label} holds`;
export const youThisInVersion = (status: string, versionNumber: number): string =>
  `You ${status} this in version ${versionNumber}`;
export const comparedWith = 'Compared with';
export const newInThisComparisonAll = 'New in this comparison: all of it is to be read.';
export const nothingInItChanged = 'Nothing in it changed.';
export const decidedByDayVersion = (decidedBy: string, day: string): string => `${decidedBy}, ${day}, version`;
export const notYet = (explanation: string): string => `Not yet. ${explanation}`;
export const rejectDots = 'Reject…';
export const approveVersion = (versionNumber: number): string => `Approve version ${versionNumber}`;
export const decideVersion = (isApproval: boolean, versionNumber: number): string =>
  `${isApproval ? 'Approve' : 'Reject'} version ${versionNumber}`;
export const itIsInForceFrom = (replaced: number | undefined, rejected: number): string =>
  `It is in force from now on${replaced ? `, and version ${replaced} is superseded` : ''}.${rejected > 0 ? ` It contains ${count(rejected, 'rejected item')}.` : ''}`;
export const getsItBackWithYour = (submittedBy: string, rejected: number, inForce: number | undefined): string =>
  `${submittedBy} gets it back with your notes${rejected > 0 ? ` on ${count(rejected, 'rejected item')}` : ''}.${inForce ? ` Version ${inForce} stays in force.` : ''}`;
export const noteOptional = 'Note (optional)';
export const ofSeenUndecided = (seen: number, n: number, undecided: number) => (
  <>
    <b>{seen}</b> of {n} seen · <b>{undecided}</b> undecided
  </>
);
export const takeBack = (key: ReactNode) => <>Take back {key}</>;
export const allRequirementsAreMet = 'All requirements are met';
export const inTheWay = (n: number): string => `${count(n, 'rule')} ${n === 1 ? 'stands' : 'stand'} in the way`;
export const showThem = 'show them';
export const signIt = 'sign it';
export const changed = 'Changed';
export const undecided = 'Undecided';
export const unseen = 'Unseen';
export const searchInItems = 'Search in items';
export const searchItems = 'Search items';
export const show = 'Show';
export const decidedAndLeft = (what: string, status: string, left: number, next: string | undefined): string =>
  `${what} ${status}. ${left} undecided${next ? `. Now ${next}` : ''}.`;
export const theDecisionWasUndone = (what: string): string => `${what}: the decision was undone.`;
export const allOfIt = 'All of it';
export const allChanges = 'All changes';
export const itemsOfThisVersion = 'Items of this version';
export const nothingMatches = (q: string): string => `Nothing matches “${q}”`;
export const everythingIsDecided = 'Everything is decided';
export const nothingHere = 'Nothing here';
export const showAll = (n: number): string => `Show all ${n}`;
export const allItems = 'All items';
export const notInThisList = 'Not in this list';
export const placeOfN = (place: number, n: number): string => `${place} of ${n}`;
export const noItemIsOpen = 'No item is open';
export const yourNoteIsKept = 'Your note is kept.';
export const notSavedYourNoteIs = 'Not saved; your note is kept.';
export const isNew = 'new';
