/**
 * A transaction whose statements leave together. PostgreSQL answers them in turn, so nothing is gained by waiting for each; what
 * is asked before this process has nothing else to do goes in one packet, and packets are what a short transaction costs.
 */
import type pg from 'pg';
import { isTraced, traced } from '../tracing';
import { isStale } from './postgres-errors';
import { holdBack, Packet, type Answer, type Client, type Statement } from './packet';
import { abandon } from './sessions';
import { rowsOf, statementOf, type Tx } from './statements';

/** Is called with what is sent; tests count with it. */
export interface Watcher {
  /** Where it is counted what was sent. */
  readonly sent?: { statements: number };
  onStatement?: ((sql: string) => void) | undefined;
  onPacket?: (() => void) | undefined;
}

/** BEGIN and COMMIT, prepared as themselves. */
const controlling = (sql: string): Statement => ({ name: sql, text: sql, values: [], hasColumns: false });

export class Transaction implements Tx {
  /** What failed first: of all that comes after it, PostgreSQL only says that something did. */
  #failure: { readonly error: unknown } | undefined;
  /** What waits to be sent. */
  readonly #waiting: Packet[] = [];
  /** The answers to that, where traces want to know when they are there. */
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

  /** Whether the connection was there when it began; if not, nothing was done. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Whether COMMIT was sent. */
  get isEnding(): boolean {
    return this.#isEnding;
  }

  /** Why the connection is of no more use, if it is not. */
  get broken(): Error | undefined {
    return this.#broken;
  }

  query<Row extends object>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return this.#send(statementOf(sql, parameters)).then(rowsOf<Row>);
  }

  write(sql: string, parameters: readonly unknown[] = []): void {
    void this.#send(statementOf(sql, parameters));
  }

  /**
   * Sends COMMIT along with what was written last. Of a transaction that failed it is no error: PostgreSQL answers ROLLBACK.
   * @param patienceMs how long its answer is waited for: PostgreSQL itself waits for standbys that have to confirm it without end; 0
   * is without end as well
   */
  async commit(patienceMs = 0): Promise<'COMMITTED' | 'UNDONE'> {
    this.#isEnding = true;
    // What is behind a failure in a packet is skipped, and this must not be.
    if (this.#waiting.length > 0) this.#waiting.push(new Packet(this.#client));
    const ending = this.#send(controlling('commit'));
    const giveUp = () => abandon(this.#client, 'a commit was not answered in time');
    const timer = patienceMs > 0 ? setTimeout(giveUp, patienceMs) : undefined;
    const { command } = await ending.finally(() => clearTimeout(timer));
    return command === 'COMMIT' && !this.#failure ? 'COMMITTED' : 'UNDONE';
  }

  /** What failed first, where an error is known. */
  causeOf(error: unknown): unknown {
    return this.#failure ? this.#failure.error : error;
  }

  /**
   * Undoes everything; what was not sent yet is not sent any more.
   * @returns why, which is what failed first
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

  /** What is sent is held back until whatever follows from what is known already was sent as well. */
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
