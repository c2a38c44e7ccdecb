/**
 * Groups units that are written together, one statement per table, and sealed as one commit each: the cost lies in each statement with its
 * triggers rather than in the rows. This decides which units can be grouped; each keeps its own rows.
 */
import type { NewRow, Unit } from './unit';

/** The maximum numbers of units and rows in a group, which is one statement per table and one transaction. */
const UNITS = 500;
const ROWS = 4_000;

/** How the log assigns rows to commits: the data of each commit, and the index of the commit for each row. */
export interface Parts {
  readonly commits: readonly {
    readonly actor: number | null;
    readonly occurredAt: string | null;
    readonly reason: string;
  }[];
  readonly rows: Readonly<Record<string, number>>;
}

/**
 * The keys by which the log recognizes a unit's rows: their version, or, for rows without one, their own key.
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

/** The number of rows that a unit writes. */
const sizeOf = ({ rows, sources }: Unit) => rows.reduce((sum, [, each]) => sum + each.length, sources.length);

export interface UnitSet {
  readonly units: readonly Unit[];
  /** Whether they can be written together. */
  readonly isTogether: boolean;
}

/**
 * All units in order, in groups.
 * @param isNew whether nothing of a unit exists yet
 */
export function* setsOf(units: readonly Unit[], isNew: (unit: Unit) => boolean): Generator<UnitSet> {
  let set: Unit[] = [];
  let isTogether = false;
  let claimed = new Set<string>();
  let size = 0;
  for (const unit of units) {
    const claims = isNew(unit) ? claimsOf(unit) : null;
    const isFull = set.length === UNITS || size + sizeOf(unit) > ROWS;
    // Two units that write to the same version or source row need separate groups.
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

/** The assignment of rows to commits for a group. */
export const partsOf = (units: readonly Unit[]): Parts => ({
  commits: units.map(({ actor, occurredAt, reason }) => ({ actor, occurredAt, reason })),
  rows: Object.fromEntries(units.flatMap((unit, i) => [...claimsOf(unit)!].map((claim) => [claim, i]))),
});

/** All rows of a group by table, in the order in which tables are written. */
export function rowsTogether(units: readonly Unit[]): Map<string, NewRow[]> {
  const together = new Map<string, NewRow[]>();
  for (const [table, rows] of units.flatMap((unit) => unit.rows)) {
    const same = together.get(table) ?? [];
    together.set(table, same);
    for (const row of rows) same.push(row);
  }
  return together;
}
