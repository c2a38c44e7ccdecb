/** Times that name no zone, in the zone that the old system kept them in. */

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

/** The instant at which a clock shows these parts of a date, if it shows UTC. */
function utc(year: number, month: number, day: number, hour: number, minute: number, second: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day); // years before 100 would be taken for those of a century
  return date.setUTCHours(hour, minute, second);
}

/** How far a zone is ahead of UTC at an instant, in milliseconds. */
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

/** Whether times can be read in a zone: a name as of the IANA data base, or an offset like +02:00. */
export function isZone(zone: string): boolean {
  try {
    return Math.abs(offsetAt(zone, 0)) < 16 * 3_600_000;
  } catch {
    return false;
  }
}

/**
 * The instant at which clocks in a zone show what they would show in UTC at another. An hour that is there twice, when clocks are set
 * back, is the first one; one that is left out is counted on from before.
 */
export function instantIn(zone: string, shown: number): number {
  const [before, after] = [shown - 86_400_000, shown + 86_400_000].map((instant) => offsetAt(zone, instant)) as [
    number,
    number,
  ];
  const early = shown - Math.max(before, after);
  return offsetAt(zone, early) === Math.max(before, after) ? early : shown - (before > after ? after : before);
}
