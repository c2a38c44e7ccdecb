/** Groups values by key, in order of first appearance. */
export function gathered<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const key = keyOf(one);
    const those = groups.get(key);
    if (those) those.push(one);
    else groups.set(key, [one]);
  }
  return groups;
}
