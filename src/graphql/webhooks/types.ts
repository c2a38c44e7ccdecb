/** Webhooks, as administrators and auditors see them. */
import { webhookFormats, type DeadLetterRow, type WebhookRow } from '../../database/webhooks';
import { sendingStatuses, sendingStatusOf } from '../../delivery/sending-status';
import { a, answered, answers, objectType, optional } from '../declare';
import { enumOf } from '../enums';

export const WebhookFormatEnum = enumOf(
  'WebhookFormat',
  webhookFormats,
  'STANDARD: ids, and nothing of what they stand for. OCSF: an event for a SIEM, with the number and the name of who did it (docs/ocsf.md); the message is signed in the same way.',
);

export const WebhookStatusEnum = enumOf(
  'WebhookStatus',
  sendingStatuses,
  'ENABLED: commits are delivered. DISABLED: an Administrator has stopped that. SUSPENDED: it was stopped because nothing had got through for three days, or because the receiver answered 410. Once enabled again, everything that was missed is delivered.',
);

const DeadLetter = objectType<DeadLetterRow>(
  'DeadLetter',
  'A commit that a receiver refused so often that those after it were delivered without it.',
  {
    streamId: a.uuid('The log it is in; `replayWebhook` takes it.'),
    sequence: a.int('Its number there.'),
    changeSetId: a.uuid('Its id, under which it was sent.'),
    attempts: a.int('How often it was sent.'),
    lastFailure: a.text('What became of the last attempt.'),
    givenUpAt: a.instant('When it was given up.'),
  },
);

export const Webhook = objectType<WebhookRow>(
  'Webhook',
  'Who is told of commits, as Standard Webhooks 1.0.0 has it (docs/webhooks.md).',
  {
    webhookId: a.uuid('The id of the webhook.'),
    name: a.text('Whose it is, and what for.'),
    url: a.text('Where messages are sent.'),
    operations: a.texts('Only commits of these operations are told; all if there are none.'),
    format: a.of('In which form they are told.', () => WebhookFormatEnum),
    secretId: a.text('Tells the secret that signs from others: the first 16 digits of its SHA-256.'),
    deliveredAt: optional.instant('When something was taken last, to the second.'),
    failingSince: optional.instant('Since when nothing has got through; null while it does.'),
    lastFailure: optional.text('What became of the last attempt, while nothing gets through.'),
    waiting: a.int('How many commits it was not told of yet, those of other operations among them.'),
    revision: a.int('Grows with every change of it by an Administrator; mutations take it as expectedRevision.'),
  },
);

answers(Webhook, {
  status: answered('Whether commits are delivered.', () => WebhookStatusEnum, sendingStatusOf),
  suspendedAt: optional.instant('When it was suspended, if it is.'),
  deadLetters: answered(
    'The commits that were given up, the latest 100; `replayWebhook` sends them again.',
    () => [DeadLetter],
    ({ webhookId }, { loaders }) => loaders.deadLetters.load(webhookId),
  ),
});
