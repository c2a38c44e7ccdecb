/**
 * Logs faults of the database. They come by the hundred, so the first of each kind is logged at once and the rest as a count every few
 * seconds.
 */
import type { Logger } from 'pino';
import { faultIn } from './postgres-errors';

const EVERY_MS = 10_000;

export class FaultLog {
  /** For each kind, when it was last logged and how often it occurred since. */
  readonly #byKind = new Map<string, { at: number; since: number }>();

  constructor(private readonly logger: Logger | undefined) {}

  /** Logs the error if it is a fault of the database. */
  note(error: unknown): void {
    if (!faultIn(error)) return;
    const { code, message } = error as NodeJS.ErrnoException;
    const kind = code ?? message;
    const entry = this.#byKind.get(kind);
    const now = performance.now();
    if (entry && now - entry.at < EVERY_MS) {
      entry.since++;
      return;
    }
    this.logger?.error(
      { err: error, ...(entry?.since && { alsoSinceLast: entry.since }) },
      'the database cannot answer',
    );
    this.#byKind.set(kind, { at: now, since: 0 });
  }
}
