/** The administration of webhooks: their settings and their delivery state. */
import { isBlank, tidied } from '../../versioning/identity';
import { v7 as uuidv7 } from 'uuid';
import { REFERENCE_STREAM } from './people';
import { idOfSecret, newSecret, problemOfUrl } from './receivers';
import { ReferenceDataRefusal } from './reference-refusals';
import type { Db } from '../connection/statements';
import { SECURITY_STREAM } from '../delivery/security-events';
import { IS_TOLD_OF } from '../delivery/webhook-queue';

export const webhookFormats = ['STANDARD', 'OCSF'] as const;
export type WebhookFormat = (typeof webhookFormats)[number];

export interface WebhookRow {
  readonly webhookId: string;
  readonly name: string;
  readonly url: string;
  readonly operations: readonly string[];
  readonly format: WebhookFormat;
  readonly isEnabled: boolean;
  readonly secretId: string;
  readonly deliveredAt: Date | null;
  readonly failingSince: Date | null;
  readonly lastFailure: string | null;
  readonly suspendedAt: Date | null;
  readonly revision: number;
  /** Commits not delivered to it yet. */
  readonly waiting: number;
}

/** The maximum number of webhooks. */
const MAX_WEBHOOKS = 50;
const MAX_NAME = 200;
const MAX_OPERATIONS = 100;
const OPERATION = /^\S(.{0,98}\S)?$/s;

/** All webhooks, or those with these ids, in order of creation. */
export const webhooksOf = (db: Db, ids: readonly string[] | null = null): Promise<WebhookRow[]> =>
  db.query(
    `select w.webhook_id, w.name, w.url, coalesce(w.operations, '{}') as operations, w.format, w.enabled_since is not null as is_enabled,
       w.secret_id, t.delivered_at, t.failing_since, t.last_failure, t.suspended_at,
       (select max(r.sequence)::int from log.row_change r where r.stream_id = $2::uuid
          and r.table_name = 'webhooks' and r.row_id = w.webhook_id::text) as revision,
       (select coalesce(sum(s.sequence - coalesce(c.sequence, 0)), 0)::int from log.told_stream s
          left join log.webhook_cursor c on c.stream_id = s.stream_id and c.webhook_id = w.webhook_id where ${IS_TOLD_OF}) as waiting
     from public.webhooks w join log.webhook_state t using (webhook_id)
     where $1::uuid[] is null or w.webhook_id = any($1::uuid[]) order by w.webhook_id`,
    [ids, REFERENCE_STREAM],
  );

export interface DeadLetterRow {
  readonly webhookId: string;
  readonly streamId: string;
  readonly sequence: number;
  readonly changeSetId: string;
  readonly attempts: number;
  readonly lastFailure: string;
  readonly givenUpAt: Date;
}

/** The maximum number of dead letters listed per webhook, latest first. */
const MAX_DEAD_LETTERS = 100;

export const deadLettersOf = (db: Db, ids: readonly string[]): Promise<DeadLetterRow[]> =>
  db.query(
    `select d.* from unnest($1::uuid[]) w(webhook_id) cross join lateral (
       select * from log.dead_letter d where d.webhook_id = w.webhook_id
       order by d.given_up_at desc, d.stream_id, d.sequence desc limit ${MAX_DEAD_LETTERS}) d`,
    [ids],
  );

/** The settings of a webhook; omitted ones stay as they are. */
export interface WebhookSettings {
  readonly name?: string;
  readonly url?: string;
  readonly operations?: readonly string[];
  readonly format?: WebhookFormat;
  readonly isEnabled?: boolean;
}

/** A stream to deliver again, and the commit to start from. */
export interface Replay {
  readonly streamId: string;
  readonly fromSequence: number;
}

function checked({ name, url, operations, format, isEnabled }: WebhookSettings): WebhookSettings {
  if (name !== undefined && (isBlank(name) || name.length > MAX_NAME))
    throw new ReferenceDataRefusal(`The name of a webhook has 1 to ${MAX_NAME} characters.`);
  const problem = url === undefined ? null : problemOfUrl(url);
  if (problem) throw new ReferenceDataRefusal(`The url is not possible for a webhook: ${problem}.`);
  if (operations && (operations.length > MAX_OPERATIONS || !operations.every((operation) => OPERATION.test(operation))))
    throw new ReferenceDataRefusal(
      `The operations are at most ${MAX_OPERATIONS} names as commits have them, such as approveVersion.`,
    );
  const names = operations && [...new Set(operations)].sort();
  return { name: name === undefined ? name : tidied(name), url, operations: names, format, isEnabled };
}

const NOW = `(select opened_at from log.stream where stream_id = '${REFERENCE_STREAM}')`;
/** How long the previous secret stays valid after a rotation. */
const FORMER_IS_GOOD = `interval '24 hours'`;

/**
 * Writes webhooks in the open commit.
 * @param requireReason refuses if the commit has no reason
 */
