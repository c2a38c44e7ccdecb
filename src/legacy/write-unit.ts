/** Writes units in a transaction, with one commit each: their rows, ids, source rows and marks. */
import type { Json } from '../versioning/model';
import type { Tx } from '../database/connection/database';
import type { OwnerSession } from './session';
import { partsOf, rowsTogether } from './sets';
import type { PlacedRow, Unit } from './unit';

/** Insert-only tables: existing rows stay. */
const INSERT_ONLY = new Set(['item_decision', 'test_report_signoffs', 'user_roles', 'workflow_testers']);

export interface Writing {
  /** The fingerprint by which the unit is recognized; empty if it must be tried again. */
  readonly mark: string;
  /** Whether part of it exists already. Then possibly nothing changes, and there is no commit. */
  readonly isRepeated: boolean;
  /** Whether its phase was empty before this run, so that nothing can be in the way. */
  readonly isAlone: boolean;
}

/** How quarantined rows are written. */
export const aside: Writing = { mark: '', isRepeated: true, isAlone: true };

export class UnitWriter {
  readonly #upserts = new Map<string, string>();

  /** @param strays the names of source rows stored in a stream to which they no longer belong */
  constructor(
    private readonly session: OwnerSession,
    private readonly importId: number,
    private readonly strays: ReadonlySet<string>,
  ) {}

  /** Reads what is needed to write a unit's tables, unless it is known already. */
  async prepare({ rows }: Unit): Promise<void> {
    for (const [table] of rows) if (!this.#upserts.has(table)) await this.#learn(table);
  }

  /** Writes a prepared unit. For new units, all statements are sent before the first is answered. */
  write(streamId: string, phase: string | null, unit: Unit, writing: Writing): Promise<void> {
    return this.session.transaction((tx) =>
      unit.sources.some(({ source }) => this.strays.has(source.name))
        ? this.#leaveOtherStreams(tx, streamId, unit).then(() => this.#writeUnit(tx, streamId, phase, unit, writing))
        : this.#writeUnit(tx, streamId, phase, unit, writing),
    );
  }

  /** Writes several new units together. */
  writeSet(streamId: string, phase: string | null, units: readonly Unit[], marks: readonly string[]): Promise<void> {
    const reason = `${units.length} commits of the old system.`;
    return this.session.transaction((tx) => {
      tx.write('select log.open_import($1, null, $2, $3, null, $4)', [
        streamId,
        'legacy import',
        reason,
        JSON.stringify(partsOf(units)),
      ]);
      for (const [table, rows] of rowsTogether(units))
        if (rows.length > 0)
          tx.write(`insert into public.${table} select * from jsonb_populate_recordset(null::public.${table}, $1)`, [
            JSON.stringify(rows),
          ]);
      const sources = units.flatMap((unit) => unit.sources);
      writeIds(tx, streamId, units);
      if (sources.length > 0) this.#writeSources(tx, streamId, phase, sources, false);
      this.#mark(tx, streamId, phase, units, marks);
    });
  }

  #writeUnit(tx: Tx, streamId: string, phase: string | null, unit: Unit, writing: Writing): void {
    const { mark, isRepeated, isAlone } = writing;
    tx.write('select log.open_import($1, $2, $3, $4, $5)', [
      streamId,
      isRepeated ? null : unit.actor,
      isRepeated ? 'legacy sync' : 'legacy import',
      unit.reason,
      unit.occurredAt,
    ]);
    if (!isAlone) makeRoom(tx, unit);
    if (isRepeated) removeDecisions(tx, unit);
    for (const [table, rows] of unit.rows)
      if (rows.length > 0) tx.write(this.#upserts.get(table)!, [JSON.stringify(rows)]);
    if (isRepeated) {
      restoreHashes(tx, unit);
      renameEditors(tx, unit);
      removeParts(tx, unit);
    }
    writeIds(tx, streamId, [unit]);
    if (unit.sources.length > 0) this.#writeSources(tx, streamId, phase, unit.sources, isRepeated);
    if (mark !== '') this.#mark(tx, streamId, phase, [unit], [mark]);
    if (isRepeated) tx.write('select legacy.discard_empty_commit($1)', [streamId]);
  }

  /** Stores the fingerprints of units. */
  #mark(tx: Tx, streamId: string, phase: string | null, units: readonly Unit[], marks: readonly string[]): void {
    tx.write(MARK, [units.map(({ key }) => key), marks, streamId, phase, this.importId]);
  }

