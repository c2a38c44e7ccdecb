/**
 * Writes versions as sets: a change of any size takes a few statements, and items are sent as one JSON parameter. Triggers capture every
 * write, so nothing here writes history.
 */
import canonicalize from 'canonicalize';
import { contentOf, versionHash } from '../../versioning/content';
import { columnFields, contentFields, type FieldTable } from '../../versioning/fields';
import type { JsonObject, VersionHeader } from '../../versioning/model';
import type { FullPhase, PhaseDeclaration } from '../../versioning/phase';
import type { Db, Tx } from '../connection/database';
import { asParameter, insertion, insertRows, rowsFrom } from '../connection/row-writes';
import { columnOf } from '../connection/statements';
import { detailsByVersion } from './versions';

/** The columns of a table's fields, optionally only some of them. */
export const columnsIn = (table: FieldTable, isMeant = (_field: string) => true): string[] =>
  columnFields(table).flatMap(([field]) => (isMeant(field) ? [columnOf(field)] : []));

export const assigned = (columns: readonly string[], row: string): string =>
  columns.map((column) => `${column} = ${row}.${column}`).join(', ');

/** The writer and the instant, with which stamps are filled. */
export interface Stamps {
  readonly actor: number;
  readonly instant: Date;
}

export const stampsOf = (table: FieldTable, { actor, instant }: Stamps): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(table).flatMap(([name, field]) =>
      field.source === 'stamped' ? [[name, field.stamp === 'actor' ? actor : instant]] : [],
    ),
  );

/** The version that is written to. */
export type VersionRef = Pick<VersionHeader, 'versionId' | 'streamId'>;

// ── headers ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export type NewVersion = VersionRef &
  Pick<
    VersionHeader,
    'masterRecordId' | 'cycleId' | 'reportId' | 'parentVersionId' | 'baseVersionId' | 'createdBy' | 'createdAt'
  >;

/** Who submitted and who reviewed a recorded version, and when. */
export type RecordedBy = Pick<VersionHeader, 'submittedAt' | 'submittedBy' | 'reviewedAt' | 'reviewedBy'>;

/** Inserts a version under its record's next number; the numbers of deleted versions are not reused. */
async function insertVersion(
  tx: Tx,
  { key, versioning }: PhaseDeclaration,
  header: NewVersion & Partial<VersionHeader>,
): Promise<VersionHeader> {
  const [inserted] = await tx.query<VersionHeader>(
    ...insertion('phase_version', [{ ...header, phase: key, versioningType: versioning }], {
      computed: {
        version_number: `(select coalesce(max(v.version_number), 0) + 1 from phase_version v where v.master_record_id = r.master_record_id)`,
      },
      rest: 'returning t.*',
    }),
  );
  return inserted!;
}

export const insertDraft = (
  tx: Tx,
  phase: FullPhase,
  version: NewVersion & Pick<VersionHeader, 'contentHash'>,
): Promise<VersionHeader> => insertVersion(tx, phase, { ...version, status: 'DRAFT', approvalRequired: true });

/** Inserts a record's next version, in force from its creation; the previous one must be closed. */
export const insertRecorded = (
  tx: Tx,
  phase: PhaseDeclaration,
  version: NewVersion,
  by: RecordedBy,
  content: JsonObject,
): Promise<VersionHeader> =>
  insertVersion(tx, phase, {
    ...version,
    ...by,
    status: 'RECORDED',
    approvalRequired: false,
    effectiveFrom: version.createdAt,
    contentHash: versionHash(contentOf(phase.version.fields, content), []),
  });

/** Runs an update that fails if it matches no row, and returns the updated row. */
const changing = (update: string): string => `with changed as (${update} returning v.*)
     select c.* from (select log.demand_changed(count(*)) from changed) demanded left join changed c on true`;

/** Ends the effective period of a recorded version, which never changes otherwise. Fails if it has ended already. */
export const closeRecorded = (tx: Tx, versionId: string, at: Date): void =>
  tx.write(
    changing(
      `update phase_version v set status = 'SUPERSEDED', effective_to = $2 where v.version_id = $1 and v.status = 'RECORDED'`,
    ),
    [versionId, at],
  );

/** A draft's new content, which is hashed together with the items as they are then. */
export interface Hashed {
  readonly phase: FullPhase;
  readonly content: JsonObject;
}

