/** The importer's own connection, as the owner of the database: one session, because the rows that were read wait in it. */
import { setImmediate } from 'node:timers/promises';
import pg from 'pg';
import type { Db, Tx } from '../database/database';
import { run, types } from '../database/statements';
import { Transaction } from '../database/transaction';
import { NAME_OPERATOR, operator } from '../database/operator';

/** Held as long as an import runs: two would get in each other's way. */
const LOCK = 'phaseledger legacy import';

export class OwnerSession implements Db {
  /** When the transaction before has sent all that it has to say. */
  #sent: Promise<void> = Promise.resolve();

  private constructor(private readonly client: pg.Client) {}

  static async open(ownerUrl: string): Promise<OwnerSession> {
    const client = new pg.Client({
      connectionString: ownerUrl,
      pipeline: true, // statements of a transaction do not wait for each other's answers, nor transactions that follow each other
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
    return this.transaction(work, 'begin isolation level repeatable read read only');
  }

  /**
   * Runs `work` in a transaction. Another may be asked for before this one is answered: it is sent behind it, so one that waits for
   * no answers holds nobody up.
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
      if ((await ending) === 'UNDONE') throw new Error('A statement of a transaction failed, and nobody was told.');
      return result;
    } catch (error) {
      // What was to be committed is over, whatever came of it, and another may have begun.
      throw tx.isEnding ? tx.causeOf(error) : await tx.undo(error);
    } finally {
      hasSent();
    }
  }

  /** Is over when the transaction that was asked for last is on its way to the database. */
  async sent(): Promise<void> {
    await this.#sent;
    await setImmediate(); // what is sent together leaves when nothing else is to be done
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
