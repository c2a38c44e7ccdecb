/**
 * Writing versions, set-based: a change of any size is a few statements, items travel as one JSON parameter. Every write is
 * captured by the triggers; nothing here writes history.
 */
import { v7 as uuidv7 } from 'uuid';
import { contentOf, itemHash, versionHash } from '../versioning/content';
import {
  columnFields,
  columnName,
  contentFields,
  type ChangeField,
  type FieldTable,
  type StampedField,
  type StoredField,
} from '../versioning/fields';
import type { JsonObject, VersionHeader } from '../versioning/model';
import type { FullPhase, PhaseDeclaration } from '../versioning/phase';
import type { Db } from './database';
import { detailsByVersion } from './versions';

const sqlTypes: Record<StoredField['kind'], string> = {
  text: 'text',
  uuid: 'uuid',
  flag: 'boolean',
  integer: 'integer',
  date: 'date',
  instant: 'timestamptz(3)',
  json: 'jsonb',
  jsonList: 'jsonb',
  textList: 'jsonb',
  enumeration: 'text',
  user: 'integer',
  lob: 'uuid',
  version: 'uuid',
};
function sqlType(field: StoredField | StampedField | ChangeField): string {
  if (field.source === 'stamped') return field.stamp === 'actor' ? 'integer' : 'timestamptz(3)';
  return field.source === 'input' && field.enumeration ? `"${field.enumeration.name}"` : sqlTypes[field.kind];
}

interface Column {
  readonly name: string;
  readonly field: string;
  readonly type: string;
  readonly source: 'input' | 'stamped' | 'change';
  readonly isKept: boolean;
}

const columnsIn = (table: FieldTable): Column[] =>
  columnFields(table).map(([field, declared]) => ({
    name: columnName(field),
    field,
    type: sqlType(declared),
    source: declared.source,
    isKept: declared.source === 'stamped' && declared.kept === true,
  }));
const contentColumns = (table: FieldTable): Column[] => columnsIn(table).filter(({ source }) => source === 'input');

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

type PlainColumn = Pick<Column, 'name' | 'field' | 'type'>;

const recordset = (parameter: string, columns: readonly PlainColumn[]): string =>
  `jsonb_to_recordset(${parameter}::jsonb) as r(${columns.map(({ field, type }) => `"${field}" ${type}`).join(', ')})`;

const names = (columns: readonly PlainColumn[]): string => columns.map(({ name }) => name).join(', ');
const values = (columns: readonly PlainColumn[]): string => columns.map(({ field }) => `r."${field}"`).join(', ');
const columnsOf = (row: string, columns: readonly PlainColumn[]): string =>
  columns.map(({ name }) => `${row}.${name}`).join(', ');

// ── headers ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface NewVersion {
  readonly versionId: string;
  readonly streamId: string;
  readonly masterRecordId: string;
  readonly cycleId: string;
  readonly reportId: string;
  readonly parentVersionId: string | null;
  readonly baseVersionId: string | null;
  readonly createdBy: number;
  readonly createdAt: Date;
}

/** What a recorded version says of who handed it in and who looked at it. */
export type RecordedBy = Pick<VersionHeader, 'submittedAt' | 'submittedBy' | 'reviewedAt' | 'reviewedBy'>;

async function insertVersion(
  tx: Db,
  phase: PhaseDeclaration,
  version: NewVersion,
  columns: Readonly<Record<string, unknown>>,
): Promise<void> {
  const entries = Object.entries(columns);
  await tx.query(
    `insert into phase_version (version_id, stream_id, master_record_id, cycle_id, report_id, phase, versioning_type, version_number,
       parent_version_id, base_version_id, created_at, created_by${entries.map(([field]) => `, ${columnName(field)}`).join('')})
     select $1, $2, $3, $4, $5, $6::"Phase", $7::"VersioningType", coalesce(max(v.version_number), 0) + 1, $8, $9, $10, $11${entries
       .map(([field], i) => `, $${i + 12}${casts[field] ?? ''}`)
       .join('')}
     from phase_version v where v.master_record_id = $3`,
    [
      version.versionId,
      version.streamId,
      version.masterRecordId,
      version.cycleId,
      version.reportId,
      phase.key,
      phase.versioning,
      version.parentVersionId,
      version.baseVersionId,
      version.createdAt,
      version.createdBy,
      ...entries.map(([, value]) => value),
    ],
  );
}

