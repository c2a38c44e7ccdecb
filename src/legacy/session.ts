/**
 * The importer's own connection, as the owner of the database. It is a single session, because the staged rows are in its temporary tables.
 */
import { setImmediate } from 'node:timers/promises';
import pg from 'pg';
import type { Db, Tx } from '../database/connection/database';
import { run, types } from '../database/connection/statements';
import { Transaction } from '../database/connection/transaction';
import { NAME_OPERATOR, operator } from '../database/deployment/operator';

/** An advisory lock held while an import runs, since two would interfere. */
const LOCK = 'phaseledger legacy import';

export class OwnerSession implements Db {
  /** Resolves when the previous transaction has sent all its statements. */
  #sent: Promise<void> = Promise.resolve();

  private constructor(private readonly client: pg.Client) {}

  static async open(ownerUrl: string): Promise<OwnerSession> {
    const client = new pg.Client({
      connectionString: ownerUrl,
      pipeline: true, // statements are pipelined, also across consecutive transactions
      types,
      application_name: 'phaseledger legacy',
      // If a crash of the server loses the last commits, the next run brings them again.
      options:
        '-c search_path=public,log,legacy -c TimeZone=UTC -c synchronous_commit=off -c lock_timeout=30000 -c plan_cache_mode=force_generic_plan -c jit=off -c client_min_messages=warning',
    });
    await client.connect();
    await client.query(NAME_OPERATOR, [operator()]);
    client.on('error', () => undefined); // the failing statement reports it to its caller
    return new OwnerSession(client);
  }

  query<Row extends object>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return run<Row>(this.client, sql, parameters);
  }

  /** Reads in one snapshot. */
  snapshot<T>(work: (tx: Db) => Promise<T>): Promise<T> {
    return this.transaction(work, 'begin isolation level repeatable read read only');
  }

  /**
   * Runs `work` in a transaction. The next one may start before this one is answered, and is sent behind it, so a transaction that awaits
   * nothing holds nobody up.
   */
  async transaction<T>(work: (tx: Tx) => Promise<T> | T, begin = 'begin'): Promise<T> {
    const before = this.#sent;
    let hasSent!: () => void;
    this.#sent = new Promise((resolve) => (hasSent = resolve));
    await before;
    const tx = new Transaction(this.client, begin);
    try {
      const result = await work(tx);
      const ending = tx.commit();
      hasSent();
      if ((await ending) === 'UNDONE')
        throw new Error('A statement of a transaction failed, and its error was not handled.');
      return result;
    } catch (error) {
      // After COMMIT was sent, there is nothing to roll back, and another transaction may have begun.
      throw tx.isEnding ? tx.causeOf(error) : await tx.undo(error);
    } finally {
      hasSent();
    }
  }

  /** Resolves when the most recent transaction has been sent to the database. */
  async sent(): Promise<void> {
    await this.#sent;
    await setImmediate(); // batches are sent when the event loop is idle
  }

  /** Refuses to run beside another import, sync or rollback. */
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
