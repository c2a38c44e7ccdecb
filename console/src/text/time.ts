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

const format = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', ...options });
const withYear = format({ day: 'numeric', month: 'short', year: 'numeric' });
const withoutYear = format({ day: 'numeric', month: 'short' });
const clock = format({ hour: '2-digit', minute: '2-digit', second: '2-digit' });

export const day = (iso: string): string => withYear.format(new Date(iso));
export const dayOfYear = (iso: string): string => withoutYear.format(new Date(iso));
export const instant = (iso: string): string => `${day(iso)}, ${clock.format(new Date(iso))} UTC`;
/** In the reader's time zone, with UTC beside it. */
export const bothZones = (iso: string): string => `${new Date(iso).toLocaleString()} · ${instant(iso)}`;
