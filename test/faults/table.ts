/** The table of docs/reliability.md, as a run has measured it. */
import { readFileSync, writeFileSync } from 'node:fs';

export interface Row {
  readonly fault: string;
  readonly times: number;
  readonly acknowledged: number;
  readonly lost: number;
  readonly doubled: number;
  /** The longest that nobody at all was answered. */
  readonly seconds: number;
  /** The same of readers, where that was looked at. */
  readonly secondsReading?: number;
}

/** Which of the tables: of one PostgreSQL, or of a cluster of them. */
type Table = 'measured' | 'cluster';

/** Replaces what stands between the marks of a document. */
export function writeTable(file: string, rows: readonly Row[], table: Table = 'measured'): void {
  const isReading = rows.some(({ secondsReading }) => secondsReading !== undefined);
  const silences = isReading
    ? ['seconds without an answer to writers, at most', 'to readers']
    : ['seconds without an answer to anybody, at most'];
  const head = ['fault', 'times', 'acknowledged so far', 'lost', 'doubled', ...silences];
  const lines = [
    head,
    head.map((_, n) => (n === 0 ? '---' : '---:')),
    ...rows.map(({ fault, times, acknowledged, lost, doubled, seconds, secondsReading }) =>
      [fault, times, acknowledged, lost, doubled, seconds.toFixed(1), secondsReading?.toFixed(1)].slice(0, head.length)),
  ].map((cells) => `| ${cells.join(' | ')} |`); // prettier-ignore
  const text = readFileSync(file, 'utf8');
  const [opening, ending] = [`<!-- ${table}: begin -->`, `<!-- ${table}: end -->`];
  const [begin, end] = [text.indexOf(opening), text.indexOf(ending)];
  writeFileSync(file, `${text.slice(0, begin + opening.length)}\n\n${lines.join('\n')}\n\n${text.slice(end)}`);
}
