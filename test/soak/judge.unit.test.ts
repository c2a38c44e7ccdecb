/** A leak is found, also a slow one in noise; what goes up and down is none. */
import { chance } from '../support/chance';
import { trends } from './judge';

/** Sixty measurements in half an hour of one figure. */
const measured = (value: (minute: number, random: number) => number, seed = 1) => {
  const random = chance(seed);
  return Array.from({ length: 60 }, (_, n) => ({ seconds: n * 30, figures: { figure: value(n / 2, random()) } }));
};
const grows = (value: (minute: number, random: number) => number, by = 10, share = 0.1, seed = 1) =>
  trends(measured(value, seed), { figure: { by, share } })[0]!.growsTooMuch;

test.each<[string, boolean, (minute: number, random: number) => number]>([
  ['a megabyte a minute, in noise that is larger', true, (minute, random) => 100 + minute + 15 * random],
  ['a handle every two minutes that is not given back', true, (minute) => 40 + Math.floor(minute * 1.5)],
  ['a leak that begins late', true, (minute) => 100 + Math.max(0, minute - 15) * 3],
  ['what is filled and emptied', false, (minute, random) => 100 + ((minute * 7) % 40) + 5 * random],
  ['a cache that fills while it gets warm', false, (minute) => 100 + Math.min(minute, 10) * 8],
  ['one measurement that is far off', false, (minute) => (minute === 25 ? 900 : 100)],
  ['noise that is larger than what is allowed', false, (_, random) => 100 + 60 * random],
  ['less and less', false, (minute) => 200 - minute],
])('%s', (_, expected, value) => {
  const found = Array.from({ length: 200 }, (_, seed) => grows(value, 10, 0.1, seed));
  expect(found.filter((isFound) => isFound === expected).length).toBeGreaterThan(190);
});

test('a share of what it was is allowed beside a number, whichever is more', () => {
  const slow = (minute: number) => 1000 + minute;
  expect(grows(slow, 10, 0.1)).toBe(false);
  expect(grows(slow, 10, 0.01)).toBe(true);
  const [trend] = trends(measured(slow), { figure: { by: 1, share: 0 } });
  expect(trend!.to - trend!.from).toBeCloseTo(17.5);
});

test('from a handful of measurements nothing is said', () => {
  expect(() => trends(measured(() => 1).slice(0, 4), { figure: { by: 1, share: 0 } })).toThrow('no trend');
});
