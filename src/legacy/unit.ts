/**
 * A unit is the content of one commit: rows of the new tables, and the source rows they were made from. Planners make units without access
 * to the database; the same source gives the same units, whatever was placed before.
 */
import { createHash } from 'node:crypto';
import { columnFields, columnName, type FieldTable } from '../versioning/fields';
import type { Json } from '../versioning/model';
import type { IdKind } from './ids';
import type { Refusal, SourceRow } from './source-row';

export type NewRow = Readonly<Record<string, Json>>;

/** A source row and its fate. */
export interface PlacedRow {
  readonly source: SourceRow;
  readonly fate: 'IMPORTED' | 'MERGED' | 'KEPT' | 'QUARANTINED';
  readonly target: { readonly table: string; readonly id: string | null } | null;
  /** Why it could not be placed. */
  readonly refusal: Refusal | null;
}

export interface MappedId {
  readonly kind: IdKind;
  readonly legacyId: string;
  readonly newId: string;
}

export interface Unit {
  /** A permanent name of the unit. */
  readonly key: string;
  /** Who did it in the old system (as a userId here) and when; null if it does not say. */
  readonly actor: number | null;
  readonly occurredAt: string | null;
  readonly reason: string;
  /** In the order in which they are written. */
  readonly rows: readonly (readonly [table: string, rows: readonly NewRow[]])[];
  readonly ids: readonly MappedId[];
  readonly sources: readonly PlacedRow[];
  /** Set if another unit places the row and this one adds to it; if this unit is refused, the refusal is recorded on that row. */
  readonly about?: PlacedRow;
}

export const imported = (source: SourceRow, target: PlacedRow['target'] = null): PlacedRow => ({
  source,
  fate: 'IMPORTED',
  target,
  refusal: null,
});

export const merged = (source: SourceRow, target: PlacedRow['target']): PlacedRow => ({
  source,
  fate: 'MERGED',
  target,
  refusal: null,
});

/** Without a counterpart here: the source row is all there is. */
export const kept = (source: SourceRow): PlacedRow => ({
  source,
  fate: 'KEPT',
  target: null,
  refusal: null,
});

export const quarantined = (source: SourceRow, refusal: Refusal): PlacedRow => ({
  source,
  fate: 'QUARANTINED',
  target: null,
  refusal,
});

/** A unit of source rows alone, which have no counterpart in the new tables or could not be placed. */
export const unitOfSources = (
  key: string,
  sources: readonly PlacedRow[],
  {
    actor = null,
    occurredAt = null,
    reason = 'Kept as it was.',
  }: Partial<Pick<Unit, 'actor' | 'occurredAt' | 'reason'>> = {},
): Unit => ({ key, actor: occurredAt === null ? null : actor, occurredAt, reason, rows: [], ids: [], sources });

/** Kept rows need no commit each. */
const TOGETHER = 500;

/**
 * Units of source rows alone, many in each.
 * @param where names the workflow and phase of the rows
 */
export function unitsTogether(where: string, sources: readonly PlacedRow[]): Unit[] {
  const byTable = new Map<string, PlacedRow[]>();
  for (const placed of sources) {
    const same = byTable.get(placed.source.table);
    if (same) same.push(placed);
    else byTable.set(placed.source.table, [placed]);
  }
  return [...byTable].flatMap(([table, all]) =>
    Array.from({ length: Math.ceil(all.length / TOGETHER) }, (_, i) => {
      const some = all.slice(i * TOGETHER, (i + 1) * TOGETHER);
      return unitOfSources(`kept:${where}:${table}:${i}`, some, { reason: `Kept: ${some.length} of ${table}.` });
    }),
  );
}

/** A fingerprint of everything in a unit that reaches the database; equal fingerprints mean that the unit is placed already. */
export function fingerprint({ key, actor, occurredAt, rows, ids, sources }: Unit): string {
  const placed = sources.map(({ source, fate, target, refusal }) => [
    source.table,
    source.key,
    source.rowHash,
    fate,
    target,
    refusal,
    source.findings,
  ]);
  return createHash('sha256')
    .update(JSON.stringify([key, actor, occurredAt, rows, ids, placed]))
    .digest('hex');
}

/** Content with every column of the fields: the fallback for missing values, or null. */
export const filled = (fields: FieldTable, content: Readonly<Record<string, Json>>): Readonly<Record<string, Json>> =>
  Object.fromEntries(
    columnFields(fields).map(([name, field]) => [
      name,
      content[name] ?? (field.source === 'input' ? field.fallback : undefined) ?? null,
    ]),
  );

/** Content as a row of its table. */
export const columnsOf = (fields: FieldTable, content: Readonly<Record<string, Json>>): NewRow =>
  Object.fromEntries(Object.entries(filled(fields, content)).map(([name, value]) => [columnName(name), value]));
