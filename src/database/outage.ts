/** That something is looked for again and again, and fails for a while. */
import type { Logger } from 'pino';

/** While looking fails, it is looked each time after twice as long, but not later than this, in milliseconds. */
const LOOK_AGAIN_WITHIN = 5_000;

/** Says that it fails once for as long as it lasts, since a database that is away for a night fills no log; and that it is over. */
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

  /** How long until it is looked again, of what is looked for so often. */
  wait(everyMs: number): number {
    return Math.min(everyMs * 2 ** this.#failed, LOOK_AGAIN_WITHIN);
  }
}
