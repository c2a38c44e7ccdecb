/** What is delivered and exported to security monitoring: commits, reads of the log, and refusals. */
import type { Refusal } from './security-events';

export interface CommitSeen {
  readonly changeSetId: string;
  readonly streamId: string;
  readonly sequence: number;
  readonly committedAt: Date;
  readonly actorId: number | null;
  readonly actorName: string | null;
  readonly origin: string;
  readonly operation: string;
  readonly requestId: string | null;
  readonly versionIds: readonly string[];
  /** The kinds of its row changes; read for OCSF only. */
  readonly rowOperations: readonly string[];
}

export interface ReadSeen {
  readonly readId: string;
  readonly streamId: string;
  readonly readAt: Date;
  readonly readerId: number | null;
  readonly readerName: string | null;
  readonly origin: string;
  readonly field: string;
  readonly requestId: string | null;
}

export interface RefusalSeen extends Refusal {
  /** Its number among the security events. */
  readonly sequence: number;
  readonly recordedAt: Date;
  readonly userName: string | null;
}
