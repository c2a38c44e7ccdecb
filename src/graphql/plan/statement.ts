/**
 * A statement under construction. What it reads is known only after the whole selection was compiled, so its text is assembled at the end;
 * each expression is read once, however often it is used.
 */
import { REFERENCE_STREAM } from '../../database/register/people';
import type { CachedRows } from './text-cache';
import type { Run } from './run';

/** A parameter whose value comes from the request, and possibly from the parents that were read. */
export type Parameter = (run: Run, parents: readonly string[]) => unknown;

/** The last visible commits of the reference stream and of a workflow, as expressions. */
export interface Horizon {
  readonly reference: string;
  readonly workflowId: string;
  readonly sequence: string;
}

/** Parts of a statement that can be omitted if they are cached: the viewer's rights, and the rows of a list. */
export type Part = 'rights' | 'list';

/** An element of a statement, and the part it is omitted with; null if it is always present. */
interface Of<What> {
  readonly what: What;
  part: Part | null;
}

type Source = Of<() => string>;

/** A column, and the join that only it needs. */
interface Column extends Of<string> {
  readonly source?: Source;
}

/** A statement in the form in which it is sent. */
export interface Form {
  readonly text: string;
  readonly parameters: readonly Parameter[];
}

/** A subquery under construction. */
interface Within {
  readonly gate: string;
  readonly columns: string[];
  readonly from: Source[];
}

const sourcesOf = (from: readonly Source[]): string => from.map(({ what }) => what()).join('\n');

/** `offset 0` keeps the planner from merging it, so its condition is evaluated first. */
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
  /** The lists with cached texts. */
  readonly keepings: CachedRows[] = [];

  /** @param horizon the horizon, if it reads the past */
  constructor(public horizon: Horizon | null = null) {}

  /** Whether it runs where the past is read. */
  get isPast(): boolean {
    return this.horizon !== null;
  }

  alias = (): string => `t${this.#aliases++}`;

  /** Assigns what is added meanwhile to a part; what is needed elsewhere as well is always present. */
  as<Made>(part: Part | null, make: () => Made): Made {
    const before = this.#part;
    this.#part = part;
    try {
      return make();
    } finally {
      this.#part = before;
    }
  }

  /** The position of an expression in the select list. */
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

  /** The expression at a position, for later joins. */
  at = (place: number): string => this.#columns[place]!.what;

  #column = (sql: string, source?: Source): Column => ({
    what: this.#named(sql),
    part: this.#part,
    ...(source && { source }),
  });

  /** The name of an expression outside of its subquery. */
  #named(sql: string): string {
    if (!this.#within) return sql;
    const name = `c${this.#within.columns.length}`;
    this.#within.columns.push(`${sql} as ${name}`);
    return `within.${name}`;
  }

  /** From here on, everything is read in a subquery after the gate's inputs, and only if the gate is true. */
  enter(gate: string): void {
    this.#within = { gate, columns: [], from: [] };
  }

  /** A scalar subquery is joined laterally: as a column it would be evaluated for every row in which a list repeats it. */
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

  /** The statement without some of its parts, whose columns become null. */
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
    // Unused parameters are removed, since PostgreSQL could not infer their types.
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

/** The rows of a table or subquery in a statement. */
export interface Rows {
  readonly statement: Statement;
  /** An expression over such a row in the statement's terms; `$.` stands for the row. */
  sql(expression: string): string;
}

const over = (row: string, expression: string): string => expression.replaceAll('$.', `${row}.`);

export const named = (statement: Statement, alias: string): Rows => ({
  statement,
  sql: (expression) => over(alias, expression),
});

/** The tables of the past that are read by key rather than through a view of all rows, and the stream of each. */
const lookedUp: Readonly<Record<string, 'reference' | 'workflow'>> = {
  users: 'reference',
  lobs: 'reference',
  cycles: 'reference',
  reports: 'reference',
  workflows: 'reference',
  phase_version: 'workflow',
};

/** Joins the row whose key has a value, if there is one. */
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
 * Joins the rows of a subquery. Expressions over them are computed inside it, where its limit is.
 * @param row the alias of its rows inside
 * @param body the subquery, given its select list
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
