/** The texts of the parts that pages share. */
import type { ReactNode } from 'react';
import { anyOf, count, numeral, type Noun } from './words';

export const you = 'You';
export const copied = ', copied';
export const copyAllOfIt = ', copy all of it';
export const noConnection = 'No connection';
export const whatYouTypedIsKept = 'What you typed is kept. This page goes on by itself when the connection is back.';
export const somethingElseAnswered = 'Something else answered';
export const yourSignInHasEnded = 'Your sign-in has ended';
export const signInAgainYouWill = 'Sign in again; you will come back to this page.';
export const youHaveNoAccessTo = 'You have no access to this';
export const thereIsNothingHere = 'There is nothing here';
export const itMayBelongToA =
  'It may belong to a workflow that you are not assigned to, or the address may be incomplete.';
export const tooMuchAtOnce = 'Too much at once';
export const waitAMomentNothingIs = 'Wait a moment; nothing is lost.';
export const theServerIsBusy = 'The server is busy';
export const nothingWasDoneTryAgain = 'Nothing was done. Try again in a moment.';
export const thatPartOfThePast = 'That part of the past was archived';
export const thatInstantIsNotSettled = 'That instant is not settled yet';
export const tryAgainInAMoment = 'Try again in a moment.';
export const thatDidNotWork = 'That did not work';
export const tryAgain = 'Try again';
export const byItselfInS = (left: number): string => ` (by itself in ${left} s)`;
export const loading = 'Loading';
export const yes = 'Yes';
export const no = 'No';
export const itMayHaveBeenDone = 'It may have been done or not. Send it again: it is done once.';
export const noAnswerCameAndWhat = (once: string): string => `No answer came, and what you typed is kept. ${once}`;
export const theConnectionToTheDatabase = (once: string): string => `The connection to the database was lost. ${once}`;
export const theServerIsSlowTo = 'The server is slow to answer. What you typed is kept.';
export const onItsWay = 'On its way …';
export const itCanBeSentAgain = (left: number): string => `It can be sent again in ${left} s.`;
export const itCanBeSentAgainNow = 'It can be sent again now.';
export const whoDidWhat = (actor: undefined | string, act: string, more: string): string =>
  `${actor ?? 'The database'} ${act}${more}`;
export const database = 'Database';
export const commitItsRowsBeforeAnd = (numbers: string): string => `Commit ${numbers}: its rows, before and after`;
export const commit = 'Commit';
export const readyToStart = 'Ready to start';
export const inProgress = 'In progress';
export const awaitingDecision = 'Awaiting decision';
export const complete = 'Complete';
export const blocked = 'Blocked';
export const draft = 'Draft';
export const approved = 'Approved';
export const rejected = 'Rejected';
export const superseded = 'Superseded';
export const recorded = 'Recorded';
export const undecided = 'Undecided';
export const modified = 'Modified';
export const met = 'Met';
export const notMet = 'Not met';
export const notNeeded = 'Not needed';
export const waived = 'Waived';
export const youMayNotBeAssigned = 'you may not be assigned to it.';
export const mayBeOfAnotherWorkflow = 'it may belong to a workflow that you are not assigned to.';
export const itWasNotThereYet = 'It was not there yet';
export const atThatInstantThisDid = (what: string, mayBeHidden: string): string =>
  `At that instant, this ${what} did not exist yet, or ${mayBeHidden}`;
export const thereIsNoSuch = (what: string): string => `There is no such ${what}`;
export const itsAddressMayBeIncomplete = (mayBeHidden: string): string =>
  `Its address may be incomplete, or ${mayBeHidden}`;
export const atThisInstantNothingOf =
  'At this instant, nothing of it had been captured here. It is shown as the old system recorded it; an import can still add to that.';
export const asTheOldSystemRecorded = 'As the old system recorded it';
export const setBy = 'Set by';
export const setByAgeVersion = (setBy: string, age: ReactNode, versionNumber: number) => (
  <>
    {setBy} · {age} · version{'\u00a0'}
    {versionNumber}
  </>
);
export const someOf = (n: number, totalCount: number, noun: Noun): string =>
  `${numeral(n)} of ${count(totalCount, ...noun)}`;
export const showMore = 'Show more';
export const searchPeople = 'Search people';
export const personNumber = (value: string): string => `No. ${value}`;
export const isNeeded = (title: string): string => `${title} is needed.`;
export const isYesOrNo = (title: string): string => `${title} is yes or no.`;
export const isOneOf = (title: string, constants: string): string => `${title} is one of ${constants}.`;
export const isA = (title: string, kind: string): string =>
  `${title} is a ${kind === 'NUMBER' ? 'number' : 'whole number'}.`;
export const chooseSomebodyFromTheList = (title: string): string => `${title}: choose somebody from the list.`;
export const isADateWrittenAs = (title: string): string => `${title} is a date, written as 2026-10-31.`;
export const isNotAnInstant = (title: string): string => `${title} is not an instant.`;
export const isNotValidJson = (title: string): string => `${title} is not valid JSON.`;
export const youCanClearThis = 'You can clear this';
export const theCanClearThis = (satisfiableBy: readonly string[]): string =>
  `The ${anyOf(satisfiableBy)} can clear this`;
export const rulesMet = (met: number): string => `${met} met`;
export const notNeededHere = (spared: number): string => `${spared} not needed here`;
export const before = 'Before';
export const after = 'After';
export const wordsUnchanged = (words: number): string => `${words} words unchanged`;
export const unchangedKept = (kept: string): string => `Unchanged: ${kept}`;
export const showTheNextOfMore = (next: number, left: number, [one]: Noun): string =>
  `Show the next ${next} of ${count(left, `more ${one}`)}`;
export const sending = 'Sending …';
