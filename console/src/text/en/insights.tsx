/** The texts of the figures. */
import { count } from './words';

export const listOf = (of: string): string => `List ${of}`;
export const minutes = (round: number): string => `${round} min`;
export const versionsOfEachPhaseOf =
  'Versions of each phase of each report, by what is chosen. Recorded phases have no decisions.';
export const whatWaitsForADecision =
  'What waits for a decision, or as a record for an answer or a review, by how long ago it was handed over. Drafts do not count.';
export const fromTheLastSubmissionOf =
  'From the last submission of a version to its approval or rejection, in hours of the clock: half of them took no longer than the median, nine of ten no longer than p90. What still waits is left out.';
export const decisionsThatWereRejections =
  'Decisions that were rejections; approvals of which nothing had been rejected before; versions for each approval. Drafts that were withdrawn are no rejections.';
export const whoHandedOverWhatWaits =
  'Who handed over what waits, and who may act on it now. Of several who may, each is counted.';
export const theSameFiguresOfEach = 'The same figures, of each cycle. Deleted versions do not count.';
export const csv = 'CSV';
export const ofTitle = (title: string): string => `of ${title}`;
export const nothingToShow = 'Nothing to show.';
export const waiting = 'Waiting';
export const timeToDecision = 'Time to decision';
export const rejections = 'Rejections';
export const versions = 'Versions';
export const reportsByPhase = 'Reports by phase';
export const whatTheMapShows = 'What the map shows';
export const tableOfReportsByPhase = 'Table of reports by phase';
export const nobodyWhoCan = 'nobody who can';
export const whoWaitsOnWhom = 'Who waits on whom';
export const whoWaits = 'Who waits';
export const onWhom = 'On whom';
export const medianWait = 'Median wait';
export const tableOfWhoWaitsOn = 'Table of who waits on whom';
export const whatWaitsFor = (who: string): string => `what ${who} waits for`;
export const soManyVersionsWaitThat =
  'So many versions wait that it is not looked up on whom. Choose a cycle to see it.';
export const overDays = (atLeastDays: number): string => `over ${atLeastDays} days`;
export const underADay = 'under a day';
export const toDays = (atLeastDays: number, next: number): string => `${atLeastDays} to ${next} days`;
export const howLongItHasWaited = 'How long it has waited';
export const tableOfHowLongIt = 'Table of how long it has waited';
export const waitingFor = 'Waiting for';
export const whatHasWaited = (labels: undefined | string): string => `what has waited ${labels}`;
export const decisions = 'Decisions';
export const meanHours = 'Mean hours';
export const medianHours = 'Median hours';
export const tableOfTimeToDecision = 'Table of time to decision';
export const median = 'Median';
export const decisionsIn = (nameOf: string): string => `decisions in ${nameOf}`;
export const rejectionAndRework = 'Rejection and rework';
export const firstTimeRight = 'First time right';
export const approved = 'Approved';
export const rejected = 'Rejected';
export const rejectionRate = 'Rejection rate';
export const versionsPerApproval = 'Versions per approval';
export const carriedForward = 'Carried forward';
export const tableOfRejectionAndRework = 'Table of rejection and rework';
export const perApproval = 'Per approval';
export const whatWasRightAtOnce = (nameOf: string): string => `what was right at once in ${nameOf}`;
export const approvalsIn = (nameOf: string): string => `approvals in ${nameOf}`;
export const rejectionsIn = (nameOf: string): string => `rejections in ${nameOf}`;
export const ofTheDecisionsWereRejections = (percent: string): string => `${percent} of the decisions were rejections`;
export const rightTheFirstTime = 'right the first time';
export const approvedAfterARejection = 'approved after a rejection';
export const rejectedWord = 'rejected';
export const closeTheList = 'Close the list';
export const whatTheFigureCountsLatest = 'What the figure counts, latest start first.';
export const versionsThatAreCounted = 'Versions that are counted';
export const version = 'Version';
export const status = 'Status';
export const started = 'Started';
export const submitted = 'Submitted';
export const decided = 'Decided';
export const fromCycleToCycle = 'From cycle to cycle';
export const medianHoursToDecision = 'Median hours to decision';
export const tableOfCycles = 'Table of cycles';
export const decisionsOf = (cycle: string): string => `decisions of ${cycle}`;
export const rejectionsOf = (cycle: string): string => `rejections of ${cycle}`;
export const whatWasRightAtOnceIn = (cycle: string): string => `what was right at once in ${cycle}`;
export const whatWaitsIn = (cycle: string): string => `what waits in ${cycle}`;
export const nothingIsCountedHere = 'Nothing is counted here';
export const thisSelectionContainsNoVersion = 'This selection contains no version that you may see.';
export const allCycles = 'All cycles';
export const medianDuration = (duration: string): string => `median ${duration}`;
export const whatWaits = 'what waits';
export const decisionsAWeek = 'Decisions a week';
export const ofTheLastFourWeeks = 'of the last four weeks';
export const lateDecisions = 'late decisions';
export const decisionsWord = 'decisions';
export const rejectedOfDecided = (rejected: number, decided: number): string =>
  `${rejected} of ${count(decided, 'decision')}`;
export const rejectionsWord = 'rejections';
export const firstTimeRightOfApproved = (firstTimeRight: number, approved: number): string =>
  `${firstTimeRight} of ${count(approved, 'approval')}`;
export const whatWasRightAtOnceWord = 'what was right at once';
export const signaturesOutdated = 'Signatures outdated';
export const selfAttested = (selfAttested: number): string => `${selfAttested} self-attested`;
export const versionsWithAnOutdatedSignature = 'versions with an outdated signature';
export const countedAtFromCommitOf = (instant: string, commits: number, workflows: number): string =>
  `Counted at ${instant} from ${count(commits, 'commit')} of ${count(workflows, 'workflow')} that you may see.`;
export const underAMinute = '< 1 min';
export const hours = (hours: number | string): string => `${hours} h`;
export const days = (days: number | string): string => `${days} d`;
export const p90 = 'p90';
export const p90Of = (duration: string): string => `p90 ${duration}`;
export const p90Hours = 'p90 hours';
export const selfAttestedTitle = 'Self-attested';
