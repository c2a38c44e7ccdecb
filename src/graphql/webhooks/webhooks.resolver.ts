/** Webhooks, which administrators maintain. */
import {
  webhooksOf,
  type Replay,
  type SaidOfWebhook,
  type WebhookFormat,
  type WebhookRow,
} from '../../database/webhooks';
import type { ReferenceWrites } from '../../database/reference-writes';
import { canSeeReferenceLog } from '../../versioning/seeing';
import { a, answered, objectType, optional, queries, type Values } from '../declare';
import { committed, registerMutation } from '../people/register-mutation';
import { demandThat } from '../visibility';
import { Webhook, WebhookFormatEnum } from './types';

queries({
  webhooks: answered(
    'Who is told of commits, in the order in which they were added. For administrators and auditors; FORBIDDEN to others. It is about now, also under @asOf: what was said of them then is in `referenceChanges`.',
    () => [Webhook],
    (_, { viewer, db }) => {
      demandThat(canSeeReferenceLog(viewer), 'Webhooks are for Administrators and Auditors. Ask one of them.');
      return webhooksOf(db);
    },
  ),
});

interface Payload {
  readonly webhook: WebhookRow;
  readonly secret: string | null;
}
const WebhookPayload = objectType<Payload>('WebhookPayload', 'What a change of a webhook did.', {
  webhook: a.of('The webhook, as it is now.', () => Webhook),
  secret: optional.text(
    'The new secret, if one was made: it is told this once, and not to a repeated request. Nobody can ask for it again.',
  ),
  ...committed,
});

/** The webhook that was written, and its new secret if there is one. */
interface Written {
  readonly webhookId: string;
  readonly secret?: string;
}

/** A mutation that adds or changes a webhook. */
const keeps = <Said>(
  name: string,
  says: string,
  members: Values,
  write: (data: ReferenceWrites, said: Said, webhookId: string) => Promise<Written>,
): void =>
  registerMutation({
    name,
    says,
    shall: 'What is to be done.',
    members: {
      reason: a.text('Why; kept with the commit.'),
      ...(name !== 'createWebhook' && { webhookId: a.uuid('The webhook.') }),
      ...members,
    },
    Payload: WebhookPayload,
    changed: name === 'createWebhook' ? null : { kind: 'Webhook', idName: 'webhookId' },
    write: async (data, { webhookId, ...said }) => {
      const { webhookId: id, secret = null } = await write(data, said as Said, webhookId as string);
      return { id, made: secret };
    },
    answer: async ({ db }, id, secret) => ({ webhook: (await webhooksOf(db, [id]))[0]!, secret }),
  });

const operations = optional.texts(
  'Only commits of these operations, as `ChangeSet.operation` has them, e.g. approveVersion; all if there are none.',
);

const format = optional.of<WebhookFormat>(
  'In which form they are told; STANDARD for a new webhook, if left out.',
  () => WebhookFormatEnum,
);

keeps<SaidOfWebhook & Required<Pick<SaidOfWebhook, 'name' | 'url'>>>(
  'createWebhook',
  'Has commits told to a receiver, from now on: the first is the one by which this is done.',
  {
    name: a.text('Whose it is, and what for.'),
    url: a.text(
      'Where messages are sent: https://, without a password. It stands in the log, for everybody who may read that.',
    ),
    operations,
    format,
  },
  (data, said) => data.addWebhook(said),
);
keeps<{ readonly [K in keyof SaidOfWebhook]: SaidOfWebhook[K] | null }>(
  'updateWebhook',
  'Changes a webhook; what is left out stays as it is. Enabled again, or sent elsewhere, it is tried at once, and what it has missed is delivered.',
  {
    name: optional.text('Whose it is, and what for.'),
    url: optional.text('Where messages are sent.'),
    operations,
    format,
    isEnabled: optional.flag('Whether commits are delivered.'),
  },
  async (data, said, webhookId) => {
    await data.changeWebhook(webhookId, Object.fromEntries(Object.entries(said).filter(([, value]) => value !== null)));
    return { webhookId };
  },
);
keeps<object>(
  'rotateWebhookSecret',
  'Makes a new secret. For 24 hours messages are signed with the one before as well.',
  {},
  async (data, _, webhookId) => ({ webhookId, secret: await data.rotateWebhookSecret(webhookId) }),
);
keeps<Replay>(
  'replayWebhook',
  'Delivers a log from one of its commits on, in its order: again what was delivered before, with the same ids, and what was given up; or goes on behind a commit that is never taken.',
  {
    streamId: a.uuid('The log: of a workflow by its workflowId, or of the reference data by the UUID of zeros.'),
    fromSequence: a.int('The commit to go on with.'),
  },
  async (data, replay, webhookId) => {
    await data.replayWebhook(webhookId, replay);
    return { webhookId };
  },
);
