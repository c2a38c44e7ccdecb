/** How the connections are shared out among kinds of work and among people. */
import { Share, type Bounds } from '../../packages/fair-share';
import { busy } from '../versioning/errors';

/** How long a turn is waited for, and how many of one person wait at once: more than one request asks for, less than memory holds. */
const PATIENCE_MS = 10_000;
const WAITING = 1_000;
/** How many wait to write to one stream. */
const WAITING_WRITERS = 100;

/** Whose turn it is: a person's, or, without one, the server's own. */
export type Person = number | undefined;

/** A quarter, or two, but never more than half: statements that run beside each other share processors with everybody's. */
const ofOnePerson = (size: number): number => Math.min(Math.ceil(size / 2), Math.max(2, Math.floor(size / 4)));

export type Shares = ReturnType<typeof sharesOf>;

/**
 * What each kind of work may take of the connections. Those who write and those who read at length leave some to readers, readers
 * leave one to them, and nobody has more than half of any kind, nor more than a quarter of many: whatever one of them waits for,
 * others go on.
 */
export function sharesOf(poolSize: number, patienceMs = PATIENCE_MS) {
  const past = Math.max(1, Math.floor(poolSize / 4)); // the past is asked less often
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
    /** One at a time writes to a stream, and the others wait here rather than on connections. */
    streams: new Share<string>(writers),
  };
}
