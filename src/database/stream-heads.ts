/**
 * Where the logs of streams stand: the last commit of each, and the hash that it was sealed with. Where that is what it was, nothing
 * was committed since, so whatever follows from commits is what it was as well.
 */
import DataLoader from 'dataloader';
import type { Db } from './database';

/** The head of a stream, as an expression; nothing where there is no commit. */
export const headOf = (stream: string): string =>
  `(select s.sequence || ' ' || coalesce(encode(s.hash, 'hex'), '') from log.stream s where s.stream_id = ${stream})`;

/**
 * Looks for all who want to know it in the same moment: while one statement is under way, those who come wait for the next one, since
 * it may have begun before what they ask about was committed.
 */
export class StreamHeads {
  #asking: Promise<unknown> = Promise.resolve();
  readonly #loader: DataLoader<string, string | null>;

  constructor(private readonly db: Db) {
    this.#loader = new DataLoader((streamIds) => this.#ask(streamIds), {
      cache: false,
      batchScheduleFn: (dispatch) => void this.#asking.then(dispatch),
    });
  }

  of = (...streamIds: readonly string[]): Promise<(string | null)[]> =>
    Promise.all(streamIds.map((streamId) => this.#loader.load(streamId)));

  async #ask(streamIds: readonly string[]): Promise<(string | null)[]> {
    const asking = this.db.query<{ streamId: string; head: string | null }>(
      `select k.stream_id, ${headOf('k.stream_id')} as head from unnest($1::uuid[]) k(stream_id)`,
      [[...new Set(streamIds)]],
    );
    this.#asking = asking.catch(() => undefined);
    const heads = new Map((await asking).map(({ streamId, head }) => [streamId, head]));
    return streamIds.map((streamId) => heads.get(streamId) ?? null);
  }
}
