/** The result of a comparison of both systems, for people and programs. */
import type { CompareReport, Side } from './compare';
import { cell, code, more, page, table } from './markdown';

export const asJson = (report: CompareReport): string => `${JSON.stringify(report, null, 2)}\n`;

const sides: Readonly<Record<Side, string>> = {
  CHANGED_THERE: 'changed there: needs a sync',
  CHANGED_HERE: 'changed here',
  CHANGED_ON_BOTH_SIDES: 'changed on both sides',
  NOT_TAKEN_OVER: 'new there: needs a sync',
  GONE_THERE: 'gone there',
};

const LONGEST = 120;
function value(of: unknown): string {
  const text = typeof of === 'string' ? of : JSON.stringify(of ?? null);
  return cell(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
}

export function asMarkdown({ ok, runAt, sample, seed, tables, rows }: CompareReport): string {
  const compared = tables.reduce((total, each) => total + each.compared, 0);
  return page(
    '# The old system and this one, compared',
    `**${ok ? 'They say the same' : `${rows.total} of ${compared} rows differ`}**, ${runAt}. Up to ${sample} rows of each table were compared, picked by the seed ${code(seed)}.`,
    '## Rows that differ',
    table(
      ['table', 'key', 'what happened', 'column', 'taken over', 'there', 'here'],
      rows.rows.flatMap(({ table: name, key, side, columns }) =>
        (columns.length > 0 ? columns : [null]).map((of, i) => [
          ...(i === 0 ? [code(name), code(key), sides[side]] : ['', '', '']),
          ...(of ? [code(of.column), value(of.taken), value(of.there), value(of.here)] : ['', '', '', '']),
        ]),
      ),
    ) + more(rows),
    '## By table',
    table(
      ['table', 'compared', 'differing'],
      tables.map((each) => [code(each.table), each.compared, each.differing]),
    ),
  );
}