export function webhookWrites(tx: Db, requireReason: (what: string) => void) {
  const reset = async (webhookId: string): Promise<void> => {
    await tx.query(
      `update log.webhook_state set failing_since = null, last_failure = null, suspended_at = null where webhook_id = $1::uuid`,
      [webhookId],
    );
    await tx.query(
      `update log.webhook_cursor set attempts = 0, failing_since = null, next_attempt_at = '-infinity' where webhook_id = $1::uuid`,
      [webhookId],
    );
  };
  return {
    /** Returns the secret, which is shown only once. Delivery starts with the next commit. */
    addWebhook: async (said: WebhookSettings & Required<Pick<WebhookSettings, 'name' | 'url'>>) => {
      requireReason('Having commits told');
      const { name, url, operations = [], format = 'STANDARD', isEnabled = true } = checked(said);
      const [{ count }] = (await tx.query<{ count: number }>('select count(*)::int as count from public.webhooks')) as [
        { count: number },
      ];
      if (count >= MAX_WEBHOOKS)
        throw new ReferenceDataRefusal(`There are ${MAX_WEBHOOKS} webhooks, which is the maximum. Change one of them.`);
      const webhookId = uuidv7();
      const secret = newSecret();
      await tx.query(
        `insert into public.webhooks (webhook_id, name, url, operations, enabled_since, secret_id, format)
         values ($1::uuid, $2, $3, $4::text[], case when $5::boolean then ${NOW} end, $6, $7)`,
        [webhookId, name, url, operations, isEnabled, idOfSecret(secret), format],
      );
      await tx.query('insert into log.webhook_secret (webhook_id, secret) values ($1::uuid, $2)', [webhookId, secret]);
      await tx.query('insert into log.webhook_state (webhook_id) values ($1::uuid)', [webhookId]);
      await tx.query(
        `insert into log.webhook_cursor (webhook_id, stream_id, sequence, began_at)
         select $1::uuid, stream_id, sequence, sequence from log.told_stream`,
        [webhookId],
      );
      return { webhookId, secret };
    },
    /** When it is enabled again, it receives what it missed. */
    changeWebhook: async (webhookId: string, said: WebhookSettings): Promise<void> => {
      requireReason('Changing a webhook');
      const { name, url, operations, format, isEnabled } = checked(said);
      if (format === 'OCSF')
        // Security events are told from then on, since it was not told of any.
        await tx.query(
          `update log.webhook_cursor c set sequence = s.sequence, began_at = s.sequence
           from public.webhooks w, log.told_stream s
           where c.webhook_id = $1::uuid and w.webhook_id = c.webhook_id and w.format <> 'OCSF'
             and c.stream_id = '${SECURITY_STREAM}' and s.stream_id = c.stream_id`,
          [webhookId],
        );
      await tx.query(
        `update public.webhooks w set name = coalesce($2, name), url = coalesce($3, url),
           operations = coalesce($4::text[], operations), format = coalesce($6, format),
           enabled_since = case when $5::boolean is null then enabled_since when not $5::boolean then null
             when enabled_since is null or t.suspended_at is not null then ${NOW} else enabled_since end
         from log.webhook_state t where t.webhook_id = w.webhook_id and w.webhook_id = $1::uuid`,
        [webhookId, name ?? null, url ?? null, operations ?? null, isEnabled ?? null, format ?? null],
      );
      if (isEnabled || url !== undefined) await reset(webhookId);
    },
    /** Returns the new secret. */
    rotateWebhookSecret: async (webhookId: string): Promise<string> => {
      requireReason('Making a new secret');
      const secret = newSecret();
      await tx.query('update public.webhooks set secret_id = $2 where webhook_id = $1::uuid', [
        webhookId,
        idOfSecret(secret),
      ]);
      await tx.query(
        `update log.webhook_secret set former = secret, former_until = clock_timestamp() + ${FORMER_IS_GOOD}, secret = $2
         where webhook_id = $1::uuid`,
        [webhookId, secret],
      );
      return secret;
    },
    /** Delivers a stream again from one of its commits, or moves past a commit that the receiver never accepts. */
    replayWebhook: async (webhookId: string, { streamId, fromSequence }: Replay): Promise<void> => {
      requireReason('Telling commits again');
      const [stream] = await tx.query<{ sequence: number }>(
        `select s.sequence from log.told_stream s join public.webhooks w on w.webhook_id = $2::uuid and ${IS_TOLD_OF}
         where s.stream_id = $1::uuid`,
        [streamId, webhookId],
      );
      if (!stream)
        throw new ReferenceDataRefusal(
          `Nothing of ${streamId} is told to it. Give the workflowId of a workflow that has commits, or the nil UUID for the reference data.`,
        );
      const last = stream.sequence;
      if (fromSequence < 1 || fromSequence > last + 1)
        throw new ReferenceDataRefusal(
          `There is no commit ${fromSequence} to continue with: give 1 to ${last + 1}, which is the next.`,
        );
      await tx.query(
        `update public.webhooks set told_again = $2 || ' from ' || $3::int || ' at ' || ${NOW} where webhook_id = $1::uuid`,
        [webhookId, streamId, fromSequence],
      );
      // Invalidates the lease of a server that is delivering now.
      await tx.query(
        `insert into log.webhook_cursor (webhook_id, stream_id, sequence, began_at) values ($1::uuid, $2::uuid, $3::int - 1, $3::int - 1)
         on conflict (webhook_id, stream_id) do update set sequence = excluded.sequence,
           began_at = least(webhook_cursor.began_at, excluded.began_at), attempts = 0, failing_since = null,
           next_attempt_at = case when webhook_cursor.lease is null then '-infinity' else webhook_cursor.leased_until end,
           lease = null, leased_until = '-infinity'`,
        [webhookId, streamId, fromSequence],
      );
      await tx.query(
        'delete from log.dead_letter where webhook_id = $1::uuid and stream_id = $2::uuid and sequence >= $3::int',
        [webhookId, streamId, fromSequence],
      );
    },
  };
}
