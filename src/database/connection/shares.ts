/** How connections are shared among kinds of work and among people. */
import { Share, type Bounds } from '../../../packages/fair-share';
import { busy } from '../../versioning/errors';

/**
 * How long a request waits for its turn, and how many requests of one person may wait: more than one client request needs, and few enough
 * for memory.
 */
const PATIENCE_MS = 10_000;
const WAITING = 1_000;
/** How many writers may wait for one stream. */
const WAITING_WRITERS = 100;

/** Whose turn it is: a person's, or, if undefined, the server's own. */
export type Person = number | undefined;

/** A quarter, at least two, never more than half: statements that run in parallel compete with everybody's for processors. */
const ofOnePerson = (size: number): number => Math.min(Math.ceil(size / 2), Math.max(2, Math.floor(size / 4)));

export type Shares = ReturnType<typeof sharesOf>;

/**
 * The shares of the connections for each kind of work. Writers and long reads leave some to readers, and readers leave one to them. Nobody
 * gets more than half of a share, or a quarter of a large one, so one person's waiting requests never block others.
 */
export function sharesOf(poolSize: number, patienceMs = PATIENCE_MS) {
  const past = Math.max(1, Math.floor(poolSize / 4)); // the past is read less often
  const present = Math.max(1, poolSize - past);
  const share = (connections: number) => {
    const size = Math.max(1, connections);
    const refusal = () => busy('The server has too much to do at the moment. Try again in a few seconds.', 2);
    return new Share<Person>({ size, each: ofOnePerson(size), waiting: WAITING, patienceMs, refusal });
  };
  const writers: Bounds = {
    size: Infinity,
    each: 1,
    waiting: WAITING_WRITERS,
    patienceMs,
    refusal: () => busy('Many others are changing this, or one of them takes long. Try again in a few seconds.', 2),
  };
  return {
    past,
    present,
    reading: share(present - 1),
    writing: share(Math.floor(present / 2)),
    readingAtLength: share(Math.floor(present / 8)),
    readingThePast: share(past),
    /** One writer per stream at a time; the others wait here without holding a connection. */
    streams: new Share<string>(writers),
  };
}
