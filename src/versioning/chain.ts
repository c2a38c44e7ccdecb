/**
 * The hash of a commit, computed from the log independently of the SQL that sealed it (log.digest in the migrations). Row images are hashed
 * as the database's own jsonb text; JavaScript never re-serializes them.
 */
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';

/** A change set and its rows, every value as the text that is hashed; null for SQL null. */
export interface LoggedCommit {
  readonly streamId: string;
  readonly sequence: number;
  /** `YYYY-MM-DDTHH:MM:SS.mmmZ` */
  readonly committedAt: string;
  readonly changeSetId: string;
  readonly actorId: number | null;
  readonly origin: string;
  readonly operation: string;
  readonly reason: string | null;
  readonly requestId: string | null;
  readonly occurredAt: string | null;
  /** The operating-system user on whose machine a command of this product ran. */
  readonly operator: string | null;
  /** Hex. */
  readonly previousHash: string | null;
  readonly hash: string;
  readonly rows: readonly LoggedRow[];
}

export interface LoggedRow {
  readonly tableName: string;
  readonly rowId: string;
  readonly versionId: string | null;
  readonly operation: string;
  readonly before: string | null;
  readonly after: string | null;
}

const CHAIN_FORMAT = 'phaseledger-log-1';
/** For commits that name an operator; all others keep the previous format. */
const OPERATED_FORMAT = 'phaseledger-log-2';

/** A field as it is hashed: its length in UTF-8 bytes, a colon, the text; a dash for null. */
const field = (value: string | number | null): string =>
  value === null ? '-' : `${Buffer.byteLength(String(value), 'utf8')}:${value}`;

/** SHA-256 in hex over the previous hash and everything in the commit. */
export function commitHash(commit: LoggedCommit): string {
  const hash = createHash('sha256');
  const header = [
    commit.operator === null ? CHAIN_FORMAT : OPERATED_FORMAT,
    commit.previousHash,
    commit.streamId,
    commit.sequence,
    commit.committedAt,
    commit.changeSetId,
    commit.actorId,
    commit.origin,
    commit.operation,
    commit.reason,
    commit.requestId,
    commit.occurredAt,
    ...(commit.operator === null ? [] : [commit.operator]),
    commit.rows.length,
  ];
  hash.update(header.map(field).join(''), 'utf8');
  for (const row of commit.rows)
    hash.update(
      [row.tableName, row.rowId, row.versionId, row.operation, row.before, row.after].map(field).join(''),
      'utf8',
    );
  return hash.digest('hex');
}