  #writeSources(
    tx: Tx,
    streamId: string,
    phase: string | null,
    sources: readonly PlacedRow[],
    isRepeated: boolean,
  ): void {
    const rows = sources.map(({ source, fate, target, refusal }) => ({
      table_name: source.table,
      source_key: source.key,
      raw: source.raw,
      fate,
      target_table: target?.table ?? null,
      target_id: target?.id ?? null,
      findings: source.findings,
      code: refusal?.code ?? null,
      reason: refusal?.reason ?? null,
    }));
    tx.write(WRITE_SOURCES, [JSON.stringify(rows), streamId, this.importId, phase]);
    const isHeld = sources.some(({ fate }) => fate === 'QUARANTINED');
    if (isHeld) tx.write(WRITE_QUARANTINE, [JSON.stringify(rows), streamId, this.importId, phase]);
    if (isRepeated) tx.write(LEAVE_QUARANTINE, [JSON.stringify(rows)]);
  }

  /** A row whose workflow was unknown is stored with the reference data until it is found. */
  async #leaveOtherStreams(tx: Tx, streamId: string, { sources }: Unit): Promise<void> {
    const [tables, keys] = [sources.map(({ source }) => source.table), sources.map(({ source }) => source.key)];
    const elsewhere = await tx.query<{ streamId: string }>(
      `select distinct s.stream_id from unnest($1::text[], $2::text[]) r(table_name, source_key)
       join legacy.source_row s using (table_name, source_key) where s.stream_id <> $3 order by 1`,
      [tables, keys, streamId],
    );
    for (const other of elsewhere) {
      tx.write('select log.open_import($1, null, $2, $3, null)', [
        other.streamId,
        'legacy sync',
        'It has found its workflow.',
      ]);
      for (const table of ['quarantine', 'source_row'])
        tx.write(
          `delete from legacy.${table} d using unnest($1::text[], $2::text[]) r(table_name, source_key)
           where d.table_name = r.table_name and d.source_key = r.source_key and d.stream_id = $3`,
          [tables, keys, other.streamId],
        );
    }
  }

  /** Builds the upsert statement of a table. */
  async #learn(table: string): Promise<void> {
    const columns = await this.session.query<{ name: string; isKey: boolean }>(
      `select quote_ident(a.attname) as name, a.attnum = any (i.indkey) as is_key from pg_attribute a
       join pg_index i on i.indrelid = a.attrelid and i.indisprimary
       where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum`,
      [`public.${table}`],
    );
    const keys = columns.filter(({ isKey }) => isKey).map(({ name }) => name);
    const values = columns.filter(({ isKey, name }) => !isKey && name !== 'revision').map(({ name }) => name);
    const list = (prefix: string) => values.map((name) => `${prefix}.${name}`).join(', ');
    const isVersion = columns.some(({ name }) => name === 'revision');
    const update = INSERT_ONLY.has(table)
      ? 'do nothing'
      : `do update set (${values.join(', ')}) = row(${list('excluded')})${isVersion ? ', revision = t.revision + 1' : ''}
         where (${list('t')}) is distinct from (${list('excluded')})`;
    const upsert = `insert into public.${table} as t select * from jsonb_populate_recordset(null::public.${table}, $1) on conflict (${keys.join(', ')}) ${update}`;
    this.#upserts.set(table, upsert);
  }
}

