/** Interprets local times without a zone in the time zone of the old system. */

const OFFSET = /^([+-])(\d\d):(\d\d)$/;

const clocks = new Map<string, Intl.DateTimeFormat>();

/** @throws RangeError if there is no such zone */
function clockOf(zone: string): Intl.DateTimeFormat {
  let clock = clocks.get(zone);
  if (!clock) {
    const fields = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;
    clock = new Intl.DateTimeFormat('en-US', {
      ...fields,
      second: 'numeric',
      era: 'short',
      timeZone: zone,
      hourCycle: 'h23',
    });
    clocks.set(zone, clock);
  }
  return clock;
}

/** The instant of a UTC date and time. */
function utc(year: number, month: number, day: number, hour: number, minute: number, second: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day); // Date.UTC would map years before 100 to the 20th century
  return date.setUTCHours(hour, minute, second);
}

/** The offset of a zone from UTC at an instant, in milliseconds. */
function offsetAt(zone: string, instant: number): number {
  const [, sign, hours, minutes] = OFFSET.exec(zone) ?? [];
  if (sign !== undefined) return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  if (zone === 'UTC') return 0;
  const parts = Object.fromEntries(
    clockOf(zone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, value]),
  );
  const year = parts.era === 'BC' ? 1 - Number(parts.year) : Number(parts.year);
  const shown = utc(
    year,
    ...((['month', 'day', 'hour', 'minute', 'second'] as const).map((part) => Number(parts[part])) as [
      number,
      number,
      number,
      number,
      number,
    ]),
  );
  return shown - Math.floor(instant / 1000) * 1000;
}

/** Whether a zone is valid: an IANA name, or an offset like +02:00. */
export function isZone(zone: string): boolean {
  try {
    return Math.abs(offsetAt(zone, 0)) < 16 * 3_600_000;
  } catch {
    return false;
  }
}

/**
 * The instant at which clocks in a zone show a local time, given as if it were UTC. An hour that occurs twice when clocks are set back
 * means the first; one that is skipped is counted on from before.
 */
export function instantIn(zone: string, shown: number): number {
  const [before, after] = [shown - 86_400_000, shown + 86_400_000].map((instant) => offsetAt(zone, instant)) as [
    number,
    number,
  ];
  const early = shown - Math.max(before, after);
  return offsetAt(zone, early) === Math.max(before, after) ? early : shown - (before > after ? after : before);
}
