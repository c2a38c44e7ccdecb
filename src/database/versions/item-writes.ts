/** Writes the contents of versions: items as sets, each set one JSON parameter; their hashes; and the decisions on them. */
import { v7 as uuidv7 } from 'uuid';
import { contentOf, hashOf, itemHash } from '../../versioning/content';
import { contentFields } from '../../versioning/fields';
import type { JsonObject } from '../../versioning/model';
import type { FullPhase } from '../../versioning/phase';
import type { Db, Tx } from '../connection/database';
import { insertRows, type Rows } from '../connection/row-writes';
import { columnOf } from '../connection/statements';
import { assigned, columnsIn, stampsOf, type Stamps, type VersionRef } from './version-writes';
import { inForce } from './versions';

const columnsOf = (row: string, columns: readonly string[]): string =>
  columns.map((column) => `${row}.${column}`).join(', ');

// ── items ───────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface ItemToPut {
  readonly itemKey: string;
  readonly label: string;
  /** All content fields. */
  readonly content: JsonObject;
  /** The other side's item, if a merge took fields from it. */
  readonly mergedFromItemId?: string | undefined;
}

export type HashedItem = ItemToPut & { readonly hash: string };

export const withHash = ({ itemKey, label, content, mergedFromItemId }: ItemToPut): HashedItem => ({
  itemKey,
  label,
  content,
  mergedFromItemId,
  hash: hashOf(content),
});

/** The columns of an item besides its content and its stamps. */
const rowFields = ['itemId', 'itemKey', 'label', 'mergedFromItemId', 'itemHash', 'versionId', 'streamId'];

/**
 * Adds items, or replaces those whose key exists. An item whose content does not change is left alone; one whose content changes loses the
 * approval it was carried forward with, because that was given to other content.
 * @param existing the hashes of the existing items, by key
 */
export function putItems(
  tx: Tx,
  { item: { table, fields } }: FullPhase,
  { versionId, streamId }: VersionRef,
  items: readonly HashedItem[],
  stamps: Stamps,
  existing: ReadonlyMap<string, string>,
): void {
  const stamped = Object.entries(stampsOf(fields, stamps));
  const stampValues = stamped.map(([, stamp]) => stamp);
  const contents = contentFields(fields).map(([name]) => name);
  const rowsOf = (put: readonly HashedItem[]): Rows => ({
    fields: [...contents, ...stamped.map(([name]) => name), ...rowFields],
    values: put.map(({ itemKey, label, content, mergedFromItemId, hash }) => [
      ...contents.map((name) => content[name]),
      ...stampValues,
      uuidv7(),
      itemKey,
      label,
      mergedFromItemId,
      hash,
      versionId,
      streamId,
    ]),
  });
  const isThere = ({ itemKey }: HashedItem) => existing.has(itemKey);
  // New items are inserted without a lookup of existing ones, which would double the cost.
  const added = existing.size === 0 ? items : items.filter((item) => !isThere(item));
  insertRows(tx, table, rowsOf(added));
  if (added.length === items.length) return;
  const isKept = ({ source, kept }: { source: string; kept?: boolean }) => source === 'stamped' && kept;
  const replaced = ['label', 'item_hash', ...columnsIn(fields, (field) => !isKept(fields[field]!))];
  const content = contentFields(fields).map(([field]) => columnOf(field));
  const again = items.filter(isThere);
  insertRows(tx, table, rowsOf(again), {
    // Compares the contents themselves, because a hash could have been forged by a write that bypassed the service.
    rest: `on conflict (version_id, item_key) do update set carried_decision_id = null,
         merged_from_item_id = coalesce(excluded.merged_from_item_id, t.merged_from_item_id), ${assigned(replaced, 'excluded')}
       where (${columnsOf('t', content)}) is distinct from (${columnsOf('excluded', content)})`,
  });
  // If the hash did not change although the content did, the database clears it, as it does for edits that bypass the service; set it
  // again.
  const forged = again.filter(({ itemKey, hash }) => existing.get(itemKey) === hash);
  if (forged.length > 0)
    tx.write(
      `update ${table} t set item_hash = r.item_hash from jsonb_to_recordset($2::jsonb) as r(item_key uuid, item_hash text)
       where t.version_id = $1 and t.item_key = r.item_key and t.item_hash = ''`,
      [versionId, JSON.stringify(forged.map(({ itemKey, hash }) => ({ item_key: itemKey, item_hash: hash })))],
    );
}

