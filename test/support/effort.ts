/**
 * The effort of the tests, in one place: `npm test` uses the usual one, `npm run test:long` the long one (effort.json), and variables
 * override single values. Randomness follows from `seed` (seed.cjs).
 */
import efforts from './effort.json';

/** Set by `npm run test:long`. */
const isLong = process.env.TEST_EFFORT === 'long';

export const effort = Object.fromEntries(
  Object.entries(efforts).map(([name, given]) => {
    const wanted = 'variable' in given ? process.env[given.variable] : undefined;
    return [name, Number(wanted ?? (isLong ? given.long : given.usual))];
  }),
) as Readonly<Record<keyof typeof efforts, number>>;

export const seed = Number(process.env.FC_SEED);

/** The first, and every n-th after it. */
export const oneIn = <T>(n: number, all: readonly T[]): T[] => all.filter((_, i) => i % n === 0);
