/** The texts of a workflow. */
import type { ReactNode } from 'react';
import { allOf, count, type Noun } from './words';

export const toReview = (n: number, noun: Noun): string => `${count(n, ...noun)} to review`;
export const toAnswer = (n: number, noun: Noun): string => `${count(n, ...noun)} to answer`;
export const afterBlockedBy = (blockedBy: readonly string[]): string => `After ${allOf(blockedBy)}`;
export const canBeStarted = 'Can be started';
export const version = (versionNumber: number): string => `Version\u00a0${versionNumber}.`;
export const lastDayOfYear = (dayOfYear: string): string => `last ${dayOfYear}`;
export const nothingYet = 'Nothing yet';
export const inForce = 'In force';
export const theLogWasNotVerified = 'The log was not verified';
export const verifyingTheLog = 'Verifying the log …';
export const theLogBreaksAtCommit = (firstBrokenSequence: null | number): string =>
  `The log breaks at commit ${firstBrokenSequence}`;
export const theLogVerifies = 'The log verifies';
export const upToToday = ', up to today';
export const checkedJustNow = (changeSetsChecked: number, at: ReactNode) => (
  <>
    {count(changeSetsChecked, 'commit')} checked just now{at}
  </>
);
export const noCheckpointOutsideTheDatabase = 'no checkpoint outside the database yet';
export const checkpointAtCommit = (checkpointSequence: number): string => `checkpoint at commit ${checkpointSequence}`;
export const headHash = (hash: ReactNode) => <>head {hash}</>;
export const phases = 'Phases';
export const whatComesNext = 'What comes next';
export const whoseTurn = 'Whose turn';
export const proofPeopleCommits = 'Proof, people, commits';
export const people = 'People';
export const lastCommits = 'Last commits';
export const allCommits = 'All commits';
export const cycleTo = (dayOfYear: string, day: string): string => ` · cycle ${dayOfYear} to ${day}`;
export const ofPhasesComplete = (done: number, n: number, startDate: ReactNode) => (
  <>
    {done} of {n} phases complete{startDate}
  </>
);
export const ageLeft = (age: string): string => `, ${age} left`;
export const compareWithTheOtherCycles = 'compare with the other cycles';
export const testExecutive = 'Test executive';
export const testLead = 'Test lead';
export const testers = 'Testers';
export const nobodyYet = 'nobody yet';