/** The hashes of those requested items that exist. */
export const existingHashes = async (
  tx: Db,
  phase: FullPhase,
  versionId: string,
  keys: readonly string[],
): Promise<Map<string, string>> => {
  const rows = await tx.query<{ itemKey: string; itemHash: string }>(
    `select i.item_key, i.item_hash from ${phase.item.table} i where i.version_id = $1 and i.item_key = any($2::uuid[])`,
    [versionId, keys],
  );
  return new Map(rows.map(({ itemKey, itemHash }) => [itemKey, itemHash]));
};

/** The contents of those requested items that exist. */
export async function contentsByKey(
  db: Db,
  { item: { table, fields } }: FullPhase,
  versionId: string,
  keys: readonly string[],
): Promise<Map<string, JsonObject>> {
  const columns = contentFields(fields).map(([name]) => `i.${columnOf(name)} as "${name}"`);
  const rows = await db.query<Readonly<Record<string, unknown>> & { itemKey: string }>(
    `select i.item_key, ${columns.join(', ')} from ${table} i where i.version_id = $1 and i.item_key = any($2::uuid[])`,
    [versionId, keys],
  );
  return new Map(rows.map((row) => [row.itemKey, contentOf(fields, row)]));
}

export const removeItems = (tx: Tx, phase: FullPhase, versionId: string, keys: readonly string[]): void =>
  tx.write(`delete from ${phase.item.table} where version_id = $1 and item_key = any($2::uuid[])`, [versionId, keys]);

export interface CarriedItem {
  readonly itemId: string;
  /** The approval it was carried forward with, if it keeps it. */
  readonly decisionId: string | null;
}

/** Copies items into a new version with their content unchanged. They keep their keys and remember the item they were carried from. */
export function carryItems(
  tx: Tx,
  { item: { table, fields } }: FullPhase,
  { versionId, streamId }: VersionRef,
  items: readonly CarriedItem[],
): void {
  if (items.length === 0) return;
  const copied = ['item_key', 'label', 'item_hash', ...columnsIn(fields)];
  tx.write(
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

/** The labels of the same identities in the version in force of another phase. */
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

// ── hashes ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** An item whose hash may be wrong, with its content. */
export type DoubtfulItem = { readonly itemId: string; readonly itemHash: string } & Readonly<Record<string, unknown>>;

/**
 * Items whose hash was cleared because an edit bypassed the service.
 * @param all every item: submitting checks each hash against its content
 */
export function doubtfulItems(db: Db, { item }: FullPhase, versionId: string, all = false): Promise<DoubtfulItem[]> {
  const columns = contentFields(item.fields).map(([name]) => `i.${columnOf(name)} as "${name}"`);
  return db.query<DoubtfulItem>(
    `select i.item_id, i.item_hash, ${columns.join(', ')} from ${item.table} i where i.version_id = $1${all ? '' : ` and i.item_hash = ''`}`,
    [versionId],
  );
}

/** Sets the hash of each item to that of its content. */
export function correctHashes(tx: Tx, { item: { table, fields } }: FullPhase, doubtful: readonly DoubtfulItem[]): void {
  const wrong = doubtful
    .map((row) => ({ item_id: row.itemId, old: row.itemHash, item_hash: itemHash(fields, row) }))
    .filter((row) => row.old !== row.item_hash);
  if (wrong.length === 0) return;
  tx.write(
    `update ${table} i set item_hash = r.item_hash from jsonb_to_recordset($1::jsonb) as r(item_id uuid, item_hash text) where i.item_id = r.item_id`,
    [JSON.stringify(wrong)],
  );
}

// ── decisions ───────────────────────────────────────────────────────────────────────────────────────────────────────

export interface DecisionToMake {
  readonly itemKey: string;
  readonly status: string;
  readonly notes: string | null;
}

export const insertDecisions = (
  tx: Tx,
  { item }: FullPhase,
  { versionId, streamId }: VersionRef,
  decisions: readonly DecisionToMake[],
  { actor, instant }: Stamps,
): void =>
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
