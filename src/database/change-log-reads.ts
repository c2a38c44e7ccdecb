/** Who read the commit log: noted before it is read, so that what cannot be noted is not read either. */
import type { ChangeLogRead } from '../generated/prisma/client';
import type { Db } from './database';
import { BY_KEY, type FilteredList } from './pages';
import { insertion } from './row-writes';
import { readBy } from './statements';

export interface LogRead {
  readonly streamId: string;
  /** What it is read through: a field of the API, or a command. */
  readonly field: string;
}

/** Notes reads, in one statement. When they were and from where is the database's to say. */
export const noteReads = (
  db: Db,
  reads: readonly LogRead[],
  by: { readonly readerId: number | null; readonly requestId: string | null },
): Promise<object[]> =>
  db.query(
    ...insertion(
      'log.change_log_read',
      reads.map((read) => ({ ...read, ...by })),
    ),
  );

export type LogReadRow = Omit<ChangeLogRead, 'readId'> & { readonly readId: string };

const columns = 'r.read_id, r.stream_id, r.field, r.read_at, r.reader_id, r.origin, r.request_id';

export const logReadsById = readBy<LogReadRow>(
  `select ${columns} from log.change_log_read r where r.read_id = any($1::bigint[])`,
);

/** The reads of a stream, newest first. */
export const readsOfStream = {
  name: 'change-log-reads',
  select: columns,
  from: 'log.change_log_read r',
  ofParent: 'r.stream_id = p.parent',
  key: 'r.read_id',
  keyType: 'bigint',
  newestFirst: true,
  // Their numbers grow with the time when they were noted.
  orders: { READ_AT: BY_KEY },
  filters: {
    readerIds: 'r.reader_id = any($1::int[])',
    origins: 'r.origin = any($1::text[])',
    since: 'r.read_at >= $1::timestamptz',
    until: 'r.read_at < $1::timestamptz',
  },
} as const satisfies FilteredList;
