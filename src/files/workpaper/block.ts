/** What a paper is made of before it is set: headings, sentences and tables, in their order. */

export type Level = 1 | 2 | 3 | 4;

export interface Column {
  readonly title: string;
  /** Its share of the width. */
  readonly share: number;
  /** For identifiers and hashes: set smaller. */
  readonly isFine?: boolean;
}

export type Block =
  | { readonly kind: 'heading'; readonly level: Level; readonly text: string }
  | { readonly kind: 'text'; readonly text: string; readonly isNote?: boolean }
  /** What is said of one thing: a name and a value a line. */
  | { readonly kind: 'facts'; readonly rows: readonly (readonly [name: string, value: string])[] }
  | { readonly kind: 'table'; readonly columns: readonly Column[]; readonly rows: readonly (readonly string[])[] };

/** A paper that is ready to be set. */
export interface Composed {
  readonly title: string;
  readonly subtitle: string;
  /** The instant that all of it was read at, which is also when it says to be made. */
  readonly at: string;
  /** At the foot of each page. */
  readonly foot: string;
  readonly blocks: readonly Block[];
  /** What is attached to it, by its name. */
  readonly attached: readonly { readonly name: string; readonly description: string; readonly text: string }[];
}

export const heading = (level: Level, text: string): Block => ({ kind: 'heading', level, text });
export const text = (text: string): Block => ({ kind: 'text', text });
export const note = (text: string): Block => ({ kind: 'text', text, isNote: true });
/** Only what there is something to say of. */
export const facts = (...rows: readonly (readonly [name: string, value: string | null])[]): Block => ({
  kind: 'facts',
  rows: rows.filter((row): row is readonly [string, string] => row[1] !== null),
});
