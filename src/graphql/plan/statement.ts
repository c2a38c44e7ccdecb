/**
 * A statement in the making. What is read of it is known only when all that is asked for has been looked through, so its text is
 * put together at the end; each expression is read once, however often it is asked for.
 */
import { REFERENCE_STREAM } from '../../database/people';
import type { Run } from './run';

/** A value that a request gives to a statement, which may be about parents that have been read. */
export type Parameter = (run: Run, parents: readonly string[]) => unknown;

/** The last commits that are seen of the reference data and of a workflow, as expressions. */
export interface Horizon {
  readonly reference: string;
  readonly workflowId: string;
  readonly sequence: string;
}

/** A subquery in the making. */
interface Within {
  readonly gate: string;
  readonly columns: string[];
  readonly from: (() => string)[];
}

const sourcesOf = (from: readonly (() => string)[]): string => from.map((source) => source()).join('\n');

/** It is never merged with what is around it, so its condition is looked at before anything else of it. */
const within = ({ gate, columns, from }: Within): string =>
  `left join lateral (select ${columns.join(', ')} from (select) here ${sourcesOf(from)} where ${gate} offset 0) within on true`;

export class Statement {
  readonly #columns: string[] = [];
  readonly #places = new Map<string, number>();
  readonly #from: (() => string)[] = [];
  readonly #order: string[] = [];
  #condition = '';
  readonly parameters: Parameter[] = [];
  #aliases = 0;
  #text: string | undefined;
  #within: Within | null = null;

  /** @param horizon how far it sees, where it is asked of the past */
  constructor(public horizon: Horizon | null = null) {}

  /** Whether it is asked where the past is read. */
  get isPast(): boolean {
    return this.horizon !== null;
  }

  alias = (): string => `t${this.#aliases++}`;

  /** The place in the row where an expression is read. */
  place(sql: string): number {
    let place = this.#places.get(sql);
    if (place === undefined) {
      place = this.#columns.push(this.#named(/\bselect\b/.test(sql) ? this.#apart(sql) : sql)) - 1;
      this.#places.set(sql, place);
    }
    return place;
  }

  /** What is read at a place, for what is joined after it. */
  at = (place: number): string => this.#columns[place]!;

  /** What an expression is called outside of where it is read. */
  #named(sql: string): string {
    if (!this.#within) return sql;
    const name = `c${this.#within.columns.length}`;
    this.#within.columns.push(`${sql} as ${name}`);
    return `within.${name}`;
  }

  /** From here on everything is read in a subquery, after what the gate is made of, and only where that is true. */
  enter(gate: string): void {
    this.#within = { gate, columns: [], from: [] };
  }

  /** What is looked up is joined: as a column of the answer, it would be looked up for each row that a list repeats it in. */
  #apart(sql: string): string {
    const alias = this.alias();
    this.join(() => `left join lateral (select ${sql} as c offset 0) ${alias} on true`);
    return `${alias}.c`;
  }

  parameter = (value: Parameter): string => `$${this.parameters.push(value)}`;
  join = (source: () => string): number => (this.#within?.from ?? this.#from).push(source);

  orderBy(...keys: readonly string[]): void {
    for (const key of keys) {
      const [, expression = '', direction = ''] = /^(.*?)( asc| desc)?$/s.exec(key)!;
      this.#order.push(this.#within ? `${this.#columns[this.place(expression)]!}${direction}` : key);
    }
  }

  where = (condition: string): string => (this.#condition = `where ${condition}`);

  get text(): string {
    return (this.#text ??= [
      `select ${this.#columns.join(', ')}`,
      `from ${sourcesOf(this.#from)}`,
      this.#within ? within(this.#within) : '',
      this.#condition,
      this.#order.length > 0 ? `order by ${this.#order.join(', ')}` : '',
    ].join('\n'));
  }
}

/** Rows of a table or of a subquery in a statement. */
export interface Rows {
  readonly statement: Statement;
  /** How an expression over such a row is written in the statement; `$.` in it stands for the row. */
  sql(expression: string): string;
}

const over = (row: string, expression: string): string => expression.replaceAll('$.', `${row}.`);

export const named = (statement: Statement, alias: string): Rows => ({
  statement,
  sql: (expression) => over(alias, expression),
});

/** Where the past has a row looked up by its key, rather than by a view of all rows: in which stream. */
const lookedUp: Readonly<Record<string, 'reference' | 'workflow'>> = {
  users: 'reference',
  lobs: 'reference',
  cycles: 'reference',
  reports: 'reference',
  workflows: 'reference',
  phase_version: 'workflow',
};

/** The row of a table where its key has a value, if there is one. */
export function joined(statement: Statement, table: string, key: string, value: string): Rows {
  const alias = statement.alias();
  const { horizon } = statement;
  const stream = horizon && lookedUp[table];
  if (stream) {
    const seen =
      stream === 'reference'
        ? `'${REFERENCE_STREAM}', ${horizon.reference}`
        : `${horizon.workflowId}, ${horizon.sequence}`;
    statement.join(() => `left join lateral past.${table}(${seen}, ${value}) ${alias} on true`);
  } else statement.join(() => `left join ${table} ${alias} on ${alias}.${key} = ${value}`);
  return named(statement, alias);
}

/**
 * Rows of a subquery. What is read of them is computed within, where its limit is.
 * @param row what its rows are called within
 * @param body the subquery, given what it is to select
 */
export function subquery(statement: Statement, row: string, body: (selected: string) => string): Rows {
  const alias = statement.alias();
  const names = new Map<string, string>();
  statement.join(() => {
    const selected = [...names].map(([expression, name]) => `${expression} as ${name}`).join(', ');
    return `left join lateral (${body(selected || 'true')}) ${alias} on true`;
  });
  return {
    statement,
    sql: (expression) => {
      const within = over(row, expression);
      let name = names.get(within);
      if (!name) names.set(within, (name = `c${names.size}`));
      return `${alias}.${name}`;
    },
  };
}
