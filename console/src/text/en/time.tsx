import { locale } from './words';

const MINUTE = 60;
const DAY = 86_400;
const units = [
  ['y', 365 * DAY],
  ['wk', 7 * DAY],
  ['d', DAY],
  ['h', 60 * MINUTE],
  ['min', MINUTE],
] as const;

/** One unit, rounded down: "26 min", "9 d", "3 wk". Weeks start at three, since "9 d" is more precise than "1 wk". */
export function age(from: string, to: number): string {
  const seconds = Math.max(0, (to - Date.parse(from)) / 1000);
  for (const [unit, size] of units) {
    if (unit === 'wk' && seconds < 21 * DAY) continue;
    if (seconds >= size) return `${Math.floor(seconds / size)} ${unit}`;
  }
  return 'now';
}

/** The reader's time zone, as it is named beside what they type. */
export const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();

/** Formats are made when they are first used: each takes a browser a while, and a page uses few. */
function format(options: Intl.DateTimeFormatOptions, zone: string): (at: Date) => string {
  let made: Intl.DateTimeFormat | undefined;
  return (at) => (made ??= new Intl.DateTimeFormat(locale, { timeZone: zone, ...options })).format(at);
}
/** Formats instants in the reader's zone, and dates, which have none, as they are. */
function formatter(options: Intl.DateTimeFormatOptions) {
  const [ofInstant, ofDate] = [format(options, timeZone), format(options, 'UTC')];
  return (iso: string): string => (/^\d{4}-\d\d-\d\d$/.test(iso) ? ofDate : ofInstant)(new Date(iso));
}
const toMinute = { hour: '2-digit', minute: '2-digit', timeZoneName: 'short' } as const;
const toSecond = { ...toMinute, second: '2-digit' } as const;
/** Formats the time of day in a zone; seconds only where there are any, since people mostly set days and minutes. */
function clock(zone: string) {
  const [ofMinutes, ofSeconds] = [format(toMinute, zone), format(toSecond, zone)];
  return (at: Date): string => (at.getTime() % (MINUTE * 1000) === 0 ? ofMinutes : ofSeconds)(at);
}
const clockHere = clock(timeZone);
const clockInUtc = clock('UTC');
const dayInUtc = format({ day: 'numeric', month: 'short', year: 'numeric' }, 'UTC');

export const day = formatter({ day: 'numeric', month: 'short', year: 'numeric' });
export const dayOfYear = formatter({ day: 'numeric', month: 'short' });
/** An instant in the reader's time zone, which is named. */
export const instant = (iso: string): string => `${day(iso)}, ${clockHere(new Date(iso))}`;
const inUtc = (iso: string): string => `${dayInUtc(new Date(iso))}, ${clockInUtc(new Date(iso))}`;
/** In the reader's time zone, with UTC beside it if that is another one. */
export const bothZones = (iso: string): string => [...new Set([instant(iso), inUtc(iso)])].join(' · ');

/** An instant as a control for date and time has it: in the reader's time zone, without naming it. */
export function asLocal(iso: string): string {
  const at = new Date(iso);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
/** What was typed into such a control, as an instant. */
export const fromLocal = (text: string): string => new Date(text).toISOString();
