/** The texts of a phase. */
import type { ReactNode } from 'react';
import { allOf } from './words';

export const noVersionYet = 'No version yet';
export const everythingStartedHereStaysIn = 'Everything started here stays in this list.';
export const versionsNewestFirst = 'Versions, newest first';
export const fromVersion = (versionNumber: number): string => `from version ${versionNumber}`;
export const basedOnVersion = (versionNumber: number): string => `based on version ${versionNumber}`;
export const inForceSinceApprovedBy = (day: string, by: string): string => `In force since ${day}, approved by ${by}`;
export const inForceFromToApproved = (day: string, day2: string, by: string): string =>
  `In force from ${day} to ${day2}, approved by ${by}`;
export const rejectedBy = (by: string): string => `Rejected by ${by}`;
export const submittedAwaitingADecision = 'Submitted, awaiting a decision';
export const beingDrafted = 'Being drafted';
export const versionIsApprovedAndIn = (versionNumber: number, isApproval: boolean): string =>
  `Version ${versionNumber} is ${isApproval ? 'approved, and in force' : 'rejected'}.`;
export const whatElseWaitsForYou = 'What else waits for you';
export const theWholeReport = 'The whole report';
export const whoOwnsWhatAndWhen = (day: string): string => `Who owns what, and when: ${day} to today`;
export const asItWasKnownAt = 'As it was known at the instant of this page.';
export const asItIsKnownNow = 'As it is known now. Choose an instant in the header to see what was known then.';
export const fromDayTo = (first: string, last: string | null): string => `${first} to ${last ?? 'further on'}`;
export const theApprovedItemsWithTheir = 'The approved items, with their approval';
export const allItems = (totalCount: number): string => `All ${totalCount} items`;
export const nothingAnEmptyDraft = 'Nothing: an empty draft';
export const startADraft = 'Start a draft';
export const startADraftOf = (title: string): string => `Start a draft of ${title}`;
export const theFirstVersionOfThis = 'The first version of this phase. Nothing is in force until it is approved.';
export const versionStaysInForceUntil = (versionNumber: number): string =>
  `Version ${versionNumber} stays in force until the new one is approved.`;
export const itBeginsWith = 'It begins with';
export const why = 'Why';
export const startTheDraft = 'Start the draft';
export const thereIsNoSuchPhase = 'There is no such phase';
export const afterBlockedBy = (blockedBy: readonly string[]): string => `After ${allOf(blockedBy)}.`;
export const nothingCanBeRecordedHere = 'Nothing can be recorded here';
export const noDraftCanBeStarted = 'No draft can be started';
export const noYet = (many: string): string => `No ${many} yet`;
export const eachChangeIsStoredAs = 'Each change is stored as the next version of its record.';
export const latest = 'Latest';
export const turnaround = 'Turnaround';
export const by = 'By';
export const openAge = (age: ReactNode) => <>open, {age}</>;
export const nobody = 'nobody';
