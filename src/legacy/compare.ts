/**
 * Samples rows while both systems run, and determines which side changed them since the takeover: the old system's current row is compared
 * with the row taken over, and that one with the old table's view here.
 */
import { createHash } from 'node:crypto';
import type { Db } from '../database/connection/database';
import { legacyTables } from './tables';
import type { Listed } from './verify-report';
import type { SourceRecord } from './verify-source';

export interface CompareOptions {
  /** The number of rows per table; the same seed picks the same rows. */
  readonly sample: number;
  readonly seed: string;
  /** All rows of the old system; without them only changes on this side can be seen. */
  readonly source?: AsyncIterable<SourceRecord>;
}

export type Side = 'CHANGED_THERE' | 'CHANGED_HERE' | 'CHANGED_ON_BOTH_SIDES' | 'NOT_TAKEN_OVER' | 'GONE_THERE';

export interface ComparedColumn {
  readonly column: string;
  readonly taken: unknown;
  readonly there: unknown;
  readonly here: unknown;
}

export interface ComparedRow {
  readonly table: string;
  readonly key: string;
  readonly side: Side;
  readonly columns: readonly ComparedColumn[];
}

export interface CompareReport {
  /** Whether both sides agree. */
  readonly ok: boolean;
  readonly runAt: string;
  readonly sample: number;
  readonly seed: string;
  readonly tables: readonly { readonly table: string; readonly compared: number; readonly differing: number }[];
  readonly rows: Listed<ComparedRow>;
}

/** The rows picked by a seed: those whose names have the lowest hashes, independent of side and order. */
class Sample {
  readonly #picked = new Map<string, { rank: string; record: SourceRecord }[]>();

  constructor(
    private readonly size: number,
    private readonly seed: string,
  ) {}

  add(record: SourceRecord): void {
    const rank = createHash('sha256').update(`${this.seed}\0${record.table}\0${record.key}`).digest('hex');
    const picked = this.#picked.get(record.table) ?? [];
    this.#picked.set(record.table, picked);
    const known = picked.findIndex((other) => rank === other.rank);
    if (known >= 0) {
      picked[known] = { rank, record };
      return;
    }
    if (picked.length === this.size && rank > picked.at(-1)!.rank) return;
    const at = picked.findIndex((other) => rank < other.rank);
    picked.splice(at < 0 ? picked.length : at, 0, { rank, record });
    if (picked.length > this.size) picked.pop();
  }

  rowsOf(table: string): SourceRecord[] {
    return (this.#picked.get(table) ?? []).map(({ record }) => record);
  }
}

const BATCH = 1000;

async function* takenOver(tx: Db, table: string): AsyncGenerator<SourceRecord> {
  let after = '';
  for (;;) {
    const page = await tx.query<{ key: string }>(
      `select source_key as key from legacy.source_row where table_name = $1 and source_key > $2 and fate <> 'QUARANTINED' order by 1 limit ${BATCH}`,
      [table, after],
    );
    for (const { key } of page) yield { table, key, raw: '' };
    if (page.length < BATCH) return;
    after = page.at(-1)!.key;
  }
}

interface Cells {
  readonly key: string;
  readonly fate: string | null;
  readonly taken: Readonly<Record<string, unknown>> | null;
  readonly there: Readonly<Record<string, unknown>> | null;
  readonly here: Readonly<Record<string, unknown>> | null;
}

/** The three forms of each row, in their columns' types. */
const formsOf = (table: string): string => `
  select r.key, s.fate::text as fate, to_jsonb(legacy.shown(null::legacy.row_of_${table}, s.row, '{}', null)) as taken,
    case when r.raw <> '' then to_jsonb(legacy.shown(null::legacy.row_of_${table}, legacy.as_json(r.raw), '{}', null)) end as there,
    case when v.source_key is not null then to_jsonb(v) - 'source_key' end as here
  from jsonb_to_recordset($1) as r(key text, raw text)
  left join legacy.source_row s on s.table_name = $2 and s.source_key = r.key
  left join legacy.kept_${table} v on v.source_key = r.key order by r.key`;

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

function compared(table: string, hasSource: boolean, { key, fate, taken, there, here }: Cells): ComparedRow | null {
  if (fate === null) return { table, key, side: 'NOT_TAKEN_OVER', columns: [] };
  if (fate === 'QUARANTINED') return null;
  if (hasSource && there === null) return { table, key, side: 'GONE_THERE', columns: [] };
  const columns = Object.keys(taken ?? {})
    .map((column) => ({ column, taken: taken![column], there: (there ?? taken)![column], here: here?.[column] }))
    .filter((cells) => !isSame(cells.taken, cells.there) || !isSame(cells.taken, cells.here));
  if (columns.length === 0) return null;
  const isThere = columns.some((cells) => !isSame(cells.taken, cells.there));
  const isHere = columns.some((cells) => !isSame(cells.taken, cells.here));
  return {
    table,
    key,
    columns,
    side: isThere && isHere ? 'CHANGED_ON_BOTH_SIDES' : isThere ? 'CHANGED_THERE' : 'CHANGED_HERE',
  };
}

/** @param tx a transaction with one snapshot */
export async function compare(tx: Db, { sample: size, seed, source }: CompareOptions): Promise<CompareReport> {
  const sample = new Sample(size, seed);
  for (const { name } of legacyTables) for await (const record of takenOver(tx, name)) sample.add(record);
  if (source) for await (const record of source) sample.add(record);
  const tables: CompareReport['tables'][number][] = [];
  const rows: ComparedRow[] = [];
  for (const { name } of legacyTables) {
    const records = sample.rowsOf(name);
    if (records.length === 0) continue;
    const forms = await tx.query<Cells>(formsOf(name), [JSON.stringify(records), name]);
    const differing = forms.flatMap((form) => compared(name, source !== undefined, form) ?? []);
    tables.push({ table: name, compared: records.length, differing: differing.length });
    rows.push(...differing);
  }
  const [now] = await tx.query<{ at: Date }>('select clock_timestamp() as at');
  return {
    ok: rows.length === 0,
    runAt: now!.at.toISOString(),
    sample: size,
    seed,
    tables,
    rows: { total: rows.length, rows },
  };
}
