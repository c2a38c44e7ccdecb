/** Converts items to a sheet, and a sheet to lines about items. */
import { describe } from '../graphql/phase/field-types';
import { constantsOf } from '../graphql/workflow/field-configs';
import type { FullPhase } from '../versioning/phase';
import { nameKey } from '../versioning/identity';
import { toCell } from './cells';
import { ABOUT, columnsOf, KEY, KEY_NAME, LABEL, STATUS, valueIn, type Column } from './columns';
import type { Line } from './compare';
import type { VersionFile } from './document';
import { NoSheet, type ReadSheet, type Sheet, type SheetColumn } from './sheet';

const takes: Partial<Record<Column['field']['kind'], string>> = {
  flag: 'TRUE or FALSE',
  integer: 'a whole number',
  user: 'the number of a person',
  uuid: 'a UUID',
  lob: 'the UUID of a line of business',
  version: 'the UUID of a version of this phase',
  date: 'a day',
  instant: 'an instant with its zone: 2026-01-31T09:30:00Z',
  json: 'an object as JSON',
  jsonList: 'a list of objects as JSON',
  textList: 'one text a line',
};

function helpOf({ field }: Column): string {
  const values = constantsOf(field);
  const what =
    values.length > 0
      ? `one of ${values.join(', ')}`
      : field.codedIn
        ? 'a UUID, or a code of your own'
        : takes[field.kind];
  return [describe(field), ...(what ? [`Takes ${what}.`] : []), ...(field.required ? ['Must not be empty.'] : [])].join(
    ' ',
  );
}

const about = (title: string, help: string): SheetColumn => ({
  title,
  help,
  kind: 'text',
  isLong: false,
  isReadOnly: true,
});

const columnsFor = (columns: readonly Column[]): SheetColumn[] => [
  about(LABEL, 'What the item is called. Not read back in.'),
  about(STATUS, 'The state of its review. Not read back in.'),
  ...columns.map((column) => ({
    title: column.title,
    help: helpOf(column),
    kind: column.field.kind,
    isLong: column.field.isLong ?? false,
    isReadOnly: false,
  })),
  about(KEY, 'Identifies the row: leave it as it is. Leave it empty in a row that adds an item.'),
];

export function sheetOf({
  phase,
  items,
  versionId,
  at,
}: Pick<VersionFile, 'phase' | 'items' | 'versionId' | 'at'>): Sheet {
  const columns = columnsOf(phase);
  return {
    title: phase.title,
    columns: columnsFor(columns),
    rows: items.map(({ label, reviewStatus, content, itemKey }) => [
      toCell(label, 'text'),
      reviewStatus,
      ...columns.map((column) => toCell(valueIn(content, column), column.field.kind)),
      itemKey,
    ]),
    origin: { versionId, at },
    hashes: items.map(({ itemKey, contentHash }) => [itemKey, contentHash] as const),
  };
}

/** A template: a sheet of a phase without items. */
export const templateOf = (phase: FullPhase): Sheet => ({
  title: phase.title,
  columns: columnsFor(columnsOf(phase)),
  rows: [],
  origin: null,
  hashes: [],
});

/** 1 is A, 27 is AA. */
function letters(column: number): string {
  const rest = Math.floor((column - 1) / 26);
  return (rest > 0 ? letters(rest) : '') + String.fromCharCode(65 + ((column - 1) % 26));
}

/** The lines of a sheet. Columns are recognized by title or field name, in any order. */
export function linesOf(phase: FullPhase, { header, rows }: ReadSheet): { lines: Line[]; notTaken: string[] } {
  const known = new Map(
    columnsOf(phase).flatMap((column) => [column.name, column.title].map((n) => [nameKey(n), column])),
  );
  const titles = header.map((cell) => nameKey(String(cell ?? '')));
  const keyAt = titles.findIndex((title) => title === nameKey(KEY) || title === nameKey(KEY_NAME));
  const places = titles.flatMap((title, index) => {
    const column = known.get(title);
    return column ? [{ column, index }] : [];
  });
  const twice = places.find(({ column }, index) => places.findIndex((other) => other.column === column) < index);
  if (twice) throw new NoSheet(`The sheet has the column ${twice.column.title} twice.`);
  if (places.length === 0)
    throw new NoSheet(
      `The first line names no column of ${phase.title}. They are: ${columnsOf(phase)
        .map(({ title }) => title)
        .join(', ')}.`,
    );
  const readOnly = new Set([...ABOUT, KEY_NAME, ''].map(nameKey));
  return {
    lines: rows.map(({ row, cells }) => ({
      row,
      itemKey:
        String(cells[keyAt] ?? '')
          .trim()
          .toLowerCase() || null,
      cells: new Map(
        places.map(({ column, index }) => [
          column.name,
          { address: `${letters(index + 1)}${row}`, cell: cells[index] ?? null },
        ]),
      ),
    })),
    notTaken: header
      .filter((_, index) => !known.has(titles[index]!) && !readOnly.has(titles[index]!))
      .map((cell) => String(cell)),
  };
}
