/**
 * Reads the past. The statements are the ones used for the present; the connections resolve table names to the views of schema `past`, each
 * of which shows its table as the commits up to the horizon left it. An answer about an instant never changes, because every stream is
 * closed before it is read: no later commit can be stamped at or before that instant. Streams are closed on the primary, and a standby is
 * read only after it has replayed the closing (standbys.ts).
 *
 * Data that another system recorded and that was imported after the instant had not been captured by then. If a supplement is given, it
 * answers such reads from the times that the other system recorded. These answers carry no guarantee and are marked.
 */
import DataLoader from 'dataloader';
import { badInput, DomainError } from '../../versioning/errors';
import type { Database, Db, StreamPositions } from '../connection/database';
import { REFERENCE_STREAM } from '../register/people';

const unsettled = () =>
  new DomainError('AS_OF_UNSETTLED', 'A commit in progress could still change the answer. Ask again in a moment.', {
    retryable: true,
  });

/**
 * SQL for the position of each stream at an instant, and for whether this node knows the stream to be closed there. A commit moves the head
 * of its stream, so a snapshot that shows the head past the instant also shows every commit up to the instant.
 * @param streams an SQL expression for the array of stream ids; `at` is one for the instant
 */
export const headsAt = (streams: string, at: string, supplement: Supplement | null): string => `
  select s.stream_id, (t.committed_at >= ${at} or t.closed_at >= ${at}) is true as is_closed,
    coalesce((select c.sequence from log.change_set c where c.stream_id = s.stream_id and c.committed_at <= ${at} order by c.committed_at desc limit 1), 0) as sequence,
    ${supplement?.knows(at) ?? 'false'} as is_recorded
  from unnest(${streams}) s(stream_id) left join log.stream t using (stream_id)`;

/** An additional source about the past: data that another system recorded and that was imported later. */
export interface Supplement {
  /** Holds views of the same shape as those of schema `past`, which add what the other system recorded. */
  readonly schema: string;
  /** The setting through which these views learn the instant and the streams that they complete. */
  readonly setting: string;
  /** SQL for whether the supplement knows more about stream s.stream_id at an instant. */
  readonly knows: (at: string) => string;
}

interface StreamHead {
  readonly streamId: string;
  /** Whether no later commit can be stamped at the instant or before it. */
  readonly isClosed: boolean;
  /** The last commit at or before the instant. */
  readonly sequence: number;
  readonly isRecorded: boolean;
}

export class AsOfReader implements Db {
  /** For each closed stream, its last commit at the instant; resolved once. */
  readonly #sequences = new Map<string, number>();
  /** The streams for which the supplement knows more. */
  readonly #recorded = new Set<string>();
  /** Streams requested in the same tick are closed together. */
  readonly #closed = new DataLoader<string, true>((ids) => this.#closeStreams(ids));

  constructor(
    private readonly database: Database,
    readonly at: Date,
    private readonly supplement: Supplement | null = null,
  ) {}

