/** Opens the configured database for a command, and always closes it. */
import { Database } from '../database/connection/database';
import { openDatabase, requireOwnerUrl, type DatabaseAccess } from '../database/deployment/embedded';
import { readEnv, type Env } from '../env';

export async function withOpened<T>(work: (opened: DatabaseAccess, env: Env) => Promise<T>): Promise<T> {
  const env = readEnv();
  const opened = await openDatabase(env);
  try {
    return await work(opened, env);
  } finally {
    await opened.close();
  }
}

export const withOwnerUrl = <T>(work: (ownerUrl: string) => Promise<T>): Promise<T> =>
  withOpened((opened) => work(requireOwnerUrl(opened)));

/** Connects as the service, without a statement time-out, for commands with long reads. */
export const withDatabase = <T>(work: (db: Database, env: Env) => Promise<T>): Promise<T> =>
  withOpened(async ({ serviceUrl }, env) => {
    const db = new Database({ url: serviceUrl, poolSize: 2, statementTimeoutMs: 0 });
    try {
      return await work(db, env);
    } finally {
      await db.close();
    }
  });
