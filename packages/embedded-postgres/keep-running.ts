/**
 * Restarts the embedded PostgreSQL when it dies under a server. Until then, clients are told that the database cannot be reached. If it
 * keeps dying, restarting does not help: after some attempts it gives up and reports that.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Cluster } from './cluster';

/** Durations in milliseconds. */
export interface Timing {
  readonly lookEvery: number;
  /** The delay before the second attempt; it doubles for each further one. */
  readonly pause: number;
  /** After running for this long, the attempts are counted anew. */
  readonly steadyAfter: number;
}

export const TRIES = 5;
const TIMING: Timing = { lookEvery: 1_000, pause: 1_000, steadyAfter: 60_000 };

/**
 * Supervises it from now on.
 * @param giveUp called once, when all attempts are used up
 * @returns a function that ends the supervision, after waiting for a start in progress
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
