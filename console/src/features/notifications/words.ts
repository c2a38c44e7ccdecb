/** Describes a notification rule in words. */
import type { RuleFragment, WorkAsk } from '../../generated/graphql';
import { allOf, count } from '#text/words';
import { asks } from '../my-work/asked';

export const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;
export const clock = (hour: number): string => `${String(hour).padStart(2, '0')}:00`;

export const askNames: readonly (readonly [WorkAsk, string])[] = [
  ...asks,
  ['WAIT', 'What others have to act on for you'],
  ['FOLLOW_UP', 'What else waits for others in your workflows'],
];

type When = Pick<RuleFragment, 'weekday' | 'hour' | 'zone'>;
export const whenOf = ({ weekday, hour, zone }: When): string =>
  `${weekday ? `Each ${weekdays[weekday - 1]}` : 'Each day'} at ${clock(hour)}, ${zone}`;

type What = Pick<RuleFragment, 'asks' | 'waitingDays' | 'dueDays'>;
export function whatOf({ asks: chosen, waitingDays, dueDays }: What): string {
  const names = askNames.filter(([ask]) => chosen.includes(ask)).map(([, name]) => name);
  return [
    names.length > 0 ? allOf(names) : 'Everything that waits for you',
    ...(waitingDays ? [`waiting for ${count(waitingDays, 'day')} or longer`] : []),
    ...(dueDays ? [`in a cycle that ends within ${count(dueDays, 'day')}`] : []),
  ].join(', ');
}
