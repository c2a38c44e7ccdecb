/**
 * A statement in the making. What is read of it is known only when all that is asked for has been looked through, so its text is
 * put together at the end; each expression is read once, however often it is asked for.
 */
import { REFERENCE_STREAM } from '../../database/people';
import type { Keeping } from './kept';
import type { Run } from './run';

/** A value that a request gives to a statement, which may be about parents that have been read. */
export type Parameter = (run: Run, parents: readonly string[]) => unknown;

/** The last commits that are seen of the reference data and of a workflow, as expressions. */
export interface Horizon {
  readonly reference: string;
  readonly workflowId: string;
  readonly sequence: string;
}

/** What may be left out of a statement, where it is known already: what somebody may see, and the rows of a list. */
export type Part = 'rights' | 'list';

/** Something of a statement, and the part that it is left out with; null if it is always there. */
interface Of<What> {
  readonly what: What;
  part: Part | null;
}

type Source = Of<() => string>;

/** A column, and what is joined only for it. */
interface Column extends Of<string> {
  readonly source?: Source;
}

/** A statement as it is sent. */
export interface Form {
  readonly text: string;
  readonly parameters: readonly Parameter[];
}

/** A subquery in the making. */
interface Within {
  readonly gate: string;
  readonly columns: string[];
  readonly from: Source[];
}

const sourcesOf = (from: readonly Source[]): string => from.map(({ what }) => what()).join('\n');

/** It is never merged with what is around it, so its condition is looked at before anything else of it. */
const within = ({ gate, columns, from }: Within): string =>
  `left join lateral (select ${columns.join(', ')} from (select) here ${sourcesOf(from)} where ${gate} offset 0) within on true`;

export class Statement {
  readonly #columns: Column[] = [];
  readonly #places = new Map<string, number>();
  readonly #from: Source[] = [];
  readonly #order: Of<string>[] = [];
  #condition = '';
  readonly #parameters: Parameter[] = [];
  #aliases = 0;
  readonly #forms = new Map<string, Form>();
  #within: Within | null = null;
  #part: Part | null = null;
  /** The lists whose texts are kept. */
  readonly keepings: Keeping[] = [];

  /** @param horizon how far it sees, where it is asked of the past */
  constructor(public horizon: Horizon | null = null) {}

  /** Whether it is asked where the past is read. */
  get isPast(): boolean {
    return this.horizon !== null;
  }

  alias = (): string => `t${this.#aliases++}`;

  /** Has what is asked for meanwhile be of a part; what is asked for elsewhere as well is always there. */
  as<Made>(part: Part | null, make: () => Made): Made {
    const before = this.#part;
    this.#part = part;
    try {
      return make();
    } finally {
      this.#part = before;
    }
  }

  /** The place in the row where an expression is read. */
  place(sql: string): number {
    const known = this.#places.get(sql);
    if (known === undefined) {
      const column = /\bselect\b/.test(sql) ? this.#apart(sql) : this.#column(sql);
      const place = this.#columns.push(column) - 1;
      this.#places.set(sql, place);
      return place;
    }
    const column = this.#columns[known]!;
    if (column.part !== this.#part) {
      column.part = null;
      if (column.source) column.source.part = null;
    }
    return known;
  }

  /** What is read at a place, for what is joined after it. */
  at = (place: number): string => this.#columns[place]!.what;

  #column = (sql: string, source?: Source): Column => ({
    what: this.#named(sql),
    part: this.#part,
    ...(source && { source }),
  });

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
  #apart(sql: string): Column {
    const alias = this.alias();
    const source = this.#joined(() => `left join lateral (select ${sql} as c offset 0) ${alias} on true`);
    return this.#column(`${alias}.c`, source);
  }

  parameter = (value: Parameter): string => `$${this.#parameters.push(value)}`;

  #joined(what: () => string): Source {
    const source: Source = { what, part: this.#part };
    (this.#within?.from ?? this.#from).push(source);
    return source;
  }

  join(source: () => string): void {
    this.#joined(source);
  }

  orderBy(...keys: readonly string[]): void {
    for (const key of keys) {
      const [, expression = '', direction = ''] = /^(.*?)( asc| desc)?$/s.exec(key)!;
      const what = this.#within ? `${this.at(this.place(expression))}${direction}` : key;
      this.#order.push({ what, part: this.#part });
    }
  }

  where = (condition: string): string => (this.#condition = `where ${condition}`);

  /** The statement without some of its parts, whose columns are null. */
  without(...parts: readonly Part[]): Form {
    const name = parts.join(' ');
    let form = this.#forms.get(name);
    if (!form) this.#forms.set(name, (form = this.#form(parts)));
    return form;
  }

  #form(parts: readonly Part[]): Form {
    const isLeft = ({ part }: Of<unknown>): boolean => part === null || !parts.includes(part);
    const order = this.#order.filter(isLeft);
    const text = [
      `select ${this.#columns.map((column) => (isLeft(column) ? column.what : 'null')).join(', ')}`,
      `from ${sourcesOf(this.#from.filter(isLeft))}`,
      this.#within ? within(this.#within) : '',
      this.#condition,
      order.length > 0 ? `order by ${order.map(({ what }) => what).join(', ')}` : '',
    ].join('\n');
    if (parts.length === 0) return { text, parameters: this.#parameters };
    // Parameters that nothing is left of would have no type.
    const left: Parameter[] = [];
    const numbers = new Map<string, string>();
    const numbered = text.replace(/\$(\d+)/g, (_, n: string) => {
      const number = numbers.get(n) ?? `$${left.push(this.#parameters[Number(n) - 1]!)}`;
      numbers.set(n, number);
      return number;
    });
    return { text: numbered, parameters: left };
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
