/** Formats figures for people. */
import * as t from '#text/insights';

export const percent = (ratio: number | null | undefined): string =>
  ratio == null ? '–' : `${Math.round(100 * ratio)} %`;

const HOURS_OF_A_DAY = 24;
/** Minutes, hours or days: the unit that leaves about two digits. */
export function duration(hours: number | null | undefined): string {
  if (hours == null) return '–';
  if (hours * 60 < 1) return t.underAMinute;
  if (hours < 1) return t.minutes(Math.round(hours * 60));
  if (hours < 2 * HOURS_OF_A_DAY) return t.hours(hours < 10 ? hours.toFixed(1) : Math.round(hours));
  const days = hours / HOURS_OF_A_DAY;
  return t.days(days < 10 ? days.toFixed(1) : Math.round(days));
}

export const decimal = (value: number | null | undefined): string => (value == null ? '–' : value.toFixed(1));
