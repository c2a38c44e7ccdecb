/** What an import says when it has ended. */
import { phaseOf } from '../phases';
import type { ImportResult } from './import';
import { cell, code as literal, page, table } from './markdown';

export function importSummary(
  { importId, outcomes, rows, tables, findings, quarantine, leftAlone }: ImportResult,
  digest: string | null,
): string {
  const isDryRun = digest === null;
  const { placed, changed, unchanged, held } = outcomes;
  return page(
    `# ${isDryRun ? 'What an import would do' : `Import ${importId ?? ''}`}`,
    `${rows} rows. ${placed} commits ${isDryRun ? 'to make' : 'made'}, ${changed} changed, ${unchanged} as they were, ${held} held back.`,
    leftAlone.length === 0
      ? null
      : `Left alone, because it was rolled back: ${leftAlone.map((phase) => phaseOf(phase).title).join(', ')}. An import brings it again.`,
    table(
      ['Table', 'Imported', 'Merged', 'Quarantined'],
      tables.map(({ table: name, fates }) => [name, fates.IMPORTED, fates.MERGED, fates.QUARANTINED]),
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
          quarantine.map(({ table: name, key, code, reason }) => [literal(name), literal(key), code, cell(reason)]),
        ),
    digest === null
      ? 'Nothing was written.'
      : `State ${digest}: two databases with the same state have taken over the same.`,
  );
}
