/** What a receiver is sent of a commit, by the specification of Standard Webhooks: ids, and nothing of what they stand for; or, to what watches, who did it. */
import { createHash, randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { REFERENCE_STREAM } from '../database/people';
import type { WebhookFormat } from '../database/webhooks';
import { commitEvent, type CommitSeen } from '../proof/ocsf';

/** A commit as it is told. */
export interface ToldCommit extends Omit<CommitSeen, 'isReference'> {
  /** The commit of this stream that the webhook is told before this one; null where this is the first. */
  readonly previousSequence: number | null;
}

/** Of whose workflow a stream is; all null for the reference data. And in which form it is told. */
export interface StreamOwner {
  readonly format: WebhookFormat;
  readonly workflowId: string | null;
  readonly cycleId: string | null;
  readonly reportId: string | null;
}

export function bodyOf(commit: ToldCommit, { format, workflowId, cycleId, reportId }: StreamOwner): string {
  if (format === 'OCSF') return ocsfOf(commit);
  const { changeSetId, streamId, sequence, previousSequence, committedAt, operation, versionIds } = commit;
  return JSON.stringify({
    type: streamId === REFERENCE_STREAM ? 'reference.committed' : 'workflow.committed',
    timestamp: committedAt.toISOString(),
    data: {
      changeSetId,
      streamId,
      sequence,
      previousSequence,
      operation,
      versionIds,
      ...(workflowId !== null && { workflowId, cycleId, reportId }),
    },
  });
}

/** The same as `export:ocsf` says it, and which commit was to be told before. */
function ocsfOf(commit: ToldCommit): string {
  const { unmapped, ...event } = commitEvent({ ...commit, isReference: commit.streamId === REFERENCE_STREAM });
  return JSON.stringify({
    ...event,
    unmapped: { ...(unmapped as object), previous_sequence: commit.previousSequence },
  });
}

/** The headers of a message, signed with every secret that is good now. */
export function headersOf(id: string, body: string, secrets: readonly string[], now: Date): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, now, body)).join(' '),
  };
}

const SECRET_BYTES = 32;
export const newSecret = (): string => `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
/** Tells one secret from the next, and nothing of it: what is guessed by its hash has 256 bits. */
export const idOfSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex').slice(0, 16);
