/** Reads a whole stream of the commit log, and the live rows it covers, in one snapshot and in constant memory. */
import type { ChainHead, ReadCommit, ReadRow } from '../../versioning/verification';
import { productSchemas } from '../deployment/catalogue';
import type { Db } from '../connection/database';
import { REFERENCE_STREAM } from '../register/people';
import { unprepared } from '../connection/statements';

/** The batch size: this many rows, or fewer if they are long, so that memory stays bounded and no batch takes long. */
const BATCH = { rows: 250, characters: 1_000_000 };

const charactersIn = (row: object): number =>
  Object.values(row).reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 0), 0);

/** Reads the rows of a statement in batches through a server-side cursor; needs a transaction, and only one such read at a time. */
export async function* streamRows<Row extends object>(
  tx: Db,
  sql: string,
  parameters: readonly unknown[],
): AsyncGenerator<Row> {
  await tx.query(`declare reading no scroll cursor for ${sql}`, parameters);
  try {
    for (let size = 10; ;) {
      const rows = await tx.query<Row>(unprepared(`fetch ${size} from reading`)); // the columns are those of the cursor
      if (rows.length > 0) yield* rows;
      if (rows.length < size) return;
      const fitting = Math.floor(
        (BATCH.characters * size) / (1 + rows.reduce((sum, row) => sum + charactersIn(row), 0)),
      );
      size = Math.max(1, Math.min(BATCH.rows, 10 * size, fitting));
    }
  } finally {
    // After an error the transaction refuses every statement, and only the first error matters.
    await tx.query('close reading').catch(() => undefined);
  }
}

