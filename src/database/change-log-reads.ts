/** Who read the commit log: noted before it is read, so that what cannot be noted is not read either. */
import type { Db } from './database';
import type { PagedList } from './pages';

export interface LogRead {
  readonly streamId: string;
  /** What it is read through: a field of the API, or a command. */
  readonly field: string;
}

/** Notes reads, in one statement. When they were and from where is the database's to say. */
export async function noteReads(
  db: Db,
  reads: readonly LogRead[],
  { readerId, requestId }: { readonly readerId: number | null; readonly requestId: string | null },
): Promise<void> {
  await db.query(
    `insert into log.change_log_read (stream_id, field, reader_id, request_id)
     select r.stream_id, r.field, $3::int, $4::text from unnest($1::uuid[], $2::text[]) r(stream_id, field)`,
    [reads.map(({ streamId }) => streamId), reads.map(({ field }) => field), readerId, requestId],
  );
}

export interface LogReadRow extends LogRead {
  readonly readId: string;
  readonly readAt: Date;
  readonly readerId: number | null;
  readonly origin: string;
  readonly requestId: string | null;
}

const columns = 'r.read_id, r.stream_id, r.field, r.read_at, r.reader_id, r.origin, r.request_id';

export const logReadsById = (db: Db, ids: readonly string[]): Promise<LogReadRow[]> =>
  db.query<LogReadRow>(`select ${columns} from log.change_log_read r where r.read_id = any($1::bigint[])`, [ids]);

/** The reads of a stream, newest first. */
export const readsOfStream: PagedList = {
  name: 'change-log-reads',
  select: columns,
  from: 'log.change_log_read r',
  ofParent: 'r.stream_id = p.parent',
  key: 'r.read_id',
  keyType: 'bigint',
  newestFirst: true,
};
