/**
 * Reading the past. The same statements run as for the present, on connections whose tables are the views of schema `past`:
 * each shows its table as the horizon's commits left it. What has been answered about an instant never changes, because the
 * streams that are read are closed first: no later commit will be stamped at or before it. That is done on the primary, and no
 * standby is read that has not heard of it (standbys.ts).
 *
 * What was recorded elsewhere and brought here later than the instant was not captured then. Where a supplement is given, it is
 * answered from the times that were recorded there; that is no promise, and is marked.
 */
import DataLoader from 'dataloader';
import { badInput, DomainError } from '../versioning/errors';
import type { Database, Db, StreamPositions } from './database';
import { REFERENCE_STREAM } from './people';

const unsettled = () =>
  new DomainError(
    'AS_OF_UNSETTLED',
    'A commit that is being made could still change the answer. Ask again in a moment.',
    { retryable: true },
  );

/**
 * How far streams have come at an instant, and whether no later commit can be stamped in them, as far as is known where this is
 * asked. A commit moves the head of its stream: a snapshot that shows the head past the instant shows all commits up to it.
 * @param streams an array of their ids, and `at` the instant, as expressions
 */
export const headsAt = (streams: string, at: string, supplement: Supplement | null): string => `
  select s.stream_id, (t.committed_at >= ${at} or t.closed_at >= ${at}) is true as is_closed,
    coalesce((select c.sequence from log.change_set c where c.stream_id = s.stream_id and c.committed_at <= ${at} order by c.committed_at desc limit 1), 0) as sequence,
    ${supplement?.knows(at) ?? 'false'} as is_recorded
  from unnest(${streams}) s(stream_id) left join log.stream t using (stream_id)`;

/** What else is known of the past: what was recorded elsewhere, and brought here later. */
export interface Supplement {
  /** Its views show what those of schema `past` do, and what was recorded elsewhere. */
  readonly schema: string;
  /** The setting that tells these views the instant, and the streams that are completed. */
  readonly setting: string;
  /** SQL for whether it knows more of stream s.stream_id at an instant. */
  readonly knows: (at: string) => string;
}

interface StreamHead {
  readonly streamId: string;
  /** Whether no later commit can be stamped at the instant or before it. */
  readonly isClosed: boolean;
  /** The last commit at the instant. */
  readonly sequence: number;
  readonly isRecorded: boolean;
}

export class AsOfReader implements Db {
  /** For each closed stream, its last commit at the instant; resolved once. */
  readonly #sequences = new Map<string, number>();
  /** The streams that the supplement knows more of. */
  readonly #recorded = new Set<string>();
  /** Streams that are wanted in the same moment are closed together. */
  readonly #closed = new DataLoader<string, true>((ids) => this.#closeStreams(ids));

  constructor(
    private readonly database: Database,
    readonly at: Date,
    private readonly supplement: Supplement | null = null,
  ) {}

  /** Reads as of the instant; streams that were not closed are not seen. */
  query<Row extends object>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    const sequences = JSON.stringify(Object.fromEntries(this.#sequences));
    const supplement = this.supplement && this.#recorded.size > 0 ? this.#supplementOf(this.supplement) : null;
    return this.database.queryPast<Row>({ sequences, supplement }, sql, parameters);
  }

  #supplementOf({ schema, setting }: Supplement): StreamPositions['supplement'] {
    return { schema, setting, value: JSON.stringify({ at: this.at, streams: [...this.#recorded] }) };
  }

  /** Whether some of what is read of a workflow, or of any that has been read, was recorded elsewhere and not captured by then. */
  isRecorded(streamId?: string): boolean {
    if (streamId !== undefined) return this.#recorded.has(streamId);
    return [...this.#recorded].some((id) => id !== REFERENCE_STREAM);
  }

  /** The last commit of a closed stream at the instant; 0 if there was none. */
  lastCommit(streamId: string): number {
    return this.#sequences.get(streamId) ?? 0;
  }

  /** Makes streams readable, that of the reference data always among them. */
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

  /** Takes note of those of the streams that are closed, and returns the others. */
  async #readClosed(streamIds: readonly string[]): Promise<readonly string[]> {
    const heads = await this.#heads(streamIds);
    this.#note(heads.filter(({ isClosed }) => isClosed));
    return heads.filter(({ isClosed }) => !isClosed).map(({ streamId }) => streamId);
  }

  /**
   * In short transactions of their own; returns those that could not be closed. A commit in flight is waited for, but not for
   * long, and while it is, no other stream is held: nobody's writing stops because somebody else's takes long.
   */
  async #close(streamIds: readonly string[]): Promise<readonly string[]> {
    // After a step back of the clock the newest commit of all says what has come.
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

/** Finds the stream that each id belongs to; ids that are wanted in the same moment are looked up together. */
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

/** The streams that versions belong to, also of drafts that are gone. */
export const streamsOfVersions = locator(
  `select version_id as id, stream_id from phase_version where version_id = any($1::uuid[])
   union all
   select w.id, r.stream_id from unnest($1::uuid[]) w(id)
   cross join lateral (select stream_id from log.row_change where version_id = w.id limit 1) r
   where not exists (select from phase_version v where v.version_id = w.id)`,
);

const locatorsOfItems = new Map<string, ReturnType<typeof locator>>();

/** The streams that items belong to, also of items that have been removed since. */
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
