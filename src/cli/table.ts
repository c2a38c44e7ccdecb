/** Tables for a terminal, at most 100 columns wide; long texts wrap. */
import { plain } from './streams';

export const TABLE_WIDTH = 100;
const GAP = 2;

const segments = new Intl.Segmenter('en', { granularity: 'grapheme' });
const WIDE =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u{ff01}-\u{ff60}\p{Emoji_Presentation}]/u;
const graphemes = (text: string): string[] => [...segments.segment(text)].map(({ segment }) => segment);
const cellsOf = (grapheme: string): number => (WIDE.test(grapheme) ? 2 : 1);
/** The number of terminal columns that a text takes. */
const widthOf = (text: string): number => graphemes(text).reduce((sum, grapheme) => sum + cellsOf(grapheme), 0);

/** Wraps a text to a width, between words where possible. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (widthOf(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = '';
    for (const grapheme of graphemes(word)) {
      if (widthOf(line) + cellsOf(grapheme) > width) {
        lines.push(line);
        line = '';
      }
      line += grapheme;
    }
  }
  return [...lines, line];
}

/** Takes excess width from the widest columns. The first column, which holds the ids, stays whole so that it can be copied. */
function fitted([first, ...others]: readonly number[]): number[] {
  let excess = first! + others.reduce((sum, width) => sum + GAP + width, 0) - TABLE_WIDTH;
  for (; excess > 0; excess--) others[others.indexOf(Math.max(...others))]!--;
  return [first!, ...others];
}

/** Formats rows that have the same keys, which become the column titles; a cell may have several lines. */
export function tableOf(rows: readonly Readonly<Record<string, string>>[]): string {
  const titles = Object.keys(rows[0]!);
  const cells = rows.map((row) => titles.map((title) => row[title]!.split('\n').map(plain)));
  const widths = fitted(
    titles.map((title, column) => Math.max(...[[title], ...cells.map((row) => row[column]!)].flat().map(widthOf))),
  );
  const linesOf = (row: readonly (readonly string[])[]): string[] => {
    const columns = row.map((cell, column) => cell.flatMap((line) => wrapped(line, widths[column]!)));
    return Array.from({ length: Math.max(...columns.map(({ length }) => length)) }, (_, line) =>
      columns
        .map((lines, column) => (lines[line] ?? '') + ' '.repeat(widths[column]! - widthOf(lines[line] ?? '')))
        .join(' '.repeat(GAP))
        .trimEnd(),
    );
  };
  const rule = widths.map((width) => ['-'.repeat(width)]);
  return [titles.map((title) => [title]), rule, ...cells].flatMap(linesOf).join('\n');
}