/** SQL that formats an instant as RFC 3339 in UTC with milliseconds, as the API does. */
export const isoInstant = (expression: string): string =>
  `to_char((${expression}) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** An instant as it is hashed. to_char formats a year BC like the same year AD, so the era is appended. */
const instant = (column: string): string =>
  `${isoInstant(column)} || case when ${column} < '0001-01-01Z' then ' BC' else '' end`;

/** The encoding of an image's digest (versioning/verification.ts). */
const digest = (column: string): string => `translate(rtrim(encode(${column}, 'base64'), '='), '+/', '-_')`;

type CommitWithRow = Omit<ReadCommit, 'rows'> & { readonly isRow: boolean; readonly rowOperation: string } & ReadRow;

/**
 * The commits of a stream in order, each with its rows, every value as the text that is hashed. Row changes that belong to no commit come
 * as commits without a hash.
 * @param after reads only commits after this one
 */
export async function* commitsOf(tx: Db, streamId: string, after?: number): AsyncGenerator<ReadCommit> {
  const these = `stream_id = $1::uuid${after === undefined ? '' : ' and sequence > $2'}`;
  let open: (Omit<ReadCommit, 'rows'> & { rows: ReadRow[] }) | undefined;
  const rows = streamRows<CommitWithRow>(
    tx,
    `select $1::text as stream_id, coalesce(c.sequence, r.sequence) as sequence, ${instant('c.committed_at')} as committed_at,
       c.change_set_id::text, c.actor_id, c.origin, c.operation as operation, c.reason, c.request_id,
       ${instant('c.occurred_at')} as occurred_at, c.operator as operator, encode(c.previous_hash, 'hex') as previous_hash,
       case when c.stream_id is null then '' else coalesce(nullif(encode(c.hash, 'hex'), ''), 'none') end as hash,
       coalesce(c.version_ids, '{}')::text[] as version_ids, r.stream_id is not null as is_row,
       r.ordinal, r.table_name, r.row_id, r.version_id::text, r.operation::text as row_operation, r.before::text as before, r.after::text as after,
       ${digest('r.before_digest')} as before_digest, ${digest('r.after_digest')} as after_digest
     from (select * from log.change_set where ${these}) c
     full join (select * from log.row_change where ${these}) r on r.sequence = c.sequence
     order by 2, r.ordinal`,
    after === undefined ? [streamId] : [streamId, after],
  );
  for await (const row of rows) {
    const {
      isRow,
      ordinal,
      tableName,
      rowId,
      versionId,
      rowOperation,
      before,
      after,
      beforeDigest,
      afterDigest,
      ...commit
    } = row;
    if (open?.sequence !== commit.sequence) {
      if (open) yield open;
      open = { ...commit, rows: [] };
    }
    if (!isRow) continue;
    const digests = (beforeDigest ?? afterDigest) ? { beforeDigest, afterDigest } : {};
    open.rows.push({ ordinal, tableName, rowId, versionId, operation: rowOperation, before, after, ...digests });
  }
  if (open) yield open;
}

/** How many commits one fingerprint covers: few enough that the database computes it well within the statement time-out. */
const PRINTED_TOGETHER = 500;

/**
 * Fingerprints of everything that a stream holds up to a commit, one for every few hundred commits. The database hashes entire rows, so any
 * change, addition or removal changes the fingerprint, and none of the rows has to be sent to the server.
 */
export async function* fingerprintsOf(tx: Db, streamId: string, upTo: number): AsyncGenerator<string> {
  for (let from = 0; from === 0 || from < upTo; from += PRINTED_TOGETHER) {
    const to = Math.min(upTo, from + PRINTED_TOGETHER);
    // The first fingerprint also covers rows that must not exist: sequences below 1, or null.
    const here = (row: string) =>
      `${row}.stream_id = $1 and ${from === 0 ? `(${row}.sequence > $2) is not true` : `${row}.sequence <= $2 and ${row}.sequence > $3`}`;
    const rows = await tx.query<{ print: string }>(
      `select pg_catalog.encode(pg_catalog.sha256(coalesce(pg_catalog.string_agg(x.digest, ''::bytea order by x.digest), ''::bytea)), 'hex') as print
       from (select pg_catalog.sha256(pg_catalog.convert_to('commit ' || c::text, 'UTF8')) as digest from log.change_set c where ${here('c')}
             union all
             select pg_catalog.sha256(pg_catalog.convert_to('row ' || r::text, 'UTF8')) from log.row_change r where ${here('r')}) x`,
      from === 0 ? [streamId, to] : [streamId, to, from],
    );
    yield rows[0]!.print;
  }
}

/** The time by the database's clock. */
export async function clockOf(tx: Db): Promise<string> {
  const [clock] = await tx.query<{ now: string }>(`select ${instant('clock_timestamp()')} as now`);
  return clock!.now;
}

export interface ReadHead extends ChainHead {
  readonly isOpen: boolean;
  /** No commit is stamped at or before it; null if the stream's past has never been read. */
  readonly closedAt: string | null;
}

export async function readHead(tx: Db, streamId: string): Promise<ReadHead | null> {
  const [head] = await tx.query<ReadHead>(
    `select sequence, case when committed_at > '-infinity' then ${instant('committed_at')} end as committed_at, encode(hash, 'hex') as hash, is_open,
       case when closed_at > '-infinity' then ${instant(`least(closed_at, timestamptz '9999-12-31 23:59:59.999Z')`)} end as closed_at
     from log.stream where stream_id = $1`,
    [streamId],
  );
  return head ?? null;
}

/** The last commit of a stream at an instant, in the form of a head; null if there was none yet. */
export async function headAt(tx: Db, streamId: string, at: Date): Promise<ChainHead | null> {
  const [head] = await tx.query<ChainHead>(
    `select sequence, ${instant('committed_at')} as committed_at, encode(hash, 'hex') as hash
     from log.change_set where stream_id = $1 and committed_at <= $2 order by sequence desc limit 1`,
    [streamId, at],
  );
  return head ?? null;
}

export interface LiveRow {
  readonly tableName: string;
  readonly rowId: string;
  /** The row as the database's own jsonb text. */
  readonly image: string;
}

/**
 * For every product table that has streams, a statement that reads its rows. They are made from the PostgreSQL catalogue, so no table is
 * forgotten, not even one that has lost its key. PostgreSQL's functions are schema-qualified, because a function of the same name earlier
 * in the search path could return anything.
 */
const streamTables = (tx: Db): Promise<{ place: string; reading: string; isReadable: boolean }[]> =>
  tx.query(
    `select place, format('select %L as table_name, pg_catalog.concat_ws('','', %s) as row_id, pg_catalog.to_jsonb(t.*)::text as image from %s t', name, key, place) as reading, is_readable
     from (select has_schema_privilege(s.oid, 'USAGE') and has_table_privilege(c.oid, 'SELECT') as is_readable, c.relname::text as name, format('%I.%I', s.name, c.relname) as place,
         coalesce((select string_agg('t.' || quote_ident(a.attname), ', ' order by k.ord) from pg_index i cross join unnest(i.indkey) with ordinality k(num, ord)
           join pg_attribute a on a.attrelid = c.oid and a.attnum = k.num where i.indrelid = c.oid and i.indisprimary), 't.ctid') as key
       from pg_class c join (${productSchemas}) s on s.oid = c.relnamespace where c.relkind in ('r', 'p', 'f')
         and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'stream_id' and not a.attisdropped)) x
     order by 1`,
  );

/**
 * All live rows of a stream. For the reference stream, also the rows whose stream id is neither a stream nor a workflow, because no other
 * read would find them.
 */
export async function* liveRowsOf(tx: Db, streamId: string): AsyncGenerator<LiveRow> {
  const stray =
    streamId === REFERENCE_STREAM
      ? ` or not exists (select from log.stream s where s.stream_id = t.stream_id)
          and not exists (select from public.workflows w where w.workflow_id = t.stream_id)`
      : '';
  const readings = (await streamTables(tx)).map(({ reading }) => `${reading} where t.stream_id = $1${stray}`);
  if (readings.length > 0) yield* streamRows<LiveRow>(tx, readings.join(' union all '), [streamId]);
}

/** Every stream that appears in a head, a commit, a row change or a live row; the reference stream first. */
export async function allStreams(tx: Db): Promise<string[]> {
  const readable = (await streamTables(tx)).filter(({ isReadable }) => isReadable);
  const places = ['log.stream', 'log.change_set', 'log.row_change'].concat(readable.map(({ place }) => place));
  const rows = await tx.query<{ streamId: string }>(
    `${places.map((place) => `select stream_id from ${place} where stream_id is not null`).join(' union ')} order by 1`,
  );
  return rows.map(({ streamId }) => streamId);
}

/** The hash of one commit in hex; null if there is no such commit. */
export async function readHash(tx: Db, streamId: string, sequence: number): Promise<string | null> {
  const [row] = await tx.query<{ hash: string }>(
    `select encode(hash, 'hex') as hash from log.change_set where stream_id = $1 and sequence = $2`,
    [streamId, sequence],
  );
  return row?.hash ?? null;
}