function writeIds(tx: Tx, streamId: string, units: readonly Unit[]): void {
  const ids = units.flatMap((unit) => unit.ids);
  if (ids.length > 0)
    tx.write(
      `insert into legacy.id_map (kind, legacy_id, new_id, workflow_id)
       select kind, "legacyId", "newId", $2 from jsonb_to_recordset($1) as r(kind text, "legacyId" text, "newId" text)
       on conflict (kind, legacy_id) do update set new_id = excluded.new_id where id_map.new_id <> excluded.new_id`,
      [JSON.stringify(ids), streamId],
    );
}

/**
 * If a record's history changed in the old system, its versions are updated one by one. Versions whose numbers or periods would collide
 * with an earlier update are moved out of the way until their own turn.
 */
function makeRoom(tx: Tx, { rows }: Unit): void {
  const versions = rows.filter(([table]) => table === 'phase_version').flatMap(([, each]) => each);
  if (versions.length > 0) tx.write(MAKE_ROOM, [JSON.stringify(versions)]);
}

/** Removes decisions that changed in the old system, because decisions are insert-only. */
function removeDecisions(tx: Tx, unit: Unit): void {
  const versions = idsIn([unit], 'phase_version', 'version_id');
  const decisions = unit.rows.flatMap(([table, rows]) => (table === 'item_decision' ? rows : []));
  if (versions.length > 0)
    tx.write(
      `with planned as (select * from jsonb_populate_recordset(null::item_decision, $2))
       delete from item_decision d where (d.version_id = any ($1::uuid[]) or d.decision_id in (select decision_id from planned))
         and not exists (select from planned p where p.decision_id = d.decision_id and p is not distinct from d)`,
      [versions, JSON.stringify(decisions)],
    );
}

/**
 * The capture clears the hash of an item that changes while its hash stays, since it assumes that the content changed. Here the content did
 * not, so the hash is restored.
 */
function restoreHashes(tx: Tx, { rows }: Unit): void {
  for (const [table, items] of rows)
    if (items[0] && 'item_id' in items[0])
      tx.write(
        `update public.${table} t set (item_hash, carried_decision_id) = row(r.item_hash, r.carried_decision_id)
         from jsonb_populate_recordset(null::public.${table}, $1) r where t.item_id = r.item_id and t.item_hash = '' and r.item_hash <> ''`,
        [JSON.stringify(items)],
      );
}

/** The editor of a version is whoever the old system names now; others are removed, because four eyes depends on it. */
function renameEditors(tx: Tx, unit: Unit): void {
  const versions = idsIn([unit], 'phase_version', 'version_id');
  if (versions.length === 0) return;
  tx.write('delete from version_editor where version_id = any ($1::uuid[]) and user_id is distinct from $2', [
    versions,
    unit.actor,
  ]);
  tx.write(
    `insert into version_editor (version_id, user_id, stream_id)
     select version_id, $2, stream_id from phase_version where version_id = any ($1::uuid[]) and $2::int is not null on conflict do nothing`,
    [versions, unit.actor],
  );
}

/** Removes roles of a person and testers of a workflow that the old system no longer names. */
function removeParts(tx: Tx, unit: Unit): void {
  for (const { parts, key, id } of ownersIn(unit)) {
    const [, rows] = unit.rows.find(([table]) => table === parts) ?? [];
    if (parts === null || !rows) continue;
    tx.write(`delete from public.${parts} t where ${key}::text = $1 and not to_jsonb(t) @> any ($2::jsonb[])`, [
      id,
      rows.map((row) => JSON.stringify(row)),
    ]);
  }
}

/** Tables whose rows can be changed here without a version: their keys, and the tables of their parts. */
const owners: Readonly<Record<string, readonly [key: string, parts: string | null]>> = {
  users: ['user_id', 'user_roles'],
  lobs: ['lob_id', null],
  reports: ['report_id', null],
  cycles: ['cycle_id', null],
  workflows: ['workflow_id', 'workflow_testers'],
};

