/** The texts of verification. */
import type { ReactNode } from 'react';
import { count } from './words';

export const wasNotVerified = (name: string): string => `${name} was not verified`;
export const verifyingName = (name: string): string => `Verifying ${name.replace(/^The/, 'the')} …`;
export const nameVerifies = (name: string): string => `${name} verifies`;
export const doesNotVerify = (name: string): string => `${name} does not verify`;
export const firstBadCommit = 'First bad commit';
export const checked = 'Checked';
export const head = 'Head';
export const archived = 'Archived';
export const upToCommitHashesUp = (commit: ReactNode, archivedIn: ReactNode) => (
  <>
    up to commit {commit}: hashes up to there were not recomputed, for what those commits changed is in {archivedIn}. An
    operator verifies all of it with that file.
  </>
);
export const checkpoint = 'Checkpoint';
export const thereIsNoneOutsideThe =
  'There is none outside the database: the chain is consistent in itself, but would be even if it had been rewritten as a whole.';
export const commit = (commit: ReactNode) => <>commit {commit}</>;
export const notedInstant = (instant: ReactNode) => <>, noted {instant}</>;
export const upToThereEvenA = 'Up to there, even a rewrite of the whole log would be detected.';
export const whichTablesAreRecordedWas = 'Which tables are recorded was not checked';
export const checkingWhichTablesAreRecorded = 'Checking which tables are recorded …';
export const everyWriteIsRecorded = 'Every write is recorded';
export const notEveryWriteIsRecorded = 'Not every write is recorded';
export const tablesAreRecorded = (n: number, n2: number, n3: number): string =>
  `${count(n, 'table')} of ${n2} ${n3 === 0 ? 'are' : 'is or are'} as the migrations make them, and every write to them is recorded, by whatever path it comes.`;
export const changesOfTheDatabasesOwn = 'Changes of the database’s own schema are recorded too.';
export const changesOfTheDatabasesOwnSchema =
  'Changes of the database’s own schema are not recorded here: changes that were reverted are not known.';
export const allThatWasLookedAt = 'All that was looked at';
export const theReferenceData = 'the reference data';
export const theVerifierCouldNotBe = 'The verifier could not be loaded.';
export const readSoFar = (megabytes: string, megabytes2: string, commits: number): string =>
  `${megabytes} of ${megabytes2} MB, ${count(commits, 'commit')} follow from each other so far`;
export const stop = 'Stop';
export const verifyALogFile = 'Verify a log file';
export const verifyAnotherLogFile = 'Verify another log file';
export const chooseItOrDropIt = (
  <>
    Choose it or drop it here: the downloaded log of a workflow, the <code>log.jsonl</code> of an auditor’s pack, or
    what <code>npm run export:log</code> wrote. It is read in this browser and sent nowhere.
  </>
);
export const aDownloadedLog = 'A downloaded log';
export const rightUpToThere = 'Right up to there';
export const theLastOf = (instant: ReactNode) => <>, the last of {instant}</>;
export const hashThere = 'Hash there';
export const compareItWithACheckpoint =
  'Compare it with a checkpoint that was kept elsewhere: then even a file that was rewritten as a whole is detected.';
export const here = 'Here';
export const itIsNotTheLog =
  'It is not the log of a workflow that you may see here: it comes from another server, or from somebody else’s workflow.';
export const theLogHereHasNo = (sequence: number): string => `the log here has no commit ${sequence}.`;
export const commitHasTheSameHash = (sequence: number): string =>
  `commit ${sequence} has the same hash, so up to there the log is what the file says.`;
export const commitHasAnotherHashThey = (sequence: number): string =>
  `commit ${sequence} has another hash: they are logs of two servers, or one of them was rewritten.`;
export const whoReadTheLog = 'Who read the log';
export const nobodyYet = 'Nobody yet.';
export const who = 'Who';
export const when = 'When';
export const throughField = (field: string) => (
  <>
    through <code>{field}</code>
  </>
);
export const newest = 'Newest';
export const olderOnes = 'Older ones';
export const toTakeAway = 'To take away';
export const theLogAsAFile = 'The log as a file';
export const theWorkpaperAsPdf = 'The workpaper as PDF';
export const thePackHasThePapers =
  'The pack has the papers of each phase, the items as workbooks, the data they were made from, the log, and a program that verifies all of it without this server. The request is recorded in the log, and so is each download.';
export const packs = 'Packs';
export const asOf = (instant: ReactNode) => <>As of {instant}</>;
export const makeAnotherPack = 'Make another pack';
export const makeTheAuditorsPack = 'Make the auditor’s pack';
export const oneIsBeingMadeYou = 'One is being made; you can leave this page in the meantime.';
export const waitsForItsTurn = 'Waits for its turn';
export const ofStepsAreDone = (stepsDone: number, steps: number): string => `${stepsDone} of ${steps} steps are done`;
export const download = 'Download';
export const megabytes = (bytes: string): string => `${bytes}\u00a0MB`;
export const ofThePack = 'of the pack';
export const keptUntil = (instant: ReactNode) => <>kept until {instant}</>;
export const notKeptAnyMore = 'Not kept any more';
export const notMade = (failure: null | string): string => `Not made: ${failure ?? 'no reason was given.'}`;
export const theLogOfTheWorkflow = 'The log of the workflow';
export const theLogOfTheReference = 'The log of the reference data';
export const allCommitsOfTheWorkflow = 'All commits of the workflow';
export const peopleCyclesReportsAssignmentsWhat = 'People, cycles, reports, assignments: what all workflows share';
export const eachWorkflowHasALog = 'Each workflow has a log of its own: open one, and follow its proof';
export const itIsOpenToAdministrators = 'It is open to administrators and auditors.';
export const looking = 'Looking …';
