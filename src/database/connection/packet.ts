/**
 * Sends several statements as one batch with a single Sync, so that PostgreSQL answers in one batch too; the columns of a prepared
 * statement are described once. node-postgres sends a Sync and a Describe with each statement, and both sides wake up for each answer,
 * which costs more than a short statement itself.
 */
import pg from 'pg';
import { serialize } from 'pg-protocol';

/** A row in the database's text format: values are not parsed, columns not named. */
export type TextRow = readonly (string | null)[];

export interface Column {
  readonly name: string;
  readonly parse: (text: string) => unknown;
}

export interface Statement {
  /** The name it is prepared under; undefined if it is not prepared. */
  readonly name: string | undefined;
  readonly text: string;
  readonly values: readonly unknown[];
  /** Whether the caller needs the columns. */
  readonly hasColumns: boolean;
}

export interface Answer {
  /** PostgreSQL's command tag, such as COMMIT or ROLLBACK. */
  readonly command: string;
  readonly columns: readonly Column[];
  readonly rows: readonly TextRow[];
}

type Names = Record<string, string>;

/** The parts of node-postgres that its types leave out. */
export interface Connection {
  readonly stream: { readonly writable: boolean; write(bytes: Buffer): void; cork(): void; uncork(): void };
  /** Statements by name: those that are prepared, and those that were sent to be prepared. */
  parsedStatements: Names;
  submittedNamedStatements: Names;
}

export type Client = (pg.PoolClient | pg.Client) & {
  readonly connection: Connection;
  getTypeParser(oid: number, format: 'text'): (text: string) => unknown;
};

interface Sent extends Statement {
  readonly bind: Buffer;
  /** Whether it was sent to be prepared. */
  isPreparing: boolean;
  columns: readonly Column[] | undefined;
  readonly rows: TextRow[];
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** The columns of the statements prepared on each connection. */
const known = new WeakMap<Connection, Map<string, readonly Column[]>>();

function columnsOn(connection: Connection): Map<string, readonly Column[]> {
  let columns = known.get(connection);
  if (!columns) known.set(connection, (columns = new Map<string, readonly Column[]>()));
  return columns;
}

const { prepareValue } = (pg as unknown as { utils: { prepareValue: (value: unknown) => unknown } }).utils;

/** The error for statements of a failed transaction. PostgreSQL does not read those behind the one that failed. */
const notDone = () =>
  Object.assign(new Error('A statement before this one has failed, so it was not run.'), { code: '25P02' });

/** In pipeline mode, node-postgres accepts only instances of this class. */
const Query = pg.Query as unknown as new (text: string) => object;

export class Packet extends Query {
  readonly #client: Client;
  readonly #statements: Sent[] = [];
  /** The index of the statement being answered. */
  #at = 0;

  constructor(client: pg.PoolClient | pg.Client) {
    super('');
    this.#client = client as Client;
  }

  add(statement: Statement): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const { name, values } = statement;
      const bind = serialize.bind({ statement: name!, values: values as unknown[], valueMapper: prepareValue });
      this.#statements.push({ ...statement, bind, isPreparing: false, columns: undefined, rows: [], resolve, reject });
    });
  }

  send(): void {
    // To node-postgres this is a query: it calls `submit`, and then the handlers below.
    (this.#client as { query(packet: unknown): void }).query(this);
  }

  // ── the interface that node-postgres expects of a query ────────────────────────────────────────────────────────────

  /** node-postgres records the prepared statement under the name and text of the query being answered. */
  get name(): string | undefined {
    return this.#statements[this.#at]?.name;
  }

  set name(_: unknown) {
    // Set by the base class.
  }

  get text(): string {
    return this.#statements[this.#at]?.text ?? '';
  }

  set text(_: unknown) {
    // Set by the base class too.
  }

  submit({ stream, parsedStatements, submittedNamedStatements }: Connection): null {
    const columns = columnsOn(this.#client.connection);
    const messages: Buffer[] = [];
    for (const statement of this.#statements) {
      const { name, text, bind, hasColumns } = statement;
      if (name === undefined || !(name in parsedStatements || name in submittedNamedStatements)) {
        messages.push(serialize.parse({ name: name!, text }));
        if (name !== undefined) submittedNamedStatements[name] = text;
        statement.isPreparing = name !== undefined;
      } else if (hasColumns) statement.columns = columns.get(name);
      messages.push(bind);
      if (hasColumns && !statement.columns) messages.push(serialize.describe({ type: 'P' }));
      messages.push(serialize.execute());
    }
    messages.push(serialize.sync());
    if (stream.writable) stream.write(Buffer.concat(messages));
    return null;
  }

  handleRowDescription({ fields }: { fields: readonly { name: string; dataTypeID: number }[] }): void {
    this.#statements[this.#at]!.columns = fields.map(({ name, dataTypeID }) => ({
      name,
      parse: this.#client.getTypeParser(dataTypeID, 'text'),
    }));
  }

  handleDataRow({ fields }: { fields: TextRow }): void {
    this.#statements[this.#at]!.rows.push(fields);
  }

  handleCommandComplete({ text: command }: { text: string }): void {
    const { name, columns = [], hasColumns, rows, resolve } = this.#statements[this.#at]!;
    if (name !== undefined && hasColumns) columnsOn(this.#client.connection).set(name, columns);
    this.#at += 1;
    resolve({ command, columns, rows });
  }

  handleEmptyQuery(): void {
    this.handleCommandComplete({ text: '' });
  }

  /** Also called if nothing was sent, because the connection is lost or the packet was cancelled. */
  handleError(error: unknown, { submittedNamedStatements }: Connection = this.#client.connection): void {
    const [failed, ...others] = this.#statements.slice(this.#at);
    this.#at = this.#statements.length;
    failed?.reject(error);
    for (const { name, isPreparing, reject } of others) {
      if (isPreparing) delete submittedNamedStatements[name!];
      reject(notDone());
    }
  }

  handleReadyForQuery(): void {
    // Each statement was settled when it completed.
  }
}

/** The batch that waits on a connection, in case more statements join it. */
const heldBack = new WeakMap<Connection, () => void>();

function release({ connection }: Client): void {
  const send = heldBack.get(connection);
  if (!send) return;
  heldBack.delete(connection);
  connection.stream.cork();
  send();
  connection.stream.uncork();
}

/** Delays sending until the event loop is idle, or until the next statement on this connection is sent, so that the order is kept. */
export function holdBack(client: Client, send: () => void): void {
  release(client);
  heldBack.set(client.connection, send);
  setImmediate(() => {
    if (heldBack.get(client.connection) === send) release(client);
  });
}

/** Sends one statement. */
export function sendStatement(client: pg.PoolClient | pg.Client, statement: Statement): Promise<Answer> {
  release(client as Client);
  const packet = new Packet(client);
  const answer = packet.add(statement);
  packet.send();
  return answer;
}
