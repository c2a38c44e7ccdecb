/** The parts of a paper before typesetting: headings, sentences and tables in order. */

export type Level = 1 | 2 | 3 | 4;

export interface Column {
  readonly title: string;
  /** Its share of the width. */
  readonly share: number;
  /** For identifiers and hashes, which are set smaller. */
  readonly isFine?: boolean;
}

export type Block =
  | { readonly kind: 'heading'; readonly level: Level; readonly text: string }
  | { readonly kind: 'text'; readonly text: string; readonly isNote?: boolean }
  /** Facts about one thing: a name and a value per line. */
  | { readonly kind: 'facts'; readonly rows: readonly (readonly [name: string, value: string])[] }
  | { readonly kind: 'table'; readonly columns: readonly Column[]; readonly rows: readonly (readonly string[])[] };

/** A paper ready for typesetting. */
export interface Composed {
  readonly title: string;
  readonly subtitle: string;
  /** The instant at which everything was read, which is also the document's date. */
  readonly at: string;
  /** The footer of each page. */
  readonly foot: string;
  readonly blocks: readonly Block[];
  /** Attachments. */
  readonly attached: readonly { readonly name: string; readonly description: string; readonly text: string }[];
}

export const heading = (level: Level, text: string): Block => ({ kind: 'heading', level, text });
export const text = (text: string): Block => ({ kind: 'text', text });
export const note = (text: string): Block => ({ kind: 'text', text, isNote: true });
/** Leaves out facts without a value. */
export const facts = (...rows: readonly (readonly [name: string, value: string | null])[]): Block => ({
  kind: 'facts',
  rows: rows.filter((row): row is readonly [string, string] => row[1] !== null),
});