/**
 * `versionHash` of src/versioning/content.ts in SQL, since the hashes of the items are in the database. Canonical JSON sorts keys by code
 * unit, and so does this for item keys.
 */
const contentHashOf = ({ phase: { item } }: Hashed, content: string): string => `(
    select encode(sha256(convert_to('{"content":' || ${content}::text || ',"items":{' || coalesce(
      string_agg(format('"%s":"%s"', i.item_key, i.item_hash), ',' order by i.item_key), '') || '}}', 'UTF8')), 'hex')
    from ${item.table} i where i.version_id = v.version_id)`;

/**
 * Updates columns of a header and increments its revision; fails if the version is not as the caller read it.
 * @param hashed also recomputes the content hash
 */
export async function updateHeader(
  tx: Tx,
  { versionId, revision, status }: Pick<VersionHeader, 'versionId' | 'revision' | 'status'>,
  changes: Partial<VersionHeader>,
  hashed?: Hashed,
): Promise<VersionHeader> {
  const changed = { ...changes, revision: revision + 1 };
  const hash = hashed ? `, content_hash = ${contentHashOf(hashed, '$5')}` : '';
  const [updated] = await tx.query<VersionHeader>(
    changing(
      `update phase_version v set ${assigned(Object.keys(changed).map(columnOf), 'r')}${hash} from ${rowsFrom('$4', 'phase_version')}
       where v.version_id = $1 and v.revision = $2 and v.status = $3::"VersionStatus"`,
    ),
    [versionId, revision, status, asParameter([changed]), ...(hashed ? [canonicalize(hashed.content)] : [])],
  );
  return updated!;
}

/** Sets the first content hash of a version inserted in this commit; this is not a new revision. */
export const hashFirst = (tx: Tx, versionId: string, hashed: Hashed): Promise<VersionHeader> =>
  tx
    .query<VersionHeader>(
      `update phase_version v set content_hash = ${contentHashOf(hashed, '$2')} where v.version_id = $1 returning v.*`,
      [versionId, canonicalize(hashed.content)],
    )
    .then(([updated]) => updated!);

/** Records the actor as an editor of a draft, because a save may change no row that the capture would see. */
export const recordEditor = (tx: Tx, versionId: string): void => tx.write('select log.note_editor($1)', [versionId]);

// ── content ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * Inserts a new version's own row: the given columns, and the parent's values for the others (copied by the database, digit for digit).
 * Fields that belong to a single change are never copied.
 * @param stamps the writer, if the version has content of its own
 */
export const insertContent = (
  tx: Tx,
  { version: { table, fields } }: PhaseDeclaration,
  { versionId, streamId }: VersionRef,
  content: JsonObject,
  parentVersionId: string | null = null,
  stamps: Stamps | null = null,
): void => {
  const given: Record<string, unknown> = { ...(stamps && stampsOf(fields, stamps)), ...content, versionId, streamId };
  const copied = columnsIn(fields, (field) => !Object.hasOwn(given, field) && fields[field]!.source !== 'change');
  insertRows(tx, table, [given], {
    computed: Object.fromEntries(copied.map((column) => [column, `p.${column}`])),
    rest: `left join ${table} p on p.version_id = $2`,
    parameters: [parentVersionId],
  });
};

/** Updates the given fields and the stamps; the others are not touched. */
export function updateContent(
  tx: Tx,
  { version: { table, fields } }: FullPhase,
  versionId: string,
  changes: JsonObject,
  stamps: Stamps,
): void {
  if (Object.keys(changes).length === 0) return;
  // A waiver does not count as writing the content.
  const isWriting = contentFields(fields).some(([name, { restricted }]) => name in changes && !restricted);
  const written = { ...(isWriting && stampsOf(fields, stamps)), ...changes };
  const columns = columnsIn(fields, (field) => Object.hasOwn(written, field));
  tx.write(`update ${table} t set ${assigned(columns, 'r')} from ${rowsFrom('$2', table)} where t.version_id = $1`, [
    versionId,
    asParameter([written]),
  ]);
}

/** A version's own content as it is now. */
export async function contentNow(db: Db, phase: PhaseDeclaration, versionId: string): Promise<JsonObject> {
  const [row] = await detailsByVersion(db, phase, [versionId]);
  return contentOf(phase.version.fields, row ?? {});
}
