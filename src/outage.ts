/** Back-off and logging for polling that fails for a while. */
import type { Logger } from 'pino';

/** The upper limit of the exponential back-off, in milliseconds. */
const LOOK_AGAIN_WITHIN = 5_000;

/** Logs the beginning and the end of an outage once each, so that a database that is down for a night does not fill the log. */
export class Outage {
  #failed = 0;

  constructor(
    private readonly logger: Pick<Logger, 'warn' | 'info'>,
    private readonly words: { readonly begins: string; readonly ends: string },
  ) {}

  succeeded(): void {
    if (this.#failed > 0) this.logger.info({ failed: this.#failed }, this.words.ends);
    this.#failed = 0;
  }

  failed(err: unknown): void {
    if (this.#failed === 0) this.logger.warn({ err }, this.words.begins);
    this.#failed++;
  }

  /** The time until the next poll, given the normal interval. */
  wait(everyMs: number): number {
    return Math.min(everyMs * 2 ** this.#failed, LOOK_AGAIN_WITHIN);
  }
}