/** A unit's rows of these tables, with ids as the log writes them. */
export const ownersIn = ({ rows }: Unit) =>
  rows.flatMap(([table, all]) => {
    const [key, parts] = owners[table] ?? [];
    return key === undefined
      ? []
      : all.map((row) => ({ table, key, parts: parts ?? null, id: String(row[key] as string | number) }));
  });

/** The values that units write into a column of a table. */
export const idsIn = (units: readonly Unit[], table: string, column: string): Json[] =>
  units.flatMap(({ rows }) => rows.flatMap(([name, all]) => (name === table ? all.map((row) => row[column]!) : [])));

const MARK = `
  insert into legacy.placed (unit, fingerprint, workflow_id, phase, import_id)
  select unit, fingerprint, $3, $4::"Phase", $5 from unnest($1::text[], $2::text[]) r(unit, fingerprint)
  on conflict (unit) do update set (workflow_id, phase, import_id, fingerprint)
    = row(excluded.workflow_id, excluded.phase, excluded.import_id, excluded.fingerprint)`;

const PLACED_ROWS = `jsonb_to_recordset($1) as r(table_name text, source_key text, raw text, fate legacy.fate,
  target_table text, target_id uuid, findings jsonb, code text, reason text)`;

const MAKE_ROOM = `
  update phase_version o set
    version_number = o.version_number + case when o.version_number = n.version_number then 1000000 else 0 end,
    status = case when p.overlap then 'SUPERSEDED' else o.status end,
    effective_to = case when p.overlap then o.effective_from else o.effective_to end
  from jsonb_populate_recordset(null::public.phase_version, $1) n
  cross join lateral (select n.effective_from is not null) f(is_timed)
  join phase_version x on x.master_record_id = n.master_record_id and x.version_id <> n.version_id
  cross join lateral (select f.is_timed and x.effective_from is not null
    and tstzrange(x.effective_from, x.effective_to) && tstzrange(n.effective_from, n.effective_to)) p(overlap)
  where o.version_id = x.version_id and (x.version_number = n.version_number or p.overlap)`;

const WRITE_SOURCES = `
  insert into legacy.source_row as s (table_name, source_key, stream_id, import_id, phase, row, row_hash, fate, target_table, target_id, mapped, findings)
  select r.table_name, r.source_key, $2, $3, $4::"Phase", j.row, legacy.hash_of(j.row), r.fate, r.target_table, r.target_id,
    case when r.fate = 'QUARANTINED' then '{}' else coalesce(legacy.values_now(r.table_name, r.target_id, r.source_key), '{}') end, r.findings
  from ${PLACED_ROWS} cross join lateral (select legacy.as_json(r.raw) as row) j
  on conflict (table_name, source_key) do update set (row, row_hash, fate, target_table, target_id, mapped, findings, phase, import_id)
    = row(excluded.row, excluded.row_hash, excluded.fate, excluded.target_table, excluded.target_id, excluded.mapped, excluded.findings, excluded.phase, excluded.import_id)
  where (s.row, s.fate, s.target_table, s.target_id, s.mapped, s.findings, s.phase)
    is distinct from (excluded.row, excluded.fate, excluded.target_table, excluded.target_id, excluded.mapped, excluded.findings, excluded.phase)`;

const WRITE_QUARANTINE = `
  insert into legacy.quarantine as q (table_name, source_key, stream_id, import_id, phase, code, reason, row)
  select r.table_name, r.source_key, $2, $3, $4::"Phase", r.code, r.reason, r.raw from ${PLACED_ROWS} where r.fate = 'QUARANTINED'
  on conflict (table_name, source_key) do update set (code, reason, row) = row(excluded.code, excluded.reason, excluded.row)
  where (q.code, q.reason, q.row) is distinct from (excluded.code, excluded.reason, excluded.row)`;

const LEAVE_QUARANTINE = `
  delete from legacy.quarantine q using ${PLACED_ROWS}
  where q.table_name = r.table_name and q.source_key = r.source_key and r.fate <> 'QUARANTINED'`;
