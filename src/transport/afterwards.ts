/** What a server does in somebody's name after they were answered, with the rights that they have when it is done. */
import type { Logger } from 'pino';
import type { Database } from '../database/database';
import { asking } from '../files/asking';
import { Packer, type PackerTimes } from '../files/pack/packer';
import type { Context } from '../graphql/context';
import { loggerOf } from '../logs';
import type { BackgroundWork } from '../offload/heavy-work';
import { activePerson } from '../services/active-person';
import type { TokenHolder, Viewer } from '../versioning/model';
import type { ApiAccess } from './endpoint';

export interface AfterwardsOptions {
  readonly db: Database;
  readonly access: Pick<ApiAccess, 'apollo' | 'schema'>;
  readonly contextFor: (bearer: TokenHolder, requestId: string, viewer: Viewer) => Context;
  readonly work: BackgroundWork;
  readonly packDays: number;
  readonly packing?: Partial<PackerTimes> | undefined;
  readonly logger: Logger;
}

export function startAfterwards(options: AfterwardsOptions): { stop(): Promise<void> } {
  const { db, access, contextFor, work, packDays: keptDays, packing: times, logger } = options;
  const open = async (userId: number, requestId: string) => {
    const person = () => activePerson(db, userId);
    const context = contextFor({ userId, authenticatedAt: null, person }, requestId, await person());
    return { context, ask: asking(access, context) };
  };
  const { schema } = access;
  const packer = new Packer(db, { open, schema, keptDays, logger: loggerOf(logger, 'packs'), times }).start();
  work.packAskedFor = () => packer.wake();
  return { stop: () => packer.stop() };
}
