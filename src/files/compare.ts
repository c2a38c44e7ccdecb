/**
 * Three-way comparison of an edited sheet, field by field. The base is the state that the sheet was made from, read from the log as of
 * then; anything changed both in the sheet and since then is a conflict for a person to resolve.
 */
import { changedFields } from '../versioning/content';
import { pointer } from '../versioning/diff';
import { contentFields } from '../versioning/fields';
import { isBlank } from '../versioning/identity';
import { merge, type Mergeable, type MergeableItem } from '../versioning/merge';
import type { Json, JsonObject } from '../versioning/model';
import type { FullPhase } from '../versioning/phase';
import { isSame, fromCell, toCell, Unreadable, type Cell } from './cells';
import { columnsOf, KEY, valueIn, type Column } from './columns';

/** A line of a sheet with its known columns. */
export interface Line {
  /** The row number in the sheet. */
  readonly row: number;
  /** The key in the line; null if there is none. */
  readonly itemKey: string | null;
  /** Cells by field name. */
  readonly cells: ReadonlyMap<string, { readonly address: string; readonly cell: Cell }>;
}

export type Items = ReadonlyMap<string, MergeableItem>;

interface CellPosition {
  readonly row: number;
  /** The cell's address, e.g. C7. */
  readonly cell: string | null;
}

interface OfItem {
  readonly itemKey: string;
  readonly label: string;
}

export interface Comparison {
  readonly unchanged: number;
  readonly added: readonly ({ readonly row: number } & { readonly content: JsonObject })[];
  readonly changed: readonly (OfItem & {
    readonly row: number;
    /** By field name: the current value, and that of the sheet. */
    readonly fields: Readonly<Record<string, { readonly now: Json; readonly yours: Json }>>;
  })[];
  /** Changed in the sheet and by others since. `field` is null if the item itself was removed since. */
  readonly conflicts: readonly (CellPosition &
    OfItem & {
      readonly field: string | null;
      /** RFC 6901 pointer, as in a merge. */
      readonly path: string;
      readonly base: Json;
      readonly now: Json;
      readonly yours: Json;
    })[];
  readonly invalid: readonly (CellPosition & { readonly column: string; readonly problem: string })[];
  /** Items missing from the sheet; they stay as they are. */
  readonly notInFile: number;
}

interface Sides {
  readonly base: Items;
  readonly current: Items;
  /** The key derived from an identity in this record. */
  readonly keyOf: (identity: string) => string;
}

type Report = (column: Column | typeof KEY, problem: string) => void;

/** The edited content of an item: cells that still show the base's value keep it; all others are read. */
function edited({ cells }: Line, columns: readonly Column[], was: JsonObject, report: Report): JsonObject {
  const content = { ...was };
  for (const column of columns) {
    const said = cells.get(column.name);
    if (said && !isSame(said.cell, toCell(valueIn(was, column), column.field.kind)))
      take(content, column, said.cell, report);
  }
  return content;
}

/** The content of a new item, with fallbacks for empty cells. */
function begun({ cells }: Line, columns: readonly Column[], report: Report): JsonObject {
  const content: JsonObject = {};
  for (const column of columns) take(content, column, cells.get(column.name)?.cell ?? null, report);
  return content;
}

function take(content: JsonObject, column: Column, cell: Cell, report: Report): void {
  try {
    content[column.name] = fromCell(cell, column.field);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    report(column, error.message);
  }
}

const asMergeable = (items: Items): Mergeable => ({ content: {}, items });

export function compare(phase: FullPhase, lines: readonly Line[], { base, current, keyOf }: Sides): Comparison {
  const { identity, fields: table } = phase.item;
  const columns = columnsOf(phase);
  const invalid: Comparison['invalid'][number][] = [];
  const added: Comparison['added'][number][] = [];
  /** The first line for each key. */
  const seen = new Map<string, Line>();
  /** Lines about existing items, their base, and their edited form. */
  const rows = new Map<string, Line>();
  const was = new Map<string, MergeableItem>();
  const yours = new Map<string, MergeableItem>();

  /** The key in a line, or the one derived from its identity. */
  const keySaid = ({ itemKey, cells }: Line): string | null => {
    if (itemKey !== null) return itemKey;
    const said = identity && cells.get(identity)?.cell;
    return said == null || isBlank(String(said)) ? null : keyOf(String(said));
  };

  for (const line of lines) {
    const { row } = line;
    const before = invalid.length;
    const report: Report = (column, problem) => {
      const [title, cell] = column === KEY ? [KEY, null] : [column.title, line.cells.get(column.name)?.address ?? null];
      invalid.push({ row, cell, column: title, problem: `This cell ${problem}` });
    };
    const key = keySaid(line);
    const first = key !== null && seen.get(key);
    const from = key !== null && (base.get(key) ?? current.get(key));
    if (key !== null && !first) seen.set(key, line);
    if (first) report(KEY, `names the item of row ${first.row} again.`);
    else if (!from && line.itemKey !== null) report(KEY, 'names no item of this version. Leave it empty to add one.');
    else if (!from) {
      const content = begun(line, columns, report);
      if (invalid.length === before) added.push({ row, content });
    } else {
      const content = edited(line, columns, from.content, report);
      if (identity && content[identity] !== from.content[identity]) {
        if (keyOf(content[identity] as string) !== keyOf(from.content[identity] as string))
          report(
            columns.find(({ name }) => name === identity)!,
            'says what the item is known by, which stays. Add another item instead.',
          );
        content[identity] = from.content[identity]!;
      }
      rows.set(key, line);
      was.set(key, from);
      yours.set(key, { label: from.label, content });
    }
  }

  const now = new Map([...current].filter(([key]) => rows.has(key)));
  const merged = merge(asMergeable(was), asMergeable(now), asMergeable(yours));
  const conflicts = merged.conflicts.map((conflict) => {
    const line = rows.get(conflict.itemKey!)!;
    const field = contentFields(table).find(([name]) => pointer(name) === conflict.path)?.[0] ?? null;
    return {
      row: line.row,
      cell: (field && line.cells.get(field)?.address) ?? null,
      itemKey: conflict.itemKey!,
      label: conflict.label!,
      field,
      path: conflict.path,
      base: conflict.base,
      now: conflict.ours,
      yours: conflict.theirs,
    };
  });
  const changed = [...merged.items].flatMap(([itemKey, content]) => {
    const item = now.get(itemKey);
    if (!content || !item) return [];
    const fields = changedFields(item.content, content).map(
      (name) => [name, { now: item.content[name] ?? null, yours: content[name] ?? null }] as const,
    );
    return [{ row: rows.get(itemKey)!.row, itemKey, label: item.label, fields: Object.fromEntries(fields) }];
  });
  const unread = new Set(invalid.map(({ row }) => row));
  const affected = new Set([...changed, ...conflicts].map(({ itemKey }) => itemKey));
  return {
    unchanged: [...rows].filter(([key, { row }]) => !affected.has(key) && !unread.has(row)).length,
    added,
    changed,
    conflicts,
    invalid,
    notInFile: [...current.keys()].filter((key) => !rows.has(key)).length,
  };
}
