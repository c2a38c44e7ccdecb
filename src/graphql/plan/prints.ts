/**
 * Prints of the rows that texts are made from. A row is told by `xmin` and `ctid`: whoever changes it, by whatever way, makes another of
 * it, in another place or by another transaction. Rows in another order have another print, and are read again. A print is null where it could not tell everything, or would take too long: then
 * nothing is kept.
 */
import { REFERENCE_STREAM } from '../../database/people';
import type { FullPhase } from '../../versioning/phase';
import type { Reads } from './sources';

/** The rows of a page, as the statement finds them. */
export interface PageRows {
  readonly where: string;
  readonly order: string;
  readonly limit: string;
  readonly isFiltered: boolean;
  /** What is counted of the whole list, beside its parent. */
  readonly counts: readonly string[];
  /** What its text follows from besides these rows. */
  readonly reads: ReadonlySet<Reads>;
}

const hashed = (column: string): string => `hash_array_extended(array_agg(s.${column}), 0)::text`;
const asStored = `coalesce(${hashed('xmin')} || ' ' || ${hashed('ctid')}, '')`;

/** Rows, given what selects their `xmin` and `ctid`. */
const rows = (source: string): string => `(select ${asStored} from (${source}) s)`;

/** So many rows are looked at for what is not a page of them. */
const MAX_ROWS = 5_000;

/** The same; null if there are too many of them to look at. */
const rowsUpTo = (source: string, most: number | string = MAX_ROWS): string =>
  `(select case when count(*) <= ${most} then ${asStored} end from (${source} limit ${most} + 1) s)`;

/** A database that was put back to where it was before has started since. */
const all = (...parts: readonly string[]): string => ['pg_postmaster_start_time()::text', ...parts].join(` || ' ' || `);

/** People, lines of business, cycles and reports: whatever is changed of them is a commit to their stream. */
const register = `(select s.sequence::text from stream s where s.stream_id = '${REFERENCE_STREAM}')`;

/** Of all versions where an expression holds: those that they come from have to be among them. */
export const printOfVersions = (where: string, { reads }: PageRows): string | null =>
  reads.has('other') ? null : all(register, rowsUpTo(`select v.xmin, v.ctid from phase_version v where ${where}`));

/**
 * Of a page of items of a version that was approved. Nobody can decide on it any more; decisions that were carried into it are never
 * changed, and hidden where the version is deleted that they were made in.
 */
export function printOfItems(
  { item }: FullPhase,
  versionId: string,
  { where, order, limit, isFiltered, counts, reads }: PageRows,
): string | null {
  if (isFiltered || reads.has('other') || reads.has('record')) return null;
  const decisions = 'select d.xmin, d.ctid from item_decision d where d.version_id = own.version_id';
  const deleted = `select string_agg(d.version_id::text, ' ') from phase_version d where d.master_record_id = own.master_record_id and d.is_deleted`;
  const print = all(
    register,
    `own.xmin::text || own.ctid::text`,
    rows(`select i.xmin, i.ctid from ${item.table} i where ${where} order by ${order} limit ${limit}`),
    rowsUpTo(decisions, `(4 * ${limit} + 20)`),
    `coalesce((${deleted}), '')`,
    ...counts.map((count) => `${count}::text`),
  );
  return `(select ${print} from phase_version own where own.version_id = ${versionId} and own.effective_from is not null)`;
}

/** Of the content of versions, whatever their status. */
export function printOfContent({ version, item }: FullPhase, versionIds: readonly string[]): string {
  const rowsIn = (table: string) =>
    versionIds.map((id) => rowsUpTo(`select r.xmin, r.ctid from ${table} r where r.version_id = ${id}`));
  return all(...versionIds.map((id) => `${id}::text`), ...rowsIn(version.table), ...rowsIn(item.table));
}
