/** Opens the configured database for a command, and always closes it. */
import type pg from 'pg';
import { withClient } from '../../packages/pg-client';
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
async function asService<T>({ serviceUrl }: DatabaseAccess, work: (db: Database) => Promise<T>): Promise<T> {
  const db = new Database({ url: serviceUrl, poolSize: 2, statementTimeoutMs: 0 });
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}

/** For commands that read as the service. */
export const withDatabase = <T>(work: (db: Database, env: Env) => Promise<T>): Promise<T> =>
  withOpened((opened, env) => asService(opened, (db) => work(db, env)));

/** For commands that read as the service and write as the owner. */
export const withOwner = <T>(work: (client: pg.Client, db: Database, env: Env) => Promise<T>): Promise<T> =>
  withOpened((opened, env) =>
    withClient(requireOwnerUrl(opened), (client) => asService(opened, (db) => work(client, db, env))),
  );
