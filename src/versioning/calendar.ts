/** When somebody is to be told something, by the clock on their wall: the zones, and their summer times, are those of Intl. */

export interface Times {
  /** A zone of the IANA database, such as Europe/Berlin. */
  readonly zone: string;
  /** The hour of their day, from 0 to 23. */
  readonly hour: number;
  /** 1 is Monday; every day if there is none. */
  readonly weekday: number | null;
  /** From this hour on nothing is sent, until that one; over midnight, if that is the lesser. */
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

/** Whether there is such a zone; an offset such as +01:00 is none, since it knows no summer. */
export function isZone(text: string): boolean {
  try {
    return text.length <= 64 && /^[A-Za-z]/.test(text) && formatOf(text) !== undefined;
  } catch {
    return false;
  }
}

/** What the clock on the wall shows, as if it were UTC. */
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

/** When the clock shows this: the first time, if it does so twice; if it never does, as long after midnight as it would have been. */
function instantOf(zone: string, wall: number): number {
  const offsets = [offsetAt(zone, wall - DAY), offsetAt(zone, wall + DAY)] as const;
  const found = offsets.map((offset) => wall - offset).filter((instant) => wallAt(zone, instant) === wall);
  return found.length > 0 ? Math.min(...found) : wall - offsets[0];
}

/** The next time that something is due, later than an instant. */
export function nextAt({ zone, hour, weekday }: Omit<Times, 'quietFrom' | 'quietUntil'>, after: Date): Date {
  const today = Math.floor(wallAt(zone, after.getTime()) / DAY) * DAY;
  for (let day = today - DAY; ; day += DAY) {
    // 1970 began on a Thursday.
    const isTheDay = weekday === null || ((day / DAY + 3) % 7) + 1 === weekday;
    const instant = instantOf(zone, day + hour * HOUR);
    if (isTheDay && instant > after.getTime()) return new Date(instant);
  }
}

/** Until when it is quiet; null if it is not. */
export function quietAt({ zone, quietFrom: from, quietUntil: until }: Times, now: Date): Date | null {
  if (from === null || until === null || from === until) return null;
  const hour = new Date(wallAt(zone, now.getTime())).getUTCHours();
  const isQuiet = from < until ? hour >= from && hour < until : hour >= from || hour < until;
  return isQuiet ? nextAt({ zone, hour: until, weekday: null }, now) : null;
}
