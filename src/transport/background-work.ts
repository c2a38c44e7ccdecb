/** Work that a server does on people's behalf after answering them, with the rights they have at that time. */
import type { BlockList } from 'node:net';
import type { Logger } from 'pino';
import type { Database } from '../database/connection/database';
import { Mailer } from '../delivery/mail';
import { Notifier, type NotifierOptions } from '../delivery/notifier';
import { Sender } from '../delivery/post';
import { asking } from '../files/asking';
import { Packer, type PackerTimes } from '../files/pack/packer';
import type { Context } from '../graphql/context';
import { loggerOf } from '../logs';
import type { BackgroundWork } from '../offload/heavy-work';
import { activePerson } from '../services/active-person';
import type { TokenHolder, Viewer } from '../versioning/model';
import type { ApiAccess } from './http/endpoint';

/** The settings of notifications. */
export interface NoticeSettings {
  /** Whether this server sends webhooks and notifications. */
  readonly webhooks: boolean;
  readonly webhookNetworks: BlockList;
  readonly smtpUrl?: string | undefined;
  readonly mailFrom?: string | undefined;
  readonly publicUrl?: string | undefined;
  /** The schedule of the notifier, if not the default. */
  readonly noticing?: Pick<NotifierOptions, 'schedule' | 'pollEveryMs' | 'leaseMs'> | undefined;
}

/** The time-out for a chat's answer. */
const CHAT_TIMEOUT_MS = 10_000;

export interface BackgroundWorkOptions {
  readonly db: Database;
  readonly access: Pick<ApiAccess, 'apollo' | 'schema'>;
  readonly contextFor: (bearer: TokenHolder, requestId: string, viewer: Viewer) => Context;
  readonly work: BackgroundWork;
  readonly packDays: number;
  readonly packing?: Partial<PackerTimes> | undefined;
  readonly notices: NoticeSettings;
  readonly logger: Logger;
}

export function startBackgroundWork(options: BackgroundWorkOptions): { stop(): Promise<void> } {
  const { db, access, contextFor, work, packDays: keptDays, packing: times, notices, logger } = options;
  const open = async (userId: number, requestId: string) => {
    const person = () => activePerson(db, userId);
    const context = contextFor({ userId, authenticatedAt: null, person }, requestId, await person());
    return { context, ask: asking(access, context) };
  };
  const { schema } = access;
  const packer = new Packer(db, { open, schema, keptDays, logger: loggerOf(logger, 'packs'), times }).start();
  work.packAskedFor = () => packer.wake();
  const notifier = notices.webhooks ? notifierOf(notices).start() : null;
  work.ruleSet = () => notifier?.wake();
  return { stop: async () => void (await Promise.all([packer.stop(), notifier?.stop()])) };

  function notifierOf({ webhookNetworks, smtpUrl, mailFrom: from, publicUrl, noticing }: NoticeSettings): Notifier {
    const mailer = smtpUrl !== undefined && from !== undefined ? new Mailer({ smtpUrl, from }) : null;
    const sender = new Sender(webhookNetworks, CHAT_TIMEOUT_MS);
    return new Notifier(db, { open, mailer, sender, publicUrl, logger: loggerOf(logger, 'notices'), ...noticing });
  }
}
