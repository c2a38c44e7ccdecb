/** A row of the old system, whose cells are read as what they are meant to be; irregularities are noted on the way. */
import { isUuid } from '../uuid';
import type { Json, JsonObject } from '../versioning/model';
import { NOBODY, isPersonId } from './ids';
import { asObject, isStorable, parseLiteral } from './literals';
import { legacyTable, type ColumnType } from './tables';
import { instantIn } from './zones';

/** An irregularity in a row, and how it was resolved. */
export interface Finding {
  readonly code: string;
  readonly message: string;
  /** The old column concerned, if it is a single one. */
  readonly column?: string;
}

/** Why a row could not be placed. */
export interface Refusal {
  readonly code: string;
  readonly reason: string;
}

const INSTANT = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?)?$/i;
/** Longer keys do not fit into an index. */
const LONGEST_KEY = 200;
const MAX_INTEGER = 2_147_483_647;

interface ReadInstant {
  /** In UTC with milliseconds, as in the API. */
  readonly iso: string;
  /** Whether the text names a time zone. */
  readonly isZoned: boolean;
}

/** Parses an instant of the old system; null if there is no such date or time. Without a zone, it is taken in the given one. */
export function readInstant(text: string, zoneOfSource = 'UTC'): ReadInstant | null {
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '', zone] = INSTANT.exec(text) ?? [];
  if (year === undefined || year === '0000') return null;
  const [hours, minutes] = [Number(hour), Number(minute)];
  const lastDay = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  if (Number(month) < 1 || Number(month) > 12 || Number(day) < 1 || Number(day) > lastDay) return null;
  if (hours > 23 || minutes > 59 || Number(second) > 59) return null;
  const offset = /^([+-])(\d\d):?(\d\d)?$/.exec(zone ?? '');
  if (offset && (Number(offset[2]) > 15 || Number(offset[3] ?? 0) > 59)) return null;
  const ahead = offset ? (offset[1] === '-' ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3] ?? 0)) : 0;
  // Rounded as PostgreSQL rounds, so that displayed and stored values agree.
  const milliseconds = Math.round(Number(`0.${fraction || '0'}`) * 1000);
  const local = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`).getTime();
  const seconds = zone === undefined ? instantIn(zoneOfSource, local) : local - ahead * 60_000;
  const instant = new Date(seconds + milliseconds);
  if (instant.getUTCFullYear() < 1 || instant.getUTCFullYear() > 9999) return null;
  return { iso: instant.toISOString(), isZoned: zone !== undefined };
}

const isInteger = (value: unknown): boolean =>
  typeof value === 'number'
    ? Number.isInteger(value) && Math.abs(value) <= MAX_INTEGER
    : typeof value === 'string' && /^-?\d{1,10}$/.test(value) && Math.abs(Number(value)) <= MAX_INTEGER;

const isNumber = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?([eE][+-]?\d{1,2})?$/.test(value));

const fits: Readonly<Record<ColumnType, (value: unknown) => boolean>> = {
  integer: isInteger,
  'double precision': (value) => isNumber(value) && Number.isFinite(Number(value)),
  boolean: (value) => typeof value === 'boolean' || value === 'true' || value === 'false',
  text: () => true,
  uuid: (value) => typeof value === 'string' && isUuid(value),
  date: (value) => typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) && readInstant(value) !== null,
  timestamp: (value) => typeof value === 'string' && readInstant(value) !== null,
  timestamptz: (value) => typeof value === 'string' && readInstant(value) !== null,
};

/** Every cell that does not fit its column, with a description. */
function misfits(table: string, values: Readonly<Record<string, unknown>>): [column: string, problem: string][] {
  const columns = Object.entries(legacyTable.get(table)?.columns ?? {});
  return columns.flatMap(([column, type]): [string, string][] => {
    const value = values[column];
    return value === null || value === undefined || fits[type](value)
      ? []
      : [[column, `${column} holds ${JSON.stringify(value).slice(0, 80)}, which is no ${type}`]];
  });
}

/** Whether rows of a table may be kept without becoming anything here; this includes unknown tables. */
export const isKept = (table: string): boolean => legacyTable.get(table)?.isKept ?? !legacyTable.has(table);

export class SourceRow {
  readonly findings: Finding[] = [];
  /** Its cells as far as they can be read; even for a row that cannot be placed, they may tell the workflow. */
  readonly cells: Readonly<Record<string, unknown>>;
  /** Its cells if it is a valid row of its table; otherwise empty. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Set if it is not a valid row of its table. */
  readonly unreadable: Refusal | null;

  constructor(
    readonly table: string,
    readonly key: string,
    /** The original text of the row. */
    readonly raw: string,
    /** The hash computed by the database. */
    readonly rowHash: string,
    /** Whether its id is used here by a row of another table. */
    readonly isIdTaken = false,
    /** The time zone of times without one. */
    readonly zone = 'UTC',
  ) {
    const row = parsed(raw);
    this.cells = isCells(row) ? row : {};
    this.unreadable = refusalOf(table, row);
    this.values = this.unreadable ? {} : isKept(table) ? this.#fittingCells() : this.cells;
    if (!this.unreadable && legacyTable.has(table)) this.#noteUnusualColumns();
    if (raw.includes('\uFFFD')) this.note('DAMAGED_TEXT', 'It holds U+FFFD: somewhere its characters were lost.');
  }

  /** Its table and key. */
  get name(): string {
    return `${this.table}:${this.key}`;
  }

  /** The same row under another key. */
  as(key: string): SourceRow {
    const copy = new SourceRow(this.table, key, this.raw, this.rowHash, this.isIdTaken, this.zone);
    copy.findings.splice(0, Infinity, ...this.findings);
    return copy;
  }

  /** A cell of its key in canonical form; null if it is not valid. */
  keyCell(column: string): string | null {
    const cell = this.cells[column];
    if (typeof cell !== 'string' && typeof cell !== 'number') return null;
    const type = legacyTable.get(this.table)?.columns[column] ?? 'text';
    const text = String(cell);
    if (text === '' || text.length > LONGEST_KEY || !isStorable(text) || !fits[type](cell)) return null;
    return type === 'uuid' ? text.toLowerCase() : text;
  }

  note(code: string, message: string, column?: string): void {
    if (this.findings.some((known) => known.code === code && known.message === message)) return; // a cell may be read more than once
    this.findings.push(column === undefined ? { code, message } : { code, message, column });
  }

  has(column: string): boolean {
    return this.values[column] !== null && this.values[column] !== undefined;
  }

  /** The text of a cell; null if it is empty. */
  text(column: string): string | null {
    const value = this.values[column];
    if (value === null || value === undefined || value === '') return null;
    return typeof value === 'string' ? value : JSON.stringify(value);
  }

  /** A word of a vocabulary, ignoring case. */
  word(column: string): string | null {
    const word = this.text(column)
      ?.trim()
      .toLowerCase()
      .replace(/[\s-]+/g, '_');
    return word === undefined || word === '' ? null : word;
  }

  /** The meaning of a word; an unknown word is noted and has the meaning given last. */
  meaning<T>(column: string, meanings: Readonly<Record<string, T>>, otherwise: T): T {
    const word = this.word(column);
    if (word === null) return otherwise;
    if (Object.hasOwn(meanings, word)) return meanings[word]!;
    this.note(
      'UNKNOWN_VALUE',
      `${column} is ${JSON.stringify(this.text(column)!.slice(0, 60))}, which is not one of ${Object.keys(meanings).join(', ')}; taken as ${String(otherwise)}.`,
      column,
    );
    return otherwise;
  }

  integer(column: string): number | null {
    const value = this.values[column];
    return value === null || value === undefined ? null : Number(value);
  }

  flag(column: string): boolean {
    return this.values[column] === true || this.values[column] === 'true';
  }

  uuid(column: string): string | null {
    return (this.values[column] as string | null | undefined)?.toLowerCase() ?? null;
  }

  /** The date, as written. */
  date(column: string): string | null {
    return (this.values[column] as string | null | undefined)?.slice(0, 10) ?? null;
  }

  /** An instant in UTC with milliseconds. Without a time zone, it is taken in the source's, and noted. */
  instant(column: string): string | null {
    const value = this.values[column];
    const read = typeof value === 'string' ? readInstant(value, this.zone) : null;
    if (!read) return null;
    if (!read.isZoned && !this.findings.some(({ code }) => code === 'NAIVE_TIME'))
      this.note('NAIVE_TIME', `${column} names no time zone; taken as ${this.zone}.`, column);
    return read.iso;
  }

  /** The old id of a person; null if there is none. An impossible id is noted, and stands for an unknown person. */
  person(column: string): number | null {
    const legacyId = this.integer(column);
    if (legacyId === null || isPersonId(legacyId)) return legacyId;
    this.note(
      'IMPOSSIBLE_PERSON',
      `${column} is ${legacyId}, which is nobody's id; taken as an unknown person.`,
      column,
    );
    return NOBODY;
  }

  /** A structured value stored as text; empty ones are null. */
  json(column: string): Json {
    const value = this.values[column] as Json | undefined;
    if (typeof value !== 'string') return value ?? null;
    if (value.trim() === '') return null;
    const literal = parseLiteral(value);
    if (literal.as === 'python')
      this.note('PYTHON_LITERAL', `${column} is written as Python prints it; read as the same value in JSON.`, column);
    if (literal.as === 'text' && /^\s*[[{(]/.test(value))
      this.note('UNREADABLE_JSON', `${column} begins like a structure and is none; kept as text.`, column);
    return literal.value;
  }

  object(column: string): JsonObject | null {
    const value = this.json(column);
    return value === null ? null : asObject(value);
  }

  /** In a table whose rows may be kept, cells that do not fit are read as null. */
  #fittingCells(): Readonly<Record<string, unknown>> {
    const wrong = misfits(this.table, this.cells);
    if (wrong.length === 0) return this.cells;
    for (const [column, problem] of wrong) this.note('CELL_NOT_READ', `${problem}; taken as null.`, column);
    const columns = new Set(wrong.map(([column]) => column));
    return Object.fromEntries(Object.entries(this.cells).filter(([column]) => !columns.has(column)));
  }

  #noteUnusualColumns(): void {
    const columns = legacyTable.get(this.table)?.columns ?? {};
    const unknown = Object.keys(this.values).filter((name) => !Object.hasOwn(columns, name));
    const missing = Object.keys(columns).filter((name) => !Object.hasOwn(this.values, name));
    if (unknown.length > 0)
      this.note('UNKNOWN_COLUMNS', `${unknown.join(', ')}: kept in the source row, and in no view.`);
    if (missing.length > 0) this.note('MISSING_COLUMNS', `${missing.join(', ')}: taken as null.`);
  }
}

/** The parsed text of a row; undefined if it is not JSON. */
function parsed(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}

const isCells = (row: unknown): row is Readonly<Record<string, unknown>> =>
  typeof row === 'object' && row !== null && !Array.isArray(row);

/** Why it is not a valid row of its table; null if it is. */
function refusalOf(table: string, row: unknown): Refusal | null {
  const refuse = (code: string, reason: string) => ({ code, reason });
  if (row === undefined) return refuse('UNREADABLE_ROW', 'The row is not valid JSON.');
  if (!isCells(row)) return refuse('UNREADABLE_ROW', 'The row is not an object of columns and values.');
  if (!isStorable(row as JsonObject))
    return refuse(
      'UNSTORABLE_VALUE',
      'It holds what no value in PostgreSQL can hold: U+0000, half a character, or 65 levels of nesting.',
    );
  const wrong = isKept(table) ? [] : misfits(table, row).map(([, problem]) => problem);
  return wrong.length > 0 ? refuse('VALUE_OF_ANOTHER_TYPE', `${wrong.join('; ')}.`) : null;
}
