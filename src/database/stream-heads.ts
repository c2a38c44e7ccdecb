/**
 * Where the logs of streams stand: the last commit of each, and the hash that it was sealed with. Where that is what it was, nothing
 * was committed since, so whatever follows from commits is what it was as well.
 */
import type { Db } from './database';
import { latestOf } from './latest';

/** The head of a stream, as an expression; nothing where there is no commit. */
export const headOf = (stream: string): string =>
  `(select s.sequence || ' ' || coalesce(encode(s.hash, 'hex'), '') from log.stream s where s.stream_id = ${stream})`;

/** Looks for all who want to know it in the same moment. */
export class StreamHeads {
  readonly #head: (streamId: string) => Promise<string | null>;

  constructor(private readonly db: Db) {
    this.#head = latestOf((streamIds) => this.#ask(streamIds));
  }

  of = (...streamIds: readonly string[]): Promise<(string | null)[]> => Promise.all(streamIds.map(this.#head));

  async #ask(streamIds: readonly string[]): Promise<(string | null)[]> {
    const rows = await this.db.query<{ streamId: string; head: string | null }>(
      `select k.stream_id, ${headOf('k.stream_id')} as head from unnest($1::uuid[]) k(stream_id)`,
      [[...new Set(streamIds)]],
    );
    const heads = new Map(rows.map(({ streamId, head }) => [streamId, head]));
    return streamIds.map((streamId) => heads.get(streamId) ?? null);
  }
}
