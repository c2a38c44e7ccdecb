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
}

const MARKS = ['<!-- measured: begin -->', '<!-- measured: end -->'] as const;

/** Replaces what stands between the marks of a document. */
export function writeTable(file: string, rows: readonly Row[]): void {
  const lines = [
    '| fault | times | acknowledged so far | lost | doubled | seconds without an answer to anybody, at most |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...rows.map(({ fault, times, acknowledged, lost, doubled, seconds }) =>
      `| ${[fault, times, acknowledged, lost, doubled, seconds.toFixed(1)].join(' | ')} |`),
  ]; // prettier-ignore
  const text = readFileSync(file, 'utf8');
  const [begin, end] = MARKS.map((mark) => text.indexOf(mark)) as [number, number];
  writeFileSync(file, `${text.slice(0, begin + MARKS[0].length)}\n\n${lines.join('\n')}\n\n${text.slice(end)}`);
}