/** Inserts a draft under the record's next number; numbers of deleted versions stay used. */
export const insertDraft = (tx: Db, phase: FullPhase, version: NewVersion): Promise<void> =>
  insertVersion(tx, phase, version, { status: 'DRAFT', approvalRequired: true });

/** Inserts a record's next version, in force from its first instant; the one before must be closed. */
export const insertRecorded = (
  tx: Db,
  phase: PhaseDeclaration,
  version: NewVersion,
  by: RecordedBy,
  content: JsonObject,
): Promise<void> =>
  insertVersion(tx, phase, version, {
    status: 'RECORDED',
    approvalRequired: false,
    effectiveFrom: version.createdAt,
    contentHash: versionHash(contentOf(phase.version.fields, content), []),
    submittedAt: by.submittedAt,
    submittedBy: by.submittedBy,
    reviewedAt: by.reviewedAt,
    reviewedBy: by.reviewedBy,
  });

/** Ends a recorded version's time in force; it does not change otherwise. False if it has ended already. */
export async function closeRecorded(tx: Db, versionId: string, at: Date): Promise<boolean> {
  const rows = await tx.query(
    `update phase_version set status = 'SUPERSEDED', effective_to = $2 where version_id = $1 and status = 'RECORDED' returning version_id`,
    [versionId, at],
  );
  return rows.length === 1;
}

const casts: Record<string, string> = {
  status: '::"VersionStatus"',
  submittedAt: '::timestamptz',
  submittedBy: '::int',
  reviewedAt: '::timestamptz',
  reviewedBy: '::int',
  effectiveFrom: '::timestamptz',
  approvalRequired: '::boolean',
};

