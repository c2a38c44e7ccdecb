/**
 * A transaction whose statements leave together. PostgreSQL answers them in turn, so nothing is gained by waiting for each; what
 * is asked before this process has nothing else to do goes in one packet, and packets are what a short transaction costs.
 */
import type pg from 'pg';
import { run, type Tx } from './statements';

/** Of node-postgres, what its types leave out. */
type Client = (pg.PoolClient | pg.Client) & {
  readonly connection: { readonly stream: { cork(): void; uncork(): void } };
};

/** Is called with what is sent; tests count with it. */
export interface Watcher {
  /** Where it is counted what was sent. */
  readonly sent?: { statements: number };
  onStatement?: ((sql: string) => void) | undefined;
  onPacket?: (() => void) | undefined;
}

export class Transaction implements Tx {
  /** What failed first: of all that comes after it, PostgreSQL only says that something did. */
  #failure: { readonly error: unknown } | undefined;
  #isCorked = false;
  #hasBegun = false;
  #isEnding = false;
  #broken: Error | undefined;
  readonly #client: Client;
  readonly #watcher: Watcher;

  constructor(client: pg.PoolClient | pg.Client, begin: string, watcher: Watcher = {}) {
    this.#client = client;
    this.#watcher = watcher;
    this.#send(begin, () => client.query(begin)).then(
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
    return this.#send(sql, () => run<Row>(this.#client, sql, parameters));
  }

  write(sql: string, parameters?: readonly unknown[]): void {
    void this.query(sql, parameters);
  }

  /** Sends COMMIT along with what was written last. Of a transaction that failed it is no error: PostgreSQL answers ROLLBACK. */
  async commit(): Promise<'COMMITTED' | 'UNDONE'> {
    this.#isEnding = true;
    const { command } = await this.#send('commit', () => this.#client.query('commit'));
    return command === 'COMMIT' && !this.#failure ? 'COMMITTED' : 'UNDONE';
  }

  /** What failed first, where an error is known. */
  causeOf(error: unknown): unknown {
    return this.#failure ? this.#failure.error : error;
  }

  /**
   * Undoes everything.
   * @returns why, which is what failed first
   */
  async undo(error: unknown): Promise<unknown> {
    const cause = this.causeOf(error);
    await this.#client.query('rollback').catch((failure: Error) => (this.#broken = failure));
    return cause;
  }

  #send<T>(sql: string, start: () => Promise<T>): Promise<T> {
    if (this.#watcher.sent) this.#watcher.sent.statements += 1;
    this.#watcher.onStatement?.(sql);
    this.#cork();
    const answer = start();
    answer.catch((error: unknown) => (this.#failure ??= { error }));
    return answer;
  }

  /** Holds back what is sent until whatever follows from what is known already was sent as well. */
  #cork(): void {
    if (this.#isCorked) return;
    this.#isCorked = true;
    this.#watcher.onPacket?.();
    const { stream } = this.#client.connection;
    stream.cork();
    setImmediate(() => {
      this.#isCorked = false;
      stream.uncork();
    });
  }
}
