/**
 * Writing versions, set-based: a change of any size is a few statements, items travel as one JSON parameter. Every write is
 * captured by the triggers; nothing here writes history.
 */
import { v7 as uuidv7 } from 'uuid';
import { contentOf, itemHash, versionHash } from '../versioning/content';
import { columnFields, contentFields, type FieldTable } from '../versioning/fields';
import type { JsonObject, VersionHeader } from '../versioning/model';
import type { FullPhase, PhaseDeclaration } from '../versioning/phase';
import type { Db } from './database';
import { asParameter, insertRows, rowsFrom } from './row-writes';
import { columnOf } from './statements';
import { detailsByVersion, inForce } from './versions';

/** The columns of a table's fields, or of those of them that are meant. */
const columnsIn = (table: FieldTable, isMeant = (_field: string) => true): string[] =>
  columnFields(table).flatMap(([field]) => (isMeant(field) ? [columnOf(field)] : []));

const assigned = (columns: readonly string[], row: string): string =>
  columns.map((column) => `${column} = ${row}.${column}`).join(', ');
const columnsOf = (row: string, columns: readonly string[]): string =>
  columns.map((column) => `${row}.${column}`).join(', ');

/** Who writes, and at which instant: what stamps are filled with. */
export interface Stamps {
  readonly actor: number;
  readonly instant: Date;
}

const stampsOf = (table: FieldTable, { actor, instant }: Stamps): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(table).flatMap(([name, field]) =>
      field.source === 'stamped' ? [[name, field.stamp === 'actor' ? actor : instant]] : [],
    ),
  );

/** The version that something is written to. */
export type VersionPlace = Pick<VersionHeader, 'versionId' | 'streamId'>;

// ── headers ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export type NewVersion = VersionPlace &
  Pick<
    VersionHeader,
    'masterRecordId' | 'cycleId' | 'reportId' | 'parentVersionId' | 'baseVersionId' | 'createdBy' | 'createdAt'
  >;

/** What a recorded version says of who handed it in and who looked at it. */
export type RecordedBy = Pick<VersionHeader, 'submittedAt' | 'submittedBy' | 'reviewedAt' | 'reviewedBy'>;

/** Inserts a version under its record's next number; numbers of deleted versions stay used. */
const insertVersion = (
  tx: Db,
  { key, versioning }: PhaseDeclaration,
  header: NewVersion & Partial<VersionHeader>,
): Promise<void> =>
  insertRows(tx, 'phase_version', [{ ...header, phase: key, versioningType: versioning }], {
    computed: {
      version_number: `(select coalesce(max(v.version_number), 0) + 1 from phase_version v where v.master_record_id = r.master_record_id)`,
    },
  });

export const insertDraft = (tx: Db, phase: FullPhase, version: NewVersion): Promise<void> =>
  insertVersion(tx, phase, { ...version, status: 'DRAFT', approvalRequired: true });

/** Inserts a record's next version, in force from its first instant; the one before must be closed. */
export const insertRecorded = (
  tx: Db,
  phase: PhaseDeclaration,
  version: NewVersion,
  by: RecordedBy,
  content: JsonObject,
): Promise<void> =>
  insertVersion(tx, phase, {
    ...version,
    ...by,
    status: 'RECORDED',
    approvalRequired: false,
    effectiveFrom: version.createdAt,
    contentHash: versionHash(contentOf(phase.version.fields, content), []),
  });

/** Ends a recorded version's time in force; it does not change otherwise. False if it has ended already. */
export async function closeRecorded(tx: Db, versionId: string, at: Date): Promise<boolean> {
  const rows = await tx.query(
    `update phase_version set status = 'SUPERSEDED', effective_to = $2 where version_id = $1 and status = 'RECORDED' returning version_id`,
    [versionId, at],
  );
  return rows.length === 1;
}

/** Changes columns of a header and raises its revision; false if the version is not as the caller read it. */
export async function updateHeader(
  tx: Db,
  { versionId, revision, status }: Pick<VersionHeader, 'versionId' | 'revision' | 'status'>,
  changes: Partial<VersionHeader>,
): Promise<boolean> {
  const changed = { ...changes, revision: revision + 1 };
  const rows = await tx.query(
    `update phase_version v set ${assigned(Object.keys(changed).map(columnOf), 'r')} from ${rowsFrom('$4', 'phase_version')}
     where v.version_id = $1 and v.revision = $2 and v.status = $3::"VersionStatus" returning v.version_id`,
    [versionId, revision, status, asParameter([changed])],
  );
  return rows.length === 1;
}

