/**
 * The heads of streams: the last commit of each with its hash. If a head is unchanged, there was no commit, so whatever was derived from
 * the commits still holds.
 */
import type { Db } from '../connection/database';
import { coalesceByKey } from '../connection/coalesce';

/** An expression for the head of a stream; null if the stream has no commit. */
export const headExpression = (stream: string): string =>
  `(select s.sequence || ' ' || coalesce(encode(s.hash, 'hex'), '') from log.stream s where s.stream_id = ${stream})`;

/** Reads heads, in one statement for all callers at the same time. */
export class StreamHeads {
  readonly #head: (streamId: string) => Promise<string | null>;

  constructor(private readonly db: Db) {
    this.#head = coalesceByKey((streamIds) => this.#ask(streamIds));
  }

  of = (...streamIds: readonly string[]): Promise<(string | null)[]> => Promise.all(streamIds.map(this.#head));

  async #ask(streamIds: readonly string[]): Promise<(string | null)[]> {
    const rows = await this.db.query<{ streamId: string; head: string | null }>(
      `select k.stream_id, ${headExpression('k.stream_id')} as head from unnest($1::uuid[]) k(stream_id)`,
      [[...new Set(streamIds)]],
    );
    const heads = new Map(rows.map(({ streamId, head }) => [streamId, head]));
    return streamIds.map((streamId) => heads.get(streamId) ?? null);
  }
}
