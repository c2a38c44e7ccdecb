/** Texts of many lines. */
export const textOf = (lines: number, line: (n: number) => string | number): string =>
  Array.from({ length: lines }, (_, n) => line(n)).join('\n');

/** The same lines in an order given by a seed: much in common, and nothing in the same place. */
export function shuffled(lines: number, seed: number): string {
  const order = Array.from({ length: lines }, (_, n) => n);
  for (let last = lines - 1; last > 0; last--) {
    seed = (seed * 1664525 + 1013904223) % 2 ** 32;
    const other = seed % (last + 1);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order.map((n) => `line ${n}`).join('\n');
}