/** Records whoever acts as an editor of a draft: what they save may change no row that the capture would see. */
export const noteEditor = (tx: Db, versionId: string): Promise<object[]> =>
  tx.query('select log.note_editor($1)', [versionId]);

// ── content ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * Inserts a new version's own row: the columns given, and its parent's for the others (copied by the database, digit for
 * digit). What was said with a change is never copied.
 * @param stamps who wrote it, if it says anything of its own
 */
export const insertContent = (
  tx: Db,
  { version: { table, fields } }: PhaseDeclaration,
  { versionId, streamId }: VersionPlace,
  content: JsonObject,
  parentVersionId: string | null = null,
  stamps: Stamps | null = null,
): Promise<void> => {
  const given: Record<string, unknown> = { ...(stamps && stampsOf(fields, stamps)), ...content, versionId, streamId };
  const copied = columnsIn(fields, (field) => !Object.hasOwn(given, field) && fields[field]!.source !== 'change');
  return insertRows(tx, table, [given], {
    computed: Object.fromEntries(copied.map((column) => [column, `p.${column}`])),
    rest: `left join ${table} p on p.version_id = $2`,
    parameters: [parentVersionId],
  });
};

/** Changes the fields given, and stamps; the others are not touched. */
export async function updateContent(
  tx: Db,
  { version: { table, fields } }: FullPhase,
  versionId: string,
  changes: JsonObject,
  stamps: Stamps,
): Promise<void> {
  if (Object.keys(changes).length === 0) return;
  // A waiver is no writing of the content.
  const isWriting = contentFields(fields).some(([name, { restricted }]) => name in changes && !restricted);
  const written = { ...(isWriting && stampsOf(fields, stamps)), ...changes };
  const columns = columnsIn(fields, (field) => Object.hasOwn(written, field));
  await tx.query(
    `update ${table} t set ${assigned(columns, 'r')} from ${rowsFrom('$2', table)} where t.version_id = $1`,
    [versionId, asParameter([written])],
  );
}

/** A version's own content as it is now. */
export async function contentNow(tx: Db, phase: PhaseDeclaration, versionId: string): Promise<JsonObject> {
  const [row] = await detailsByVersion(tx, phase, [versionId]);
  return contentOf(phase.version.fields, row ?? {});
}

// ── items ───────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface ItemToPut {
  readonly itemKey: string;
  readonly label: string;
  readonly content: JsonObject;
  /** The item of the other side, where a merge took fields of it. */
  readonly mergedFromItemId?: string;
}

/**
 * Adds items, or replaces those whose key is there. An item whose content does not change is left alone; one whose content
 * does change loses the approval it was carried with, because that was given to other content.
 */
export async function putItems(
  tx: Db,
  { item: { table, fields } }: FullPhase,
  { versionId, streamId }: VersionPlace,
  items: readonly ItemToPut[],
  stamps: Stamps,
): Promise<void> {
  const rows = items.map(({ itemKey, label, content, mergedFromItemId }) => ({
    ...contentOf(fields, content),
    ...stampsOf(fields, stamps),
    itemId: uuidv7(),
    itemKey,
    label,
    mergedFromItemId,
    itemHash: itemHash(fields, content),
    versionId,
    streamId,
  }));
  const isKept = ({ source, kept }: { source: string; kept?: boolean }) => source === 'stamped' && kept;
  const replaced = ['label', 'item_hash', ...columnsIn(fields, (field) => !isKept(fields[field]!))];
  const content = contentFields(fields).map(([field]) => columnOf(field));
  await insertRows(tx, table, rows, {
    // The contents themselves are compared: a hash could have been forged behind the service's back.
    rest: `on conflict (version_id, item_key) do update set carried_decision_id = null,
         merged_from_item_id = coalesce(excluded.merged_from_item_id, t.merged_from_item_id), ${assigned(replaced, 'excluded')}
       where (${columnsOf('t', content)}) is distinct from (${columnsOf('excluded', content)})`,
  });
}

export const existingKeys = async (
  tx: Db,
  phase: FullPhase,
  versionId: string,
  keys: readonly string[],
): Promise<Set<string>> => {
  const rows = await tx.query<{ itemKey: string }>(
    `select i.item_key from ${phase.item.table} i where i.version_id = $1 and i.item_key = any($2::uuid[])`,
    [versionId, keys],
  );
  return new Set(rows.map(({ itemKey }) => itemKey));
};

export const removeItems = (tx: Db, phase: FullPhase, versionId: string, keys: readonly string[]): Promise<object[]> =>
  tx.query(`delete from ${phase.item.table} where version_id = $1 and item_key = any($2::uuid[])`, [versionId, keys]);

