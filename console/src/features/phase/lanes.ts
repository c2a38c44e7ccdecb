/** Lays out the version graph of a phase. Rows run from the newest to the oldest. */
export interface Place {
  readonly lane: number;
  /** Whether a line leads up to a child, and whether one leads down to the parent. */
  readonly hasAbove: boolean;
  readonly hasBelow: boolean;
  /** Lanes that pass by this row. */
  readonly past: readonly number[];
  /** Lanes of other children that end in this row. */
  readonly ending: readonly number[];
}

interface Row {
  readonly versionNumber: number;
  readonly parent: { readonly versionNumber: number } | null;
}

/** Assigns lanes so that each version is connected with its parent; a lane is held by the versions that wait for the same parent. */
export function lanesOf(rows: readonly Row[]): { places: Place[]; width: number } {
  const listed = new Set(rows.map(({ versionNumber }) => versionNumber));
  /** The parent that each lane leads to; undefined if the lane is free. */
  const lanes: (number | undefined)[] = [];
  let width = 1;
  const places = rows.map(({ versionNumber, parent }): Place => {
    const ending = lanes.flatMap((to, lane) => (to === versionNumber ? [lane] : []));
    const free = lanes.indexOf(undefined);
    const lane = ending[0] ?? (free < 0 ? lanes.length : free);
    for (const one of ending) lanes[one] = undefined;
    const past = lanes.flatMap((to, one) => (to === undefined ? [] : [one]));
    const hasBelow = parent !== null && listed.has(parent.versionNumber);
    lanes[lane] = hasBelow ? parent.versionNumber : undefined;
    width = Math.max(width, lane + 1, ...past.map((one) => one + 1));
    return { lane, hasAbove: ending.length > 0, hasBelow, past, ending: ending.slice(1) };
  });
  return { places, width };
}
