/** The importer's own connection, as the owner of the database: one session, because the rows that were read wait in it. */
import pg from 'pg';
import type { Db } from '../database/database';
import { run, types } from '../database/statements';
import { NAME_OPERATOR, operator } from '../database/operator';

/** Held as long as an import runs: two would get in each other's way. */
const LOCK = 'phaseledger legacy import';

export class OwnerSession implements Db {
  private constructor(private readonly client: pg.Client) {}

  static async open(ownerUrl: string): Promise<OwnerSession> {
    const client = new pg.Client({
      connectionString: ownerUrl,
      types,
      application_name: 'phaseledger legacy',
      // What a crash of the server loses of the last moments, the next run brings again.
      options:
        '-c search_path=public,log,legacy -c TimeZone=UTC -c synchronous_commit=off -c lock_timeout=30000 -c plan_cache_mode=force_generic_plan -c jit=off -c client_min_messages=warning',
    });
    await client.connect();
    await client.query(NAME_OPERATOR, [operator()]);
    client.on('error', () => undefined); // whoever is waiting is told by the statement that fails
    return new OwnerSession(client);
  }

  query<Row extends object>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return run<Row>(this.client, sql, parameters);
  }

  /** Reads whatever it reads as it is at one instant. */
  snapshot<T>(work: (tx: Db) => Promise<T>): Promise<T> {
    return this.transaction(() => work(this), 'begin isolation level repeatable read read only');
  }

  async transaction<T>(work: () => Promise<T>, begin = 'begin'): Promise<T> {
    await this.client.query(begin);
    try {
      const result = await work();
      await this.client.query('commit');
      return result;
    } catch (error) {
      await this.client.query('rollback').catch(() => undefined);
      throw error;
    }
  }

  /** Refuses to go on while another import, sync or rollback runs. */
  async lock(): Promise<void> {
    const [row] = await this.query<{ isFree: boolean }>(
      'select pg_try_advisory_lock(hashtextextended($1, 0)) as is_free',
      [LOCK],
    );
    if (!row!.isFree) throw new Error('Another import, sync or rollback is running. Wait until it has ended.');
  }

  close(): Promise<void> {
    return this.client.end();
  }
}
