/** Structured values that the old system stored as text: JSON, or Python's repr of a dictionary. */
import type { Json, JsonObject } from '../versioning/model';

export interface Literal {
  readonly value: Json;
  /** The format; any other text stays a text. */
  readonly as: 'json' | 'python' | 'text';
}

/** Deeper than any real value; recursive code must not overflow the stack. */
const MAX_DEPTH = 64;

/** Whether jsonb can store a value, and recursive code can walk it. */
export function isStorable(value: Json, depth = 0): boolean {
  if (typeof value === 'string') return !value.includes('\0') && value.isWellFormed();
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth === MAX_DEPTH) return false;
  const parts = Array.isArray(value) ? value : [...Object.keys(value), ...Object.values(value)];
  return parts.every((part) => isStorable(part, depth + 1));
}

export function parseLiteral(text: string): Literal {
  for (const as of ['json', 'python'] as const) {
    try {
      const value = as === 'json' ? (JSON.parse(text) as Json) : new PythonLiteral(text).parse();
      if (isStorable(value)) return { value, as };
    } catch {
      // Not this format; try the next.
    }
  }
  return { value: text, as: 'text' };
}

/** A value as the object that content fields need; anything else is wrapped under one key. */
export const asObject = (value: Json): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : { value };

const words: Readonly<Record<string, Json>> = { True: true, False: false, None: null };
const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\n': '' };

/** Parses dictionaries, lists, tuples, strings, numbers, True, False and None; throws for anything else. */
class PythonLiteral {
  #at = 0;

  constructor(private readonly text: string) {}

  parse(): Json {
    const value = this.#value(0);
    this.#skipSpace();
    if (this.#at < this.text.length) throw new SyntaxError('more than one value');
    return value;
  }

  #skipSpace(): void {
    while (/\s/.test(this.text[this.#at] ?? '')) this.#at++;
  }

  #take(mark: string): boolean {
    this.#skipSpace();
    if (this.text[this.#at] !== mark) return false;
    this.#at++;
    return true;
  }

  #expect(mark: string): void {
    if (!this.#take(mark)) throw new SyntaxError(`no ${mark}`);
  }

  #value(depth: number): Json {
    if (depth > MAX_DEPTH) throw new SyntaxError('too deep');
    if (this.#take('{')) {
      const entries = this.#list('}', () => {
        const key = this.#value(depth + 1);
        this.#expect(':');
        return [typeof key === 'string' ? key : JSON.stringify(key), this.#value(depth + 1)] as const;
      });
      return Object.fromEntries(entries);
    }
    if (this.#take('[')) return this.#list(']', () => this.#value(depth + 1));
    if (this.#take('(')) return this.#list(')', () => this.#value(depth + 1));
    for (const quote of ["'", '"']) if (this.#take(quote)) return this.#string(quote);
    const word = /[\w.+-]+/y;
    word.lastIndex = this.#at;
    const [found] = word.exec(this.text) ?? [];
    if (found === undefined) throw new SyntaxError('no value');
    this.#at += found.length;
    if (Object.hasOwn(words, found)) return words[found]!;
    return JSON.parse(found) as Json;
  }

  #list<T>(end: string, one: () => T): T[] {
    const found: T[] = [];
    while (!this.#take(end)) {
      found.push(one());
      if (this.#take(',')) continue;
      this.#expect(end);
      break;
    }
    return found;
  }

  #string(quote: string): string {
    let found = '';
    for (;;) {
      const letter = this.text[this.#at++];
      if (letter === undefined) throw new SyntaxError('no end of string');
      if (letter === quote) return found;
      if (letter !== '\\') {
        found += letter;
        continue;
      }
      const escaped = this.text[this.#at++];
      if (escaped === undefined) throw new SyntaxError('no end of string');
      const size = { x: 2, u: 4, U: 8 }[escaped];
      if (size === undefined) found += escapes[escaped] ?? escaped;
      else {
        found += String.fromCodePoint(Number.parseInt(this.text.slice(this.#at, this.#at + size), 16));
        this.#at += size;
      }
    }
  }
}
