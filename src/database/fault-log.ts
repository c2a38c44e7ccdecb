/** The faults of the database in the log: each kind at once, and then once in a while how often, for they come in hundreds. */
import type { Logger } from 'pino';
import { faultIn } from './postgres-errors';

const EVERY_MS = 10_000;

export class FaultLog {
  /** When each kind was told last, and how often it came since. */
  readonly #told = new Map<string, { at: number; since: number }>();

  constructor(private readonly logger: Logger | undefined) {}

  /** Logs it if it is a fault of the database. */
  note(error: unknown): void {
    if (!faultIn(error)) return;
    const { code, message } = error as NodeJS.ErrnoException;
    const kind = code ?? message;
    const told = this.#told.get(kind);
    const now = performance.now();
    if (told && now - told.at < EVERY_MS) {
      told.since++;
      return;
    }
    this.logger?.error({ err: error, ...(told?.since && { alsoSinceLast: told.since }) }, 'the database cannot answer');
    this.#told.set(kind, { at: now, since: 0 });
  }
}
