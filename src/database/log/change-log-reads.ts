/** Records who read the commit log. The read is recorded before the log is read, so a read that cannot be recorded does not happen. */
import type { ChangeLogRead } from '../../generated/prisma/client';
import type { Db } from '../connection/database';
import { BY_KEY, type FilteredList } from '../connection/pages';
import { insertion } from '../connection/row-writes';
import { readBy } from '../connection/statements';

export interface LogRead {
  readonly streamId: string;
  /** The API field or the command through which it was read. */
  readonly field: string;
}

/** Records reads in one statement. The database sets the time and the origin. */
export const recordReads = (
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
  // Keys grow with the time of recording.
  orders: { READ_AT: BY_KEY },
  filters: {
    readerIds: 'r.reader_id = any($1::int[])',
    origins: 'r.origin = any($1::text[])',
    since: 'r.read_at >= $1::timestamptz',
    until: 'r.read_at < $1::timestamptz',
  },
} as const satisfies FilteredList;
