/**
 * A transaction that sends its statements in batches. PostgreSQL executes them in order, so waiting for each answer gains nothing.
 * Statements issued before the event loop turns idle form one batch, and the cost of a short transaction is its number of batches.
 */
import type pg from 'pg';
import { isTraced, traced } from '../../tracing';
import { isStale } from './postgres-errors';
import { holdBack, Packet, type Answer, type Client, type Statement } from './packet';
import { commitAnswered } from './sessions';
import { rowsOfAnswer, statementOf, type Tx } from './statements';

/** Notified of what is sent; tests count with it. */
export interface Watcher {
  /** The counters of what was sent. */
  readonly sent?: { statements: number };
  onStatement?: ((sql: string) => void) | undefined;
  onPacket?: (() => void) | undefined;
}

/** BEGIN and COMMIT as prepared statements. */
const controlling = (sql: string): Statement => ({ name: sql, text: sql, values: [], hasColumns: false });

export class Transaction implements Tx {
  /** The first failure. For every later statement, PostgreSQL only reports that the transaction has failed. */
  #failure: { readonly error: unknown } | undefined;
  /** Batches waiting to be sent. */
  readonly #waiting: Packet[] = [];
  /** Their answers, collected if tracing wants to know when they arrive. */
  readonly #awaited: Promise<Answer>[] = [];
  #hasBegun = false;
  #isEnding = false;
  #broken: Error | undefined;
  readonly #client: Client;
  readonly #watcher: Watcher;

  constructor(client: pg.PoolClient | pg.Client, begin: string, watcher: Watcher = {}) {
    this.#client = client as Client;
    this.#watcher = watcher;
    this.#send(controlling(begin)).then(
      () => (this.#hasBegun = true),
      () => undefined,
    );
  }

  /** Whether the connection worked when the transaction began; if not, nothing was done. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Whether COMMIT was sent. */
  get isEnding(): boolean {
    return this.#isEnding;
  }

  /** Why the connection can no longer be used, if so. */
  get broken(): Error | undefined {
    return this.#broken;
  }

  query<Row extends object>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return this.#send(statementOf(sql, parameters)).then(rowsOfAnswer<Row>);
  }

  write(sql: string, parameters: readonly unknown[] = []): void {
    void this.#send(statementOf(sql, parameters));
  }

  /**
   * Sends COMMIT together with the last writes. Committing a failed transaction is not an error: PostgreSQL answers ROLLBACK.
   * @param patienceMs the time-out for the answer; 0 means none
   */
  async commit(patienceMs = 0): Promise<'COMMITTED' | 'UNDONE'> {
    this.#isEnding = true;
    // PostgreSQL skips the rest of a batch after a failure. COMMIT must not be skipped, so it gets a batch of its own.
    if (this.#waiting.length > 0) this.#waiting.push(new Packet(this.#client));
    const ending = this.#send(controlling('commit'));
    const { command } = await commitAnswered(this.#client, patienceMs, ending);
    return command === 'COMMIT' && !this.#failure ? 'COMMITTED' : 'UNDONE';
  }

  /** The first failure, if there was one before this error. */
  causeOf(error: unknown): unknown {
    return this.#failure ? this.#failure.error : error;
  }

  /**
   * Rolls back; batches that were not sent are dropped.
   * @returns the cause, which is the first failure
   */
  async undo(error: unknown): Promise<unknown> {
    const cause = this.causeOf(error);
    for (const packet of this.#waiting.splice(0)) packet.handleError(cause);
    await this.#client.query('rollback').catch((failure: Error) => (this.#broken = failure));
    if (isStale(cause)) this.#broken ??= cause as Error;
    return cause;
  }

  #send(statement: Statement): Promise<Answer> {
    if (this.#watcher.sent) this.#watcher.sent.statements += 1;
    this.#watcher.onStatement?.(statement.text);
    if (this.#waiting.length === 0) this.#beginPacket();
    const answer = this.#waiting.at(-1)!.add(statement);
    answer.catch((error: unknown) => (this.#failure ??= { error }));
    if (isTraced()) this.#awaited.push(answer);
    return answer;
  }

  /** Holds the batch back until everything that follows from already known results has been added to it. */
  #beginPacket(): void {
    this.#watcher.onPacket?.();
    this.#waiting.push(new Packet(this.#client));
    holdBack(this.#client, () => {
      for (const packet of this.#waiting.splice(0)) packet.send();
      const awaited = this.#awaited.splice(0);
      if (awaited.length > 0)
        void traced('packet', { 'phaseledger.statements': awaited.length }, () => Promise.allSettled(awaited));
    });
  }
}
