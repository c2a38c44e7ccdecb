/** When notifications are due, in a person's local time. Time zones and daylight saving time come from Intl. */

export interface Times {
  /** An IANA time zone, such as Europe/Berlin. */
  readonly zone: string;
  /** The local hour, from 0 to 23. */
  readonly hour: number;
  /** 1 is Monday; null means every day. */
  readonly weekday: number | null;
  /** Quiet hours: nothing is sent from the first hour until the second; across midnight if the second is the smaller. */
  readonly quietFrom: number | null;
  readonly quietUntil: number | null;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const formats = new Map<string, Intl.DateTimeFormat>();
function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    const all = {
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    } as const;
    format = new Intl.DateTimeFormat('en-US', { ...all, timeZone: zone, hourCycle: 'h23', calendar: 'gregory' });
    formats.set(zone, format);
  }
  return format;
}

/** Whether the time zone exists. Offsets such as +01:00 are refused, since they have no daylight saving time. */
export function isZone(text: string): boolean {
  try {
    return text.length <= 64 && /^[A-Za-z]/.test(text) && formatOf(text) !== undefined;
  } catch {
    return false;
  }
}

/** The local wall-clock time at an instant, represented as if it were UTC. */
function wallAt(zone: string, instant: number): number {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  );
  return Date.UTC(parts.year!, parts.month! - 1, parts.day, parts.hour, parts.minute, parts.second);
}

const offsetAt = (zone: string, instant: number): number => {
  const whole = Math.floor(instant / 1000) * 1000;
  return wallAt(zone, whole) - whole;
};

/**
 * The instant at which the wall clock shows this: the first one if it does so twice; if it is skipped, the same time after midnight as it
 * would have been.
 */
function instantOf(zone: string, wall: number): number {
  const offsets = [offsetAt(zone, wall - DAY), offsetAt(zone, wall + DAY)] as const;
  const found = offsets.map((offset) => wall - offset).filter((instant) => wallAt(zone, instant) === wall);
  return found.length > 0 ? Math.min(...found) : wall - offsets[0];
}

/** The next due time after an instant. */
export function nextAt({ zone, hour, weekday }: Omit<Times, 'quietFrom' | 'quietUntil'>, after: Date): Date {
  const today = Math.floor(wallAt(zone, after.getTime()) / DAY) * DAY;
  for (let day = today - DAY; ; day += DAY) {
    // 1970 began on a Thursday.
    const isTheDay = weekday === null || ((day / DAY + 3) % 7) + 1 === weekday;
    const instant = instantOf(zone, day + hour * HOUR);
    if (isTheDay && instant > after.getTime()) return new Date(instant);
  }
}

/** The end of the current quiet hours; null outside of them. */
export function quietAt({ zone, quietFrom: from, quietUntil: until }: Times, now: Date): Date | null {
  if (from === null || until === null || from === until) return null;
  const hour = new Date(wallAt(zone, now.getTime())).getUTCHours();
  const isQuiet = from < until ? hour >= from && hour < until : hour >= from || hour < until;
  return isQuiet ? nextAt({ zone, hour: until, weekday: null }, now) : null;
}
