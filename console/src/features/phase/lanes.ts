/** Where a version stands in the graph of a phase, whose rows go from the newest to the oldest. */
export interface Place {
  readonly lane: number;
  /** Whether something above was made of it, and whether what it was made of is below. */
  readonly hasAbove: boolean;
  readonly hasBelow: boolean;
  /** Lanes that go past it. */
  readonly past: readonly number[];
  /** Lanes that end at it, besides its own: what else was made of it. */
  readonly ending: readonly number[];
}

interface Row {
  readonly versionNumber: number;
  readonly parent: { readonly versionNumber: number } | null;
}

/** Lays out versions so that each is connected with the one it was made of: a lane is what waits for the same parent. */
export function lanesOf(rows: readonly Row[]): { places: Place[]; width: number } {
  const listed = new Set(rows.map(({ versionNumber }) => versionNumber));
  /** Which version each lane leads to; undefined where it is free. */
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
