/** The texts of notification rules. */
import type { ReactNode } from 'react';
import { count } from './words';

export const monday = 'Monday';
export const tuesday = 'Tuesday';
export const wednesday = 'Wednesday';
export const thursday = 'Thursday';
export const friday = 'Friday';
export const saturday = 'Saturday';
export const sunday = 'Sunday';
export const whatOthersHaveToAct = 'What others have to act on for you';
export const whatElseWaitsForOthers = 'What else waits for others in your workflows';
export const sentAt = (weekday: string | undefined, clock: string, zone: string): string =>
  `${weekday ? `Each ${weekday}` : 'Each day'} at ${clock}, ${zone}`;
export const everythingThatWaitsForYou = 'Everything that waits for you';
export const waitingForOrLonger = (waitingDays: number): string => `waiting for ${count(waitingDays, 'day')} or longer`;
export const inACycleThatEnds = (dueDays: number): string => `in a cycle that ends within ${count(dueDays, 'day')}`;
export const sayWhereTo = 'Say where to.';
export const daysAreWholeNumbersFrom = 'Days are whole numbers from 1 on.';
export const changeTheRule = 'Change the rule';
export const addARule = 'Add a rule';
export const how = 'How';
export const byMail = 'By mail';
export const inAChat = 'In a chat';
export const address = 'Address';
export const addressOfTheChatHttps = 'Address of the chat (https)';
export const on = 'On';
export const everyDay = 'Every day';
export const at = 'At';
export const byTheClockOf = 'By the clock of';
export const onlyWorkWithTheseAsks = 'Only work with these asks; all your waiting work if none is chosen';
export const onlyWhatHasWaitedFor = 'Only what has waited for days';
export const onlyWhatIsDueWithin = 'Only what is due within days';
export const nothingFrom = 'Nothing from';
export const noQuietHours = 'No quiet hours';
export const until = 'until';
export const messagesAreSent = 'Messages are sent';
export const theRuleIsRecordedIn = 'The rule is recorded in the log; its address is not, and is deleted with it.';
export const saveTheRule = 'Save the rule';
export const addTheRule = 'Add the rule';
export const whenYouAreNotifiedOf =
  'When you are notified of waiting work, by mail or in a chat. These rules are yours: nobody else sees or changes them.';
export const youHaveNoNotifications = 'You have no notifications';
export const yourWaitingWorkIsListed = 'Your waiting work is listed under My work, with its number beside it.';
export const byMailTo = 'By mail to ';
export const inTheChatAt = 'In the chat at ';
export const notFromTo = (clock: string, clock2: string): string => `, not from ${clock} to ${clock2}`;
export const sentLast = (instant: ReactNode) => <>Sent last {instant}</>;
export const change = 'Change…';
export const remove = 'Remove';
export const stoppedNothingIsSent = 'Stopped: nothing is sent.';
export const stoppedSinceBecauseNothingGot = (suspendedAt: ReactNode, lastFailure: ReactNode) => (
  <>
    Stopped since {suspendedAt}, because nothing got through{lastFailure}. Save it again when that is fixed.
  </>
);
export const dueNext = (instant: ReactNode) => <>Due next {instant}</>;
export const noMessageHasGotThrough = (instant: ReactNode) => <>No message has got through since {instant}</>;
