/** Webhooks: who is told of commits, kept by administrators. */
import { webhooksOf, type Replay, type SaidOfWebhook, type WebhookRow } from '../../database/webhooks';
import type { ReferenceWrites } from '../../database/reference-writes';
import { changeRegister, type RegisterChange } from '../../services/change-register';
import type { Command } from '../../services/commit';
import { canSeeReferenceLog } from '../../versioning/seeing';
import { ChangeSet } from '../change-log/types';
import { a, answered, inputType, mutations, objectType, optional, queries, type Values } from '../declare';
import { commandInput } from '../version/command-inputs';
import { demandThat } from '../visibility';
import { Webhook } from './types';

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
  readonly changeSet: unknown;
}
const WebhookPayload = objectType<Payload>('WebhookPayload', 'What a change of a webhook did.', {
  webhook: a.of('The webhook, as it is now.', () => Webhook),
  secret: optional.text(
    'The new secret, if one was made: it is told this once, and not to a repeated request. Nobody can ask for it again.',
  ),
  changeSet: optional.of('The commit it made; null where it was so already.', () => ChangeSet),
});

type Input = Command & Partial<RegisterChange> & { readonly webhookId?: string };
type Written = { readonly webhookId: string; readonly secret?: string };

/** A mutation of a webhook, or the one that adds one. */
function changes<Said>(
  name: string,
  says: string,
  members: Values,
  write: (data: ReferenceWrites, webhookId: string, said: Said) => Promise<Written | void | string>,
): void {
  const isNew = name === 'createWebhook';
  const InputType = inputType<Input>(`${name.charAt(0).toUpperCase()}${name.slice(1)}Input`, says, {
    ...commandInput,
    reason: a.text('Why; kept with the commit.'),
    ...(!isNew && {
      webhookId: a.uuid('The webhook.'),
      expectedRevision: a.int('The revision the caller saw; CONFLICT if it has changed since.'),
    }),
    ...members,
  });
  mutations({
    [name]: answered(
      `${says} For Administrators; FORBIDDEN to others.`,
      () => WebhookPayload,
      { input: a.of<Input>('What is to be done.', () => InputType) },
      async (_, context, { input }): Promise<Payload> => {
        const { reason: _reason, idempotencyKey: _key, expectedRevision: _revision, webhookId = '', ...said } = input;
        const about = isNew ? null : ({ kind: 'Webhook', id: webhookId } as const);
        const { id, made, changeSetId } = await changeRegister(context, name, input, about, async (data) => {
          const written = await write(data, webhookId, said as Said);
          const secret = typeof written === 'string' ? written : (written?.secret ?? null);
          return { id: (typeof written === 'object' && written?.webhookId) || webhookId, made: secret };
        });
        context.forget();
        const [webhook] = await webhooksOf(context.db, [id]);
        const changeSet = changeSetId && (await context.loaders.changeSet.load(changeSetId));
        return { webhook: webhook!, secret: made, changeSet };
      },
    ),
  });
}

const operations = optional.texts(
  'Only commits of these operations, as `ChangeSet.operation` has them, e.g. approveVersion; all if there are none.',
);

changes<SaidOfWebhook & Required<Pick<SaidOfWebhook, 'name' | 'url'>>>(
  'createWebhook',
  'Has commits told to a receiver, from now on: the first is the one by which this is done.',
  {
    name: a.text('Whose it is, and what for.'),
    url: a.text(
      'Where messages are sent: https://, without a password. It stands in the log, for everybody who may read that.',
    ),
    operations,
  },
  (data, _, said) => data.addWebhook(said),
);
changes<{ readonly [K in keyof SaidOfWebhook]: SaidOfWebhook[K] | null }>(
  'updateWebhook',
  'Changes a webhook; what is left out stays as it is. Enabled again, or sent elsewhere, it is tried at once, and what it has missed is delivered.',
  {
    name: optional.text('Whose it is, and what for.'),
    url: optional.text('Where messages are sent.'),
    operations,
    isEnabled: optional.flag('Whether commits are delivered.'),
  },
  (data, webhookId, said) =>
    data.changeWebhook(webhookId, Object.fromEntries(Object.entries(said).filter(([, value]) => value !== null))),
);
changes<object>(
  'rotateWebhookSecret',
  'Makes a new secret. For 24 hours messages are signed with the one before as well.',
  {},
  (data, webhookId) => data.rotateWebhookSecret(webhookId),
);
changes<Replay>(
  'replayWebhook',
  'Delivers a log from one of its commits on, in its order: again what was delivered before, with the same ids, and what was given up; or goes on behind a commit that is never taken.',
  {
    streamId: a.uuid('The log: of a workflow by its workflowId, or of the reference data by the UUID of zeros.'),
    fromSequence: a.int('The commit to go on with.'),
  },
  (data, webhookId, replay) => data.replayWebhook(webhookId, replay),
);
