/**
 * Units that are written together, a statement for each table, and sealed as a commit each: what costs is each statement with
 * its triggers, and not the rows. Which units may be together is decided here; what each brings is its own still.
 */
import type { NewRow, Unit } from './unit';

/** How many units are written together at most, and how many rows: they are one statement, and one transaction. */
const UNITS = 500;
const ROWS = 4_000;

/** What the log is told of many commits: what each says, and the place of the commit that a row is of. */
export interface Parts {
  readonly commits: readonly {
    readonly actor: number | null;
    readonly occurredAt: string | null;
    readonly reason: string;
  }[];
  readonly rows: Readonly<Record<string, number>>;
}

/**
 * By what the log knows the rows of a unit: by their version, and what has none by its key.
 * @returns null for a unit with other rows
 */
function claimsOf({ rows, sources }: Unit): Set<string> | null {
  const claims = new Set(sources.map(({ source }) => `${source.table},${source.key}`));
  for (const [, each] of rows)
    for (const { version_id: version } of each) {
      if (typeof version !== 'string') return null;
      claims.add(version);
    }
  return claims;
}

/** How many rows a unit writes. */
const sizeOf = ({ rows, sources }: Unit) => rows.reduce((sum, [, each]) => sum + each.length, sources.length);

export interface UnitSet {
  readonly units: readonly Unit[];
  /** Whether they can be written together. */
  readonly isTogether: boolean;
}

/**
 * All units, in their order.
 * @param isNew whether nothing of a unit is there yet
 */
export function* setsOf(units: readonly Unit[], isNew: (unit: Unit) => boolean): Generator<UnitSet> {
  let set: Unit[] = [];
  let isTogether = false;
  let claimed = new Set<string>();
  let size = 0;
  for (const unit of units) {
    const claims = isNew(unit) ? claimsOf(unit) : null;
    const isFull = set.length === UNITS || size + sizeOf(unit) > ROWS;
    // What two units write of one version, or of one source row, is of two commits.
    const goesAlong = claims ? isTogether && !isFull && ![...claims].some((claim) => claimed.has(claim)) : !isTogether;
    if (!goesAlong) {
      if (set.length > 0) yield { units: set, isTogether };
      [set, isTogether, claimed, size] = [[], claims !== null, new Set(), 0];
    }
    set.push(unit);
    size += sizeOf(unit);
    for (const claim of claims ?? []) claimed.add(claim);
  }
  if (set.length > 0) yield { units: set, isTogether };
}

/** What the log is told of units that are written together. */
export const partsOf = (units: readonly Unit[]): Parts => ({
  commits: units.map(({ actor, occurredAt, reason }) => ({ actor, occurredAt, reason })),
  rows: Object.fromEntries(units.flatMap((unit, i) => [...claimsOf(unit)!].map((claim) => [claim, i]))),
});

/** All their rows, by the tables in the order in which they are written. */
export function rowsTogether(units: readonly Unit[]): Map<string, NewRow[]> {
  const together = new Map<string, NewRow[]>();
  for (const [table, rows] of units.flatMap((unit) => unit.rows)) {
    const same = together.get(table) ?? [];
    together.set(table, same);
    for (const row of rows) same.push(row);
  }
  return together;
}