export interface CarriedItem {
  readonly itemId: string;
  /** The approval it was given there, if it keeps it. */
  readonly decisionId: string | null;
}

/** Copies items into a new version, content untouched: they keep their keys, and remember where they came from. */
export async function carryItems(
  tx: Db,
  { item: { table, fields } }: FullPhase,
  { versionId, streamId }: VersionPlace,
  items: readonly CarriedItem[],
): Promise<void> {
  const copied = ['item_key', 'label', 'item_hash', ...columnsIn(fields)];
  await tx.query(
    `insert into ${table} (version_id, stream_id, item_id, carried_from_item_id, carried_decision_id, ${copied.join(', ')})
     select $1, $2, r.item_id, i.item_id, r.decision_id, ${columnsOf('i', copied)}
     from unnest($3::uuid[], $4::uuid[], $5::uuid[]) r(item_id, from_id, decision_id) join ${table} i on i.item_id = r.from_id`,
    [
      versionId,
      streamId,
      items.map(() => uuidv7()),
      items.map(({ itemId }) => itemId),
      items.map(({ decisionId }) => decisionId),
    ],
  );
}

/** What the same identities are called in another phase's version in force. */
export async function labelsInPhase(
  tx: Db,
  phase: FullPhase,
  streamId: string,
  identities: readonly unknown[],
): Promise<Map<unknown, string>> {
  const identity = columnOf(phase.item.identity!);
  const rows = await tx.query<{ identity: string; label: string }>(
    `select i.${identity}::text as identity, i.label from phase_version v join ${phase.item.table} i using (version_id)
     where v.stream_id = $1 and v.phase = $2::"Phase" and ${inForce}
       and i.${identity}::text = any($3::text[])`,
    [streamId, phase.key, identities],
  );
  return new Map(rows.map((row) => [row.identity, row.label]));
}

/**
 * The hash of a version's content as it is now. Items whose hash was forgotten (they were edited behind the service's back)
 * get it again; with `all`, every item's hash is checked against its content, as is done before a version is submitted.
 */
export async function rehash(tx: Db, phase: FullPhase, versionId: string, all = false): Promise<string> {
  const { table, fields } = phase.item;
  const columns = contentFields(fields).map(([name]) => `i.${columnOf(name)} as "${name}"`);
  const doubtful = await tx.query<{ itemId: string; itemHash: string } & Record<string, unknown>>(
    `select i.item_id, i.item_hash, ${columns.join(', ')} from ${table} i where i.version_id = $1${all ? '' : ` and i.item_hash = ''`}`,
    [versionId],
  );
  const wrong = doubtful
    .map((row) => ({ item_id: row.itemId, old: row.itemHash, item_hash: itemHash(fields, row) }))
    .filter((row) => row.old !== row.item_hash);
  if (wrong.length > 0)
    await tx.query(
      `update ${table} i set item_hash = r.item_hash from jsonb_to_recordset($1::jsonb) as r(item_id uuid, item_hash text) where i.item_id = r.item_id`,
      [JSON.stringify(wrong)],
    );
  const hashes = await tx.query<{ itemKey: string; itemHash: string }>(
    `select i.item_key, i.item_hash from ${table} i where i.version_id = $1`,
    [versionId],
  );
  return versionHash(
    await contentNow(tx, phase, versionId),
    hashes.map(({ itemKey, itemHash: hash }) => [itemKey, hash]),
  );
}

/** Gives a version that was inserted in this commit its first content hash; that is no revision of its own. */
export async function hashFirst(tx: Db, phase: FullPhase, versionId: string): Promise<void> {
  const contentHash = await rehash(tx, phase, versionId);
  await tx.query('update phase_version set content_hash = $2 where version_id = $1', [versionId, contentHash]);
}

// ── decisions ───────────────────────────────────────────────────────────────────────────────────────────────────────

export interface DecisionToMake {
  readonly itemKey: string;
  readonly status: string;
  readonly notes: string | null;
}

export const insertDecisions = (
  tx: Db,
  { item }: FullPhase,
  { versionId, streamId }: VersionPlace,
  decisions: readonly DecisionToMake[],
  { actor, instant }: Stamps,
): Promise<void> =>
  insertRows(
    tx,
    'item_decision',
    decisions.map(({ itemKey, status, notes }) => ({
      decisionId: uuidv7(),
      streamId,
      versionId,
      itemKey,
      status,
      notes,
      decidedBy: actor,
      decidedAt: instant,
    })),
    {
      computed: { item_hash: 'i.item_hash' },
      rest: `join ${item.table} i on i.version_id = r.version_id and i.item_key = r.item_key`,
    },
  );