/** Changes columns of a header and raises its revision; false if the version is not as the caller read it. */
export async function updateHeader(
  tx: Db,
  version: Pick<VersionHeader, 'versionId' | 'revision' | 'status'>,
  changes: Readonly<Record<string, unknown>>,
): Promise<boolean> {
  const entries = Object.entries(changes);
  const assignments = entries.map(([field], i) => `, ${columnName(field)} = $${i + 4}${casts[field] ?? ''}`).join('');
  const rows = await tx.query(
    `update phase_version set revision = revision + 1${assignments}
     where version_id = $1 and revision = $2 and status = $3::"VersionStatus" returning version_id`,
    [version.versionId, version.revision, version.status, ...entries.map(([, value]) => value)],
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
 */
export async function insertContent(
  tx: Db,
  phase: PhaseDeclaration,
  version: { versionId: string; streamId: string },
  given: Readonly<Record<string, unknown>>,
  parentVersionId: string | null,
): Promise<void> {
  const columns = columnsIn(phase.version.fields);
  const sources = columns.map(({ name, field, source }) =>
    Object.hasOwn(given, field) ? `, r."${field}"` : source === 'change' ? ', null' : `, p.${name}`,
  );
  await tx.query(
    `insert into ${phase.version.table} (version_id, stream_id${columns.map(({ name }) => `, ${name}`).join('')})
     select $1, $2${sources.join('')} from ${recordset('$3', columns)} left join ${phase.version.table} p on p.version_id = $4`,
    [version.versionId, version.streamId, JSON.stringify([given]), parentVersionId],
  );
}

/** A draft's own row: as `insertContent`, and stamped if the draft says anything of its own. */
export const insertDraftContent = (
  tx: Db,
  phase: FullPhase,
  version: { versionId: string; streamId: string },
  content: JsonObject,
  parentVersionId: string | null,
  stamps: Stamps | null,
): Promise<void> =>
  insertContent(
    tx,
    phase,
    version,
    stamps ? { ...stampsOf(phase.version.fields, stamps), ...content } : content,
    parentVersionId,
  );

/** Changes the fields given, and stamps; the others are not touched. */
export async function updateContent(
  tx: Db,
  phase: FullPhase,
  versionId: string,
  changes: JsonObject,
  stamps: Stamps,
): Promise<void> {
  if (Object.keys(changes).length === 0) return;
  const { fields } = phase.version;
  // A waiver is no writing of the content.
  const isWriting = contentFields(fields).some(([name, { restricted }]) => name in changes && !restricted);
  const written = { ...(isWriting && stampsOf(fields, stamps)), ...changes };
  const columns = columnsIn(fields).filter(({ field }) => Object.hasOwn(written, field));
  await tx.query(
    `update ${phase.version.table} set ${columns.map(({ name, field }) => `${name} = r."${field}"`).join(', ')}
     from ${recordset('$2', columns)} where version_id = $1`,
    [versionId, JSON.stringify([written])],
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
  phase: FullPhase,
  version: { versionId: string; streamId: string },
  items: readonly ItemToPut[],
  stamps: Stamps,
): Promise<void> {
  const { table, fields } = phase.item;
  const about: PlainColumn[] = [
    { name: 'item_id', field: 'itemId', type: 'uuid' },
    { name: 'item_key', field: 'itemKey', type: 'uuid' },
    { name: 'label', field: 'label', type: 'text' },
    { name: 'item_hash', field: 'itemHash', type: 'text' },
    { name: 'merged_from_item_id', field: 'mergedFromItemId', type: 'uuid' },
  ];
  const content = contentColumns(fields);
  const own = columnsIn(fields);
  const columns = [...about, ...own];
  const replaced = [...about.slice(2, 4), ...own.filter(({ isKept }) => !isKept)];
  const records = items.map(({ itemKey, label, content: given, mergedFromItemId }) => ({
    ...given,
    itemId: uuidv7(),
    itemKey,
    label,
    mergedFromItemId,
    itemHash: itemHash(fields, given),
    ...stampsOf(fields, stamps),
  }));
  // The contents themselves are compared: a hash could have been forged behind the service's back.
  await tx.query(
    `insert into ${table} as i (version_id, stream_id, ${names(columns)})
     select $1, $2, ${values(columns)} from ${recordset('$3', columns)}
     on conflict (version_id, item_key) do update set carried_decision_id = null,
       merged_from_item_id = coalesce(excluded.merged_from_item_id, i.merged_from_item_id), ${replaced.map(({ name }) => `${name} = excluded.${name}`).join(', ')}
     where (${columnsOf('i', content)}) is distinct from (${columnsOf('excluded', content)})`,
    [version.versionId, version.streamId, JSON.stringify(records)],
  );
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
  phase: FullPhase,
  version: { versionId: string; streamId: string },
  items: readonly CarriedItem[],
): Promise<void> {
  const { table, fields } = phase.item;
  const copied = columnsIn(fields);
  await tx.query(
    `insert into ${table} (version_id, stream_id, item_id, item_key, label, item_hash, carried_from_item_id, carried_decision_id, ${names(copied)})
     select $1, $2, r.new_id, i.item_key, i.label, i.item_hash, i.item_id, r.decision_id, ${columnsOf('i', copied)}
     from jsonb_to_recordset($3::jsonb) as r(old_id uuid, new_id uuid, decision_id uuid) join ${table} i on i.item_id = r.old_id`,
    [
      version.versionId,
      version.streamId,
      JSON.stringify(
        items.map(({ itemId, decisionId }) => ({ old_id: itemId, new_id: uuidv7(), decision_id: decisionId })),
      ),
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
  const identity = columnName(phase.item.identity!);
  const rows = await tx.query<{ identity: string; label: string }>(
    `select i.${identity}::text as identity, i.label from phase_version v join ${phase.item.table} i using (version_id)
     where v.stream_id = $1 and v.phase = $2::"Phase" and v.effective_from is not null and v.effective_to is null
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
  const columns = contentFields(fields).map(([name]) => `i.${columnName(name)} as "${name}"`);
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
  phase: FullPhase,
  version: { versionId: string; streamId: string },
  decisions: readonly DecisionToMake[],
  by: { actor: number; instant: Date },
): Promise<object[]> =>
  tx.query(
    `insert into item_decision (decision_id, stream_id, version_id, item_key, item_hash, status, decided_by, decided_at, notes)
     select r."decisionId", $2, $1, i.item_key, i.item_hash, r.status, $4, $5, r.notes
     from jsonb_to_recordset($3::jsonb) as r("decisionId" uuid, "itemKey" uuid, status "ItemReviewStatus", notes text)
     join ${phase.item.table} i on i.version_id = $1 and i.item_key = r."itemKey"`,
    [
      version.versionId,
      version.streamId,
      JSON.stringify(decisions.map((decision) => ({ ...decision, decisionId: uuidv7() }))),
      by.actor,
      by.instant,
    ],
  );
