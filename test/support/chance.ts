/**
 * Numbers from 0 up to, and not including, 1 (mulberry32), the same for the same seed. Tests take their chance from here, and never
 * from Math.random, so that a run can be repeated.
 */
export function chance(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
