/** Whether this server may be relied on now: it is connected as the service, and the database is as the migrations make it. */
import type { Database } from '../database/database';
import { holdCatalogue } from './catalogue';

/** How long what was found of the catalogue is believed: whoever asks whether a server is ready asks often. */
const BELIEVED_MS = 5_000;

export class Readiness {
  #catalogue: { readonly problems: Promise<readonly string[]>; readonly asked: number } | undefined;

  constructor(private readonly db: Database) {}

  /** What stands against it, in sentences. It is rejected where the database does not answer. */
  async problems(): Promise<readonly string[]> {
    const session = await this.db.askSession();
    const catalogue = await this.#differences();
    return session === null ? catalogue : [`${session}.`, ...catalogue];
  }

  #differences(): Promise<readonly string[]> {
    if (!this.#catalogue || Date.now() - this.#catalogue.asked > BELIEVED_MS) {
      const problems = this.db.snapshot(holdCatalogue, 'a moment').then(({ differences }) => differences.map(inShort));
      this.#catalogue = { problems, asked: Date.now() };
      problems.catch(() => (this.#catalogue = undefined));
    }
    return this.#catalogue.problems;
  }
}

/** Anybody may ask whether a server is ready, so what the difference is in detail stays with auditors. */
const inShort = ({ object, kind }: { object: string; kind: 'missing' | 'unexpected' | 'changed' }): string =>
  `${object} is ${kind}.`;
