/** Webhooks, which administrators maintain. */
import {
  webhooksOf,
  type Replay,
  type WebhookSettings,
  type WebhookFormat,
  type WebhookRow,
} from '../../database/register/webhooks';
import type { ReferenceWrites } from '../../database/register/reference-writes';
import { canSeeReferenceLog } from '../../versioning/seeing';
import { a, resolved, objectType, optional, queries, type Values } from '../declare';
import { committed, registerMutation } from '../people/register-mutation';
import { requireThat } from '../visibility';
import { Webhook, WebhookFormatEnum } from './types';

queries({
  webhooks: resolved(
    'The receivers of commits, in the order in which they were added. For administrators and auditors; FORBIDDEN to others. Always the present ones, also under @asOf; earlier settings are in `referenceChanges`.',
    () => [Webhook],
    (_, { viewer, db }) => {
      requireThat(canSeeReferenceLog(viewer), 'Webhooks are for Administrators and Auditors. Ask one of them.');
      return webhooksOf(db);
    },
  ),
});

interface Payload {
  readonly webhook: WebhookRow;
  readonly secret: string | null;
}
const WebhookPayload = objectType<Payload>('WebhookPayload', 'The result of a change to a webhook.', {
  webhook: a.of('The webhook in its current state.', () => Webhook),
  secret: optional.text(
    'The new secret, if one was generated. It is shown only once, not to a replayed request, and cannot be read later.',
  ),
  ...committed,
});

/** The webhook that was written, and its new secret if there is one. */
interface Written {
  readonly webhookId: string;
  readonly secret?: string;
}

/** A mutation that adds or changes a webhook. */
const webhookMutation = <Said>(
  name: string,
  says: string,
  members: Values,
  write: (data: ReferenceWrites, said: Said, webhookId: string) => Promise<Written>,
): void =>
  registerMutation({
    name,
    says,
    shall: 'The change.',
    members: {
      reason: a.text('The reason; stored with the commit.'),
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
  'Only commits of these operations, as `ChangeSet.operation` has them, e.g. approveVersion, and refusals of these; all if there are none.',
);

const format = optional.of<WebhookFormat>(
  'The format of messages; STANDARD for a new webhook, if omitted.',
  () => WebhookFormatEnum,
);

webhookMutation<WebhookSettings & Required<Pick<WebhookSettings, 'name' | 'url'>>>(
  'createWebhook',
  'Delivers commits to a receiver from now on, beginning with the commit of this mutation.',
  {
    name: a.text('Whose it is, and what for.'),
    url: a.text('Where messages are sent: https://, without a password. Everybody who may read the log can see it.'),
    operations,
    format,
  },
  (data, said) => data.addWebhook(said),
);
webhookMutation<{ readonly [K in keyof WebhookSettings]: WebhookSettings[K] | null }>(
  'updateWebhook',
  'Changes a webhook; omitted fields stay as they are. After it is enabled again, or gets another URL, delivery resumes at once with everything it missed.',
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
webhookMutation<object>(
  'rotateWebhookSecret',
  'Generates a new secret. For 24 hours, messages are signed with the previous one as well.',
  {},
  async (data, _, webhookId) => ({ webhookId, secret: await data.rotateWebhookSecret(webhookId) }),
);
webhookMutation<Replay>(
  'replayWebhook',
  'Delivers a log again from one of its commits, in order, including what was delivered before (with the same ids) and what was given up; or moves past a commit that the receiver never accepts.',
  {
    streamId: a.uuid(
      'The log: a workflow’s by its workflowId, the reference log by the nil UUID, or the security events by ffffffff-ffff-ffff-ffff-ffffffffffff.',
    ),
    fromSequence: a.int('The commit to continue with.'),
  },
  async (data, replay, webhookId) => {
    await data.replayWebhook(webhookId, replay);
    return { webhookId };
  },
);
