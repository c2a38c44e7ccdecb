/** Describes a notification rule in words. */
import * as t from '#text/notifications';
import { allOf } from '#text/words';
import type { RuleFragment, WorkAsk } from '../../generated/graphql';
import { asks } from '../my-work/asked';

export const weekdays = [t.monday, t.tuesday, t.wednesday, t.thursday, t.friday, t.saturday, t.sunday] as const;
export const clock = (hour: number): string => `${String(hour).padStart(2, '0')}:00`;

export const askNames: readonly (readonly [WorkAsk, string])[] = [
  ...asks,
  ['WAIT', t.whatOthersHaveToAct],
  ['FOLLOW_UP', t.whatElseWaitsForOthers],
];

type When = Pick<RuleFragment, 'weekday' | 'hour' | 'zone'>;
export const whenOf = ({ weekday, hour, zone }: When): string =>
  t.sentAt(weekday === null ? undefined : weekdays[weekday - 1], clock(hour), zone);

type What = Pick<RuleFragment, 'asks' | 'waitingDays' | 'dueDays'>;
export function whatOf({ asks: chosen, waitingDays, dueDays }: What): string {
  const names = askNames.filter(([ask]) => chosen.includes(ask)).map(([, name]) => name);
  return [
    names.length > 0 ? allOf(names) : t.everythingThatWaitsForYou,
    ...(waitingDays ? [t.waitingForOrLonger(waitingDays)] : []),
    ...(dueDays ? [t.inACycleThatEnds(dueDays)] : []),
  ].join(', ');
}
