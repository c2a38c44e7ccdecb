/** Webhooks, as administrators and auditors see them. */
import { webhookFormats, type DeadLetterRow, type WebhookRow } from '../../database/register/webhooks';
import { sendingStatuses, sendingStatusOf } from '../../delivery/sending-status';
import { a, resolved, addFields, objectType, optional } from '../declare';
import { enumOf } from '../enums';

export const WebhookFormatEnum = enumOf(
  'WebhookFormat',
  webhookFormats,
  'STANDARD: ids only. OCSF: an event for a SIEM, with the actor’s number and name, and also of refusals and of reads of the log (docs/ocsf.md); signed in the same way.',
);

const WebhookStatusEnum = enumOf(
  'WebhookStatus',
  sendingStatuses,
  'ENABLED: commits are delivered. DISABLED: an Administrator has stopped delivery. SUSPENDED: delivery stopped because nothing got through for three days, or because the receiver answered 410. Once enabled again, everything that was missed is delivered.',
);

const DeadLetter = objectType<DeadLetterRow>(
  'DeadLetter',
  'A message that a receiver refused so often that delivery continued without it.',
  {
    streamId: a.uuid(
      'Its log; `replayWebhook` takes it. That of security events is ffffffff-ffff-ffff-ffff-ffffffffffff.',
    ),
    sequence: a.int('Its number there.'),
    changeSetId: a.uuid('The id under which it was sent: of the commit, or of the security event.'),
    attempts: a.int('How often it was sent.'),
    lastFailure: a.text('The result of the last attempt.'),
    givenUpAt: a.instant('When it was given up.'),
  },
);

export const Webhook = objectType<WebhookRow>(
  'Webhook',
  'A receiver of commits, by Standard Webhooks 1.0.0 (docs/webhooks.md).',
  {
    webhookId: a.uuid('The id of the webhook.'),
    name: a.text('Whose it is, and what for.'),
    url: a.text('Where messages are sent.'),
    operations: a.texts('Only commits, refusals and reads of these operations are delivered; all if empty.'),
    format: a.of('The format of messages.', () => WebhookFormatEnum),
    secretId: a.text('Identifies the signing secret: the first 16 hex digits of its SHA-256.'),
    deliveredAt: optional.instant('When a message was last accepted, to the second.'),
    failingSince: optional.instant('Since when deliveries have failed; null while they succeed.'),
    lastFailure: optional.text('The result of the last attempt, while deliveries fail.'),
    waiting: a.int('The number of commits and security events not yet delivered, including those of other operations.'),
    revision: a.int('Increases with every change by an Administrator; mutations take it as expectedRevision.'),
  },
);

addFields(Webhook, {
  status: resolved('Whether commits are delivered.', () => WebhookStatusEnum, sendingStatusOf),
  suspendedAt: optional.instant('When it was suspended, if it is.'),
  deadLetters: resolved(
    'The messages that were given up, the latest 100; `replayWebhook` sends them again.',
    () => [DeadLetter],
    ({ webhookId }, { loaders }) => loaders.deadLetters.load(webhookId),
  ),
});
