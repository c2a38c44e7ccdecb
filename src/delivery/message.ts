/**
 * The payload for a commit, following the Standard Webhooks specification: ids only, no content; for security monitoring, also who acted,
 * and what was refused or read.
 */
import { Webhook } from 'standardwebhooks';
import type { DeliveredCommit, DeliveredEvent } from '../database/delivery/webhook-queue';
import { REFERENCE_STREAM } from '../database/register/people';
import type { WebhookFormat } from '../database/register/webhooks';
import { commitEvent, readEvent, refusalEvent, type OcsfEvent } from '../proof/ocsf';

/** What is sent, under which id. */
export interface Message {
  readonly id: string;
  readonly sequence: number;
  readonly body: string;
}

export const messageOfCommit = (commit: DeliveredCommit, owner: StreamOwner): Message => ({
  id: commit.changeSetId,
  sequence: commit.sequence,
  body: bodyOf(commit, owner),
});

export const messageOfEvent = (event: DeliveredEvent): Message => ({
  id: event.eventId,
  sequence: event.sequence,
  body: ocsfOf(event.readId === null ? refusalEvent(event) : readEvent(event), event),
});

/** The workflow of a stream (all null for the reference data), and the payload format. */
export interface StreamOwner {
  readonly format: WebhookFormat;
  readonly workflowId: string | null;
  readonly cycleId: string | null;
  readonly reportId: string | null;
}

function bodyOf(commit: DeliveredCommit, { format, workflowId, cycleId, reportId }: StreamOwner): string {
  if (format === 'OCSF') return ocsfOf(commitEvent(commit), commit);
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

/** The event as `export:ocsf` writes it, plus its sequence and the one delivered before it. */
const ocsfOf = (
  { unmapped, ...event }: OcsfEvent,
  { sequence, previousSequence }: DeliveredCommit | DeliveredEvent,
): string =>
  JSON.stringify({
    ...event,
    unmapped: { ...(unmapped as object | undefined), sequence, previous_sequence: previousSequence },
  });

/** The headers of a message, signed with every currently valid secret. */
export function headersOf(id: string, body: string, secrets: readonly string[], now: Date): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, now, body)).join(' '),
  };
}
