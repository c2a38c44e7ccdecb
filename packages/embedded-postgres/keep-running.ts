/**
 * Starts the embedded PostgreSQL again when it dies under a server. Whoever asks meanwhile is told that the database cannot be
 * reached. If it does not stay up there is something that no start mends: after some tries that is said, and left to people.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Cluster } from './cluster';

/** In milliseconds. */
export interface Timing {
  readonly lookEvery: number;
  /** Before the second try; twice as long before each further one. */
  readonly pause: number;
  /** What has run for so long is steady: the tries are counted anew. */
  readonly steadyAfter: number;
}

export const TRIES = 5;
const TIMING: Timing = { lookEvery: 1_000, pause: 1_000, steadyAfter: 60_000 };

/**
 * Looks after it from now on.
 * @param giveUp is called once, when all tries are used up
 * @returns what ends that; it waits for a start that is being made
 */
export function keepRunning(
  cluster: Pick<Cluster, 'isRunning' | 'startAgain'>,
  logger: Logger,
  giveUp: () => void,
  { lookEvery, pause, steadyAfter }: Timing = TIMING,
): () => Promise<void> {
  const ending = new AbortController();
  const wait = (ms: number) => sleep(ms, undefined, { signal: ending.signal, ref: false }).catch(() => undefined);

  async function look(): Promise<void> {
    let tries = 0;
    let startedAt = performance.now();
    for (; !ending.signal.aborted; await wait(lookEvery)) {
      if (cluster.isRunning()) continue;
      if (performance.now() - startedAt > steadyAfter) tries = 0;
      if (tries === TRIES) {
        logger.fatal(
          `the embedded PostgreSQL does not stay up: it was started ${TRIES} times; its postgres.log says why`,
        );
        return giveUp();
      }
      tries++;
      logger.error(`the embedded PostgreSQL has ended; it is started again (${tries} of ${TRIES})`);
      if (tries > 1) await wait(pause * 2 ** (tries - 2));
      if (ending.signal.aborted) return;
      try {
        await cluster.startAgain();
        startedAt = performance.now();
        logger.warn('the embedded PostgreSQL runs again');
      } catch (error) {
        logger.error({ err: error }, 'the embedded PostgreSQL could not be started');
      }
    }
  }

  const looking = look();
  return () => {
    ending.abort();
    return looking;
  };
}
