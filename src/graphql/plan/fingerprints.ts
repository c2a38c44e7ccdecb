/**
 * Fingerprints of the rows behind cached texts. A row is identified by `xmin` and `ctid`: any update, by whatever path, creates a new row
 * version elsewhere or by another transaction. Rows in another order have another fingerprint and are read again. A fingerprint is null if
 * it could not cover everything, or would take too long; then nothing is cached.
 */
import { REFERENCE_STREAM } from '../../database/register/people';
import type { FullPhase } from '../../versioning/phase';
import type { Reads } from './sources';

/** The rows of a page, as the statement finds them. */
export interface PageRows {
  readonly where: string;
  readonly order: string;
  readonly limit: string;
  readonly isFiltered: boolean;
  /** Counts over the whole list, read beside its parent. */
  readonly counts: readonly string[];
  /** What its text depends on besides these rows. */
  readonly reads: ReadonlySet<Reads>;
}

const hashed = (column: string): string => `hash_array_extended(array_agg(s.${column}), 0)::text`;
const asStored = `coalesce(${hashed('xmin')} || ' ' || ${hashed('ctid')}, '')`;

/** A fingerprint of rows, given a source of their `xmin` and `ctid`. */
const rows = (source: string): string => `(select ${asStored} from (${source}) s)`;

/** The maximum number of rows examined outside of a page. */
const MAX_ROWS = 5_000;

/** The same; null if there are too many rows. */
const rowsUpTo = (source: string, most: number | string = MAX_ROWS): string =>
  `(select case when count(*) <= ${most} then ${asStored} end from (${source} limit ${most} + 1) s)`;

/** Includes the server's start time, because a database that was restored to an earlier state has been restarted. */
const all = (...parts: readonly string[]): string => ['pg_postmaster_start_time()::text', ...parts].join(` || ' ' || `);

/** The sequence of the reference stream: every change to people, lines of business, cycles and reports is a commit to it. */
const register = `(select s.sequence::text from stream s where s.stream_id = '${REFERENCE_STREAM}')`;

/** A fingerprint of all versions that satisfy an expression, which must include those they were derived from. */
export const fingerprintOfVersions = (where: string, { reads }: PageRows): string | null =>
  reads.has('other') ? null : all(register, rowsUpTo(`select v.xmin, v.ctid from phase_version v where ${where}`));

/**
 * A fingerprint of a page of items in an approved version. Nobody can decide on it any more; decisions carried into it never change, and
 * are hidden if the version they were made in is deleted.
 */
export function fingerprintOfItems(
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

/** A fingerprint of the content of versions, whatever their status. */
export function fingerprintOfContent({ version, item }: FullPhase, versionIds: readonly string[]): string {
  const rowsIn = (table: string) =>
    versionIds.map((id) => rowsUpTo(`select r.xmin, r.ctid from ${table} r where r.version_id = ${id}`));
  return all(...versionIds.map((id) => `${id}::text`), ...rowsIn(version.table), ...rowsIn(item.table));
}
