/** The status of a migration as a table. */
import { cell, page, table } from './markdown';
import type { LegacyStatus } from './status';

export function statusTable({ imports, workflows }: LegacyStatus): string {
  if (imports.length === 0) return 'Nothing has been imported. npm run legacy -- import --from … begins.';
  return page(
    '# Status of the migration',
    table(
      ['Import', 'Source', 'Begun', 'Last command', 'Ended'],
      imports.map(({ importId, source, startedAt, lastCommand, lastFinishedAt }) => [
        importId,
        cell(source),
        startedAt.toISOString(),
        lastCommand ?? '',
        lastFinishedAt?.toISOString() ?? 'interrupted',
      ]),
    ),
    ...workflows.flatMap(({ workflow, phases }) => [
      `## ${cell(workflow)}`,
      table(
        ['Phase', 'Status', 'Import'],
        phases.map(({ title, status, importId }) => [title, status, importId === null ? '' : String(importId)]),
      ),
    ]),
  );
}
