/** The texts of My work. */
import type { ReactNode } from 'react';
import { count } from './words';

export const decide = 'Decide';
export const reviewADocument = 'Review a document';
export const answer = 'Answer';
export const handIn = 'Hand in';
export const reviseWhatWasRejected = 'Revise what was rejected';
export const replaceADocument = 'Replace a document';
export const askAgain = 'Ask again';
export const finishYourDraft = 'Finish your draft';
export const whatMoved = 'What moved';
export const nothingSinceSinceYouWere = (n: number, instant: ReactNode) => (
  <>
    {n === 0 ? 'Nothing since' : 'Since'} you were last here, {instant}
  </>
);
export const nothingSinceYouLastDid = 'Nothing since you last did something.';
export const sinceYouLastActedHere = (day: string): string => `Since you last acted here, ${day}`;
export const lately = 'Lately';
export const allCommit = (all: number): string => `All ${count(all, 'commit')}`;
export const iHaveSeenThis = 'I have seen this';
export const waitsForYou = (span: ReactNode) => <>Waits for you {span}</>;
export const nothingWaitsForYou = 'Nothing waits for you';
export const whatOthersAreAskedTo = 'What others are asked to do is listed below; recent changes are beside it.';
export const waitsForOthers = (span: ReactNode) => <>Waits for others {span}</>;
export const whatYouHandedIn = 'What you handed in';
export const whatOthersHaveBegun = 'What others have begun';
export const whatIsUnderWay = 'What is under way';