  /** Reads as of the instant. Rows of streams that have not been closed are not visible. */
  query<Row extends object>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    const sequences = JSON.stringify(Object.fromEntries(this.#sequences));
    const supplement = this.supplement && this.#recorded.size > 0 ? this.#supplementOf(this.supplement) : null;
    return this.database.queryPast<Row>({ sequences, supplement }, sql, parameters);
  }

  #supplementOf({ schema, setting }: Supplement): StreamPositions['supplement'] {
    return { schema, setting, value: JSON.stringify({ at: this.at, streams: [...this.#recorded] }) };
  }

  /** Whether part of what was read, of this workflow or of any, was recorded by another system and not yet captured at the instant. */
  isRecorded(streamId?: string): boolean {
    if (streamId !== undefined) return this.#recorded.has(streamId);
    return [...this.#recorded].some((id) => id !== REFERENCE_STREAM);
  }

  /** The sequence of a closed stream's last commit at the instant; 0 if there was none. */
  lastCommit(streamId: string): number {
    return this.#sequences.get(streamId) ?? 0;
  }

  /** Closes streams so that they can be read. The reference stream is always among them. */
  async closeStreams(streamIds: readonly string[]): Promise<void> {
    await Promise.all([...new Set([REFERENCE_STREAM, ...streamIds])].map((id) => this.#closed.load(id)));
  }

  async #closeStreams(streamIds: readonly string[]): Promise<(true | Error)[]> {
    const open = await this.#readClosed(streamIds);
    if (open.length === 0) return streamIds.map(() => true);
    const left = new Set(await this.#close(open));
    const closed = open.filter((id) => !left.has(id));
    this.#note(await this.#heads(closed));
    return streamIds.map((id) => (left.has(id) ? unsettled() : true));
  }

  async #heads(streamIds: readonly string[]): Promise<StreamHead[]> {
    if (streamIds.length === 0) return [];
    return this.database.queryPast<StreamHead>(null, headsAt('$1::uuid[]', '$2::timestamptz', this.supplement), [
      streamIds,
      this.at,
    ]);
  }

  #note(heads: readonly StreamHead[]): void {
    for (const { streamId, sequence, isRecorded } of heads) {
      this.#sequences.set(streamId, sequence);
      if (isRecorded) this.#recorded.add(streamId);
    }
  }

  /** Remembers which of the streams are closed already, and returns the others. */
  async #readClosed(streamIds: readonly string[]): Promise<readonly string[]> {
    const heads = await this.#heads(streamIds);
    this.#note(heads.filter(({ isClosed }) => isClosed));
    return heads.filter(({ isClosed }) => !isClosed).map(({ streamId }) => streamId);
  }

  /**
   * Closes each stream in a short transaction of its own, and returns those that could not be closed. It waits briefly for a commit in
   * flight and holds no other stream meanwhile, so one long transaction never stops other writers.
   */
  async #close(streamIds: readonly string[]): Promise<readonly string[]> {
    // If the clock was stepped back, the newest commit of all streams decides whether the instant has come.
    const [idle] = await this.database
      .atPrimary()
      .query<{ busy: string[] | null }>(
        'select case when not log.is_future($2) then log.close_idle($1, $2) end as busy',
        [streamIds, this.at],
      );
    const { busy } = idle!;
    if (!busy) throw badInput(`${this.at.toISOString()} has not come yet. Ask for an instant up to now.`);
    if (busy.length === 0) return [];
    try {
      await this.database.queryBehindWriters(busy, 'select log.close($1, $2)', [busy, this.at]);
      return [];
    } catch (error) {
      if (error instanceof DomainError && error.details.retryable === true) return busy;
      throw error;
    }
  }
}

/** Finds the stream that each id belongs to; ids requested in the same tick share one statement. */
function locator(sql: string) {
  const loaders = new WeakMap<Db, DataLoader<string, string | null>>();
  const make = (db: Db) =>
    new DataLoader<string, string | null>(
      async (ids) => {
        const rows = await db.query<{ id: string; streamId: string }>(sql, [ids]);
        const streams = new Map(rows.map(({ id, streamId }) => [id, streamId]));
        return ids.map((id) => streams.get(id) ?? null);
      },
      { cache: false },
    );
  return async (db: Db, ids: readonly string[]): Promise<string[]> => {
    const loader = loaders.get(db) ?? make(db);
    loaders.set(db, loader);
    return (await Promise.all(ids.map((id) => loader.load(id)))).filter((streamId) => streamId !== null);
  };
}

/** The streams that versions belong to, including discarded drafts. */
export const streamsOfVersions = locator(
  `select version_id as id, stream_id from phase_version where version_id = any($1::uuid[])
   union all
   select w.id, r.stream_id from unnest($1::uuid[]) w(id)
   cross join lateral (select stream_id from log.row_change where version_id = w.id limit 1) r
   where not exists (select from phase_version v where v.version_id = w.id)`,
);

const locatorsOfItems = new Map<string, ReturnType<typeof locator>>();

/** The streams that items belong to, including items removed since. */
export function streamsOfItems(db: Db, table: string, itemIds: readonly string[]): Promise<string[]> {
  let locate = locatorsOfItems.get(table);
  if (!locate)
    locatorsOfItems.set(
      table,
      (locate = locator(
        `select item_id as id, stream_id from ${table} where item_id = any($1::uuid[])
         union all
         select w.id, r.stream_id from unnest($1::uuid[]) w(id)
         cross join lateral (select stream_id from log.row_change
           where operation = 'DELETE' and table_name = '${table}' and row_id = w.id::text limit 1) r
         where not exists (select from ${table} i where i.item_id = w.id)`,
      )),
    );
  return locate(db, itemIds);
}

export const streamsOfMetrics = locator(
  'select metric_id as id, stream_id from versioning_metrics where metric_id = any($1::uuid[])',
);

export const streamsOfChangeSets = locator(
  'select change_set_id as id, stream_id from log.change_set where change_set_id = any($1::uuid[])',
);
