/** The summary of an import. */
import { phaseOf } from '../phases';
import type { ImportResult } from './import-run';
import { cell, code as literal, firstOf, more, page, table } from './markdown';
import type { TableCount } from './source';

/** Enough to see problems at the terminal; the report's file has the whole list. */
export const SHOWN = 100;

/** What could not be read of the source; null if it is complete. */
export const unread = (counts: readonly TableCount[]): string | null => {
  const broken = counts.filter(({ problem }) => problem !== null);
  return broken.length === 0
    ? null
    : table(
        ['What could not be read', 'Expected', 'Read', 'Why'],
        broken.map(({ table: name, expected, read, problem }) => [
          literal(name),
          expected ?? 'unknown',
          read,
          cell(problem),
        ]),
      );
};

/** @param shown the number of quarantined rows listed */
export function importSummary(
  { importId, outcomes, rows, isWhole, source, otherFiles, tables, findings, quarantine, leftAlone }: ImportResult,
  digest: string | null,
  shown = Infinity,
): string {
  const isDryRun = digest === null;
  const { placed, changed, unchanged, held } = outcomes;
  const listed = firstOf(quarantine, shown);
  const fatesOf = new Map(tables.map((each) => [each.table, each.fates]));
  const names = new Set([...tables.map((each) => each.table), ...source.map((each) => each.table)]);
  const countOf = new Map(source.map((count) => [count.table, count]));
  return page(
    `# ${isDryRun ? 'What an import would do' : `Import ${importId ?? ''}`}`,
    `${rows} rows. ${placed} commits ${isDryRun ? 'to make' : 'made'}, ${changed} changed, ${unchanged} as they were, ${held} held back.`,
    isWhole
      ? null
      : '**Not everything could be read.** What could be read was taken; bring the rest and run this again.',
    unread(source),
    otherFiles.length === 0
      ? null
      : `Not looked at, because their names end otherwise: ${otherFiles.map(literal).join(', ')}.`,
    leftAlone.length === 0
      ? null
      : `Left alone, because it was rolled back: ${leftAlone.map((phase) => phaseOf(phase).title).join(', ')}. An import brings it again.`,
    table(
      ['Table', 'Expected', 'Read', 'Imported', 'Merged', 'Kept, not placed', 'Quarantined'],
      [...names].sort().map((name) => {
        const { expected = null, read = 0 } = countOf.get(name) ?? {};
        const fates = fatesOf.get(name) ?? { IMPORTED: 0, MERGED: 0, KEPT: 0, QUARANTINED: 0 };
        return [name, expected ?? 'unknown', read, fates.IMPORTED, fates.MERGED, fates.KEPT, fates.QUARANTINED];
      }),
    ),
    findings.length === 0 ? null : '## What was untidy',
    findings.length === 0
      ? null
      : table(
          ['Code', 'Table', 'Rows', 'For example'],
          findings.map(({ code, table: name, count, example }) => [code, literal(name), count, cell(example)]),
        ),
    quarantine.length === 0 ? null : '## Quarantine',
    quarantine.length === 0
      ? null
      : table(
          ['Table', 'Key', 'Code', 'Reason'],
          listed.rows.map(({ table: name, key, code, reason }) => [literal(name), literal(key), code, cell(reason)]),
        ) + more(listed),
    digest === null
      ? 'Nothing was written.'
      : `State ${digest}: two databases with the same state have taken over the same.`,
  );
}
