/**
 * The payload for a commit, following the Standard Webhooks specification: ids only, no content; for security monitoring, also who acted.
 */
import { createHash, randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { REFERENCE_STREAM } from '../database/register/people';
import type { WebhookFormat } from '../database/register/webhooks';
import { commitEvent, type CommitSeen } from '../proof/ocsf';

/** A commit to be delivered. */
export interface DeliveredCommit extends Omit<CommitSeen, 'isReference'> {
  /** The commit of this stream that precedes it in the webhook's deliveries; null for the first. */
  readonly previousSequence: number | null;
}

/** The workflow of a stream (all null for the reference data), and the payload format. */
export interface StreamOwner {
  readonly format: WebhookFormat;
  readonly workflowId: string | null;
  readonly cycleId: string | null;
  readonly reportId: string | null;
}

export function bodyOf(commit: DeliveredCommit, { format, workflowId, cycleId, reportId }: StreamOwner): string {
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

/** The event as `export:ocsf` writes it, plus the sequence delivered before it. */
function ocsfOf(commit: DeliveredCommit): string {
  const { unmapped, ...event } = commitEvent({ ...commit, isReference: commit.streamId === REFERENCE_STREAM });
  return JSON.stringify({
    ...event,
    unmapped: { ...(unmapped as object), previous_sequence: commit.previousSequence },
  });
}

/** The headers of a message, signed with every currently valid secret. */
export function headersOf(id: string, body: string, secrets: readonly string[], now: Date): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, now, body)).join(' '),
  };
}

const SECRET_BYTES = 32;
export const newSecret = (): string => `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
/** An identifier for a secret that reveals nothing of it: secrets have 256 random bits, so the hash cannot be reversed by guessing. */
export const idOfSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex').slice(0, 16);
