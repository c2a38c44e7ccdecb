/** The texts of webhooks. */
import type { ReactNode } from 'react';
import { count } from './words';

export const theCommitIsAWhole = 'The commit is a whole number from 1 on.';
export const aReasonIsAskedFor = 'A reason is asked for.';
export const deliverToAgain = (name: string): string => `Deliver to ${name} again`;
export const thisCommitIsSentNext = 'This commit is sent next, followed by all later ones, with the ids that they had.';
export const log = 'Log';
export const theReferenceData = 'The reference data';
export const securityEventsRefusalsAndWho = 'Security events: refusals, and who read the log';
export const upToCommit = (report: string, cycle: string, sequence: number): string =>
  `${report}, ${cycle} (up to commit ${sequence})`;
export const fromCommit = 'From commit';
export const deliverAgain = 'Deliver again';
export const commitGivenUp = (n: number): string => `${count(n, 'commit')} given up`;
export const afterAttempt = (sequence: number, attempts: number): string =>
  `${sequence}, after ${count(attempts, 'attempt')},`;
export const securityEvent = 'Security event';
export const commit = 'Commit';
export const deliverAgainFromOn = (sequence: number): string => `Deliver again from ${sequence} on…`;
export const theSecretOf = (name: string): string => `The secret of ${name}`;
export const shownThisOnceGiveIt =
  'Shown this once. Give it to the receiver, which checks the signatures with it; if it is lost, make a new one.';
export const secret = 'Secret';
export const copied = 'Copied';
export const copy = 'Copy';
export const iHaveIt = 'I have it';
export const changeOne = (hook: string): string => `Change ${hook}`;
export const addAReceiver = 'Add a receiver';
export const itsOwnerAndPurpose = 'Its owner and purpose';
export const address = 'Address';
export const https = 'https://';
export const onlyTheseOperationsAllIf = 'Only these operations; all if none is chosen';
export const whatIsSent = 'What is sent';
export const idsOnly = 'Ids only';
export const eventsForASiemOcsf = 'Events for a SIEM (OCSF), with who did it, what was refused, and who read the log';
export const enabledWhatWasMissedIn = 'Enabled: what was missed in the meantime is then delivered';
export const theAddressAndTheReason = 'The address and the reason are recorded permanently in the log, with your name.';
export const somebodyElseChangedThisIn =
  'Somebody else changed this in the meantime. Save again to keep what you typed.';
export const save = 'Save';
export const sayWhoseItIs = 'Say whose it is.';
export const sayWhereItIsSent = 'Say where it is sent.';
export const webhooksAreManagedByAdministrators = 'Webhooks are managed by administrators';
export const askAnAdministratorToAdd = 'Ask an administrator to add a receiver.';
export const webhooks = 'Webhooks';
export const history = 'History';
export const thereAreNoWebhooks = 'There are no webhooks';
export const aReceiverGetsASigned =
  'A receiver gets a signed message for each commit, with ids only; it reads the details from the API.';
export const sentTo = 'Sent to';
export const deliveredCommits = 'Delivered commits';
export const everyCommit = 'Every commit';
export const takenLast = 'Taken last';
export const nothingYet = 'Nothing yet';
export const notYetDelivered = 'Not yet delivered';
export const change = 'Change…';
export const newSecret = 'New secret…';
export const deliverAgainDots = 'Deliver again…';
export const disabledNothingIsSentAnd = 'Disabled: nothing is sent, and nothing is lost';
export const suspendedSinceBecauseNothingGot = (suspendedAt: ReactNode, lastFailure: ReactNode) => (
  <>
    Suspended since {suspendedAt}, because nothing got through{lastFailure}. Enable it under Change.
  </>
);
export const noMessageHasGotThrough = (instant: ReactNode) => <>No message has got through since {instant}</>;
export const enabled = 'Enabled';
export const makeANewSecret = 'Make a new secret';
export const messagesToCarryTwoSignatures = (name: string): string =>
  `Messages to ${name} carry two signatures for 24 hours, of the old secret and of the new one.`;
