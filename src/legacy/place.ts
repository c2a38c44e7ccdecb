/** Writes units: one transaction and one commit of the log each. Placing what is placed already does nothing. */
import pg from 'pg';
import type { Json } from '../versioning/model';
import type { PhaseDeclaration } from '../versioning/phase';
import { fingerprint, quarantined, type PlacedRow, type Unit } from './unit';
import type { OwnerSession } from './session';
import { removeVersions, takeOut } from './take-out';

/** Insert-only tables: what is there stays. */
const INSERT_ONLY = new Set(['item_decision', 'test_report_signoffs', 'user_roles', 'workflow_testers']);

/** What PostgreSQL says about data, not about itself: values, constraints, and our own rules. */
const isRefusal = (error: unknown): error is pg.DatabaseError =>
  error instanceof pg.DatabaseError && /^(22|23|PL0)/.test(error.code ?? '');

/** A source row that is there already, as an earlier run left it. */
interface Known {
  readonly rowHash: string;
  readonly fate: PlacedRow['fate'];
}

/** What earlier runs placed of one phase of one workflow, or of the reference data. */
export interface Placed {
  readonly fingerprints: ReadonlyMap<string, string>;
  readonly sources: ReadonlyMap<string, Known>;
  /** Whether somebody works on the phase here: from then on the old system has no say in it. */
  readonly isLive: boolean;
}

/** What became of a unit: held is what was set aside, because of work here or because the database refused it. */
export type Outcome = 'placed' | 'changed' | 'unchanged' | 'held';

export interface Result {
  readonly outcome: Outcome;
  /** Where the database did not take it: for the first time as it is, once more, or only a later part of a row that is placed. */
  readonly refused?: 'NEWLY' | 'AGAIN' | 'IN_PART';
  /** The source rows as they were placed, which may be otherwise than planned. */
  readonly sources: readonly PlacedRow[];
}

interface Writing {
  /** What the unit will be known by; empty where it is to be tried again. */
  readonly mark: string;
  /** Whether some of it is there already: it may be that nothing changes, which is no commit. */
  readonly isRepeated: boolean;
  /** Whether nothing of its phase was there before this run, so that nothing can stand in its way. */
  readonly isAlone: boolean;
}

/** How rows are written that are set aside. */
const aside: Writing = { mark: '', isRepeated: true, isAlone: true };

export class Placer {
  readonly #upserts = new Map<string, string>();
  /** Source rows that have no place because the database refused them. */
  readonly #refused = new Set<string>();

  /** @param strays names of source rows that lie in a stream which is not theirs any more */
  constructor(
    private readonly session: OwnerSession,
    private readonly importId: number,
    private readonly strays: ReadonlySet<string>,
    private readonly isDryRun: boolean,
  ) {}

  /** Reads what is placed of a phase. */
  async placedOf(streamId: string, phase: string | null): Promise<Placed> {
    const fingerprints = await this.session.query<{ unit: string; fingerprint: string }>(
      `select unit, fingerprint from legacy.placed where workflow_id = $1 and phase is not distinct from $2::"Phase"`,
      [streamId, phase],
    );
    const sources = await this.session.query<{ name: string; rowHash: string; fate: PlacedRow['fate'] }>(
      `select table_name || ':' || source_key as name, row_hash, fate from legacy.source_row
       where stream_id = $1 and phase is not distinct from $2::"Phase"`,
      [streamId, phase],
    );
    return {
      fingerprints: new Map(fingerprints.map((row) => [row.unit, row.fingerprint])),
      sources: new Map(sources.map(({ name, ...known }) => [name, known])),
      isLive: await this.#isLive(streamId, phase),
    };
  }

  async #isLive(streamId: string, phase: string | null): Promise<boolean> {
    const [live] = await this.session.query<{ isLive: boolean }>('select legacy.is_live($1, $2::"Phase") as is_live', [
      streamId,
      phase,
    ]);
    return live!.isLive;
  }

  /** Places a unit unless it is placed; where the database refuses it, its rows are quarantined with the reason. */
  async place(streamId: string, phase: string | null, unit: Unit, placed: Placed): Promise<Result> {
    const mark = fingerprint(unit);
    const { sources: planned } = unit;
    const before = placed.fingerprints.get(unit.key);
    if (before === mark) return { outcome: 'unchanged', sources: planned };
    const isKnown =
      before !== undefined ||
      unit.sources.some(({ source }) => placed.sources.has(source.name) || this.strays.has(source.name));
    const isWritten = unit.rows.some(([, rows]) => rows.length > 0);
    if (isWritten && (placed.isLive || (isKnown && (await this.#isChangedHere(streamId, unit)))))
      return this.#hold(streamId, phase, unit, placed);
    const outcome = isKnown ? 'changed' : 'placed';
    if (this.isDryRun) return { outcome, sources: planned };
    try {
      await this.#write(streamId, phase, unit, { mark, isRepeated: isKnown, isAlone: placed.fingerprints.size === 0 });
      for (const { source } of planned) this.#refused.delete(source.name);
      return { outcome, sources: planned };
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const sources = this.#refuse(unit, error);
      if (sources.length > 0) await this.#write(streamId, phase, { ...unit, rows: [], ids: [], sources }, aside);
      const isKnownSo = ({ source }: PlacedRow) => {
        const before = placed.sources.get(source.name);
        return before?.fate === 'QUARANTINED' && before.rowHash === source.rowHash;
      };
      const refused = planned.length === 0 ? 'IN_PART' : planned.every(isKnownSo) ? 'AGAIN' : 'NEWLY';
      return { outcome: 'held', refused, sources };
    }
  }

  /** The rows of a unit that the database refuses: set aside, or, if another unit has placed them, told what is missing. */
  #refuse({ sources, about }: Unit, error: pg.DatabaseError): PlacedRow[] {
    if (sources.length === 0 && !about) throw error;
    const refusal = { code: 'REFUSED_BY_THE_DATABASE', reason: `${error.message}.` };
    for (const { source } of sources) this.#refused.add(source.name);
    const aside = sources.map(({ source }) => quarantined(source, refusal));
    if (!about || this.#refused.has(about.source.name)) return aside;
    const source = about.source.as(about.source.key);
    source.note('REFUSED_BY_THE_DATABASE', `Not all that it says could be placed: ${refusal.reason}`);
    return [{ ...about, source }, ...aside];
  }

  /**
   * At the end of a phase: what earlier runs made of rows that now say something else is taken out, and what its rows became, and
   * what was made of that in later commits, is what was taken over.
   * @param units everything that the phase is to be; null if nothing was there before
   * @returns false if the database does not let go of what is to be taken out
   */
  async settle(streamId: string, phase: PhaseDeclaration, units: readonly Unit[] | null): Promise<boolean> {
    const { session } = this;
    try {
      if (units)
        await this.#commit(streamId, 'legacy sync', 'The old system has taken it back.', () =>
          this.#removeOutdated(streamId, phase, units),
        );
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return false;
    }
    await this.#commit(streamId, 'legacy settle', 'The phase is whole.', () =>
      session.query('select legacy.settle($1, $2::"Phase")', [streamId, phase.key]),
    );
    return true;
  }

  /** A commit that is nobody's; none, if nothing changes. */
  #commit<T>(streamId: string, operation: string, reason: string, work: () => Promise<T>): Promise<T> {
    const { session } = this;
    return session.transaction(async () => {
      await session.query('select log.open_import($1, null, $2, $3, null)', [streamId, operation, reason]);
      const result = await work();
      await session.query('select legacy.discard_empty_commit($1)', [streamId]);
      return result;
    });
  }

  /**
   * Takes a phase out, to be placed anew: where the old system has changed what cannot be changed step by step.
   * @returns false if somebody works on it here
   */
  takeOut(streamId: string, phase: PhaseDeclaration): Promise<boolean> {
    const { session } = this;
    const reason = `${phase.title} has changed in the old system, and is placed anew.`;
    return this.#commit(streamId, 'legacy sync', reason, async () => {
      const isLive = await this.#isLive(streamId, phase.key);
      if (!isLive) await takeOut(session, streamId, phase, '[@#]');
      return !isLive;
    });
  }

  /** In a phase that nobody works on here, everything is what some unit makes; anything else is of an earlier run. */
  async #removeOutdated(streamId: string, phase: PhaseDeclaration, units: readonly Unit[]): Promise<void> {
    if (await this.#isLive(streamId, phase.key)) return;
    await removeVersions(this.session, streamId, phase, {
      versions: idsIn(units, 'phase_version', 'version_id'),
      items: 'item' in phase ? idsIn(units, phase.item.table, 'item_id') : [],
      decisions: idsIn(units, 'item_decision', 'decision_id'),
    });
    await this.session.query(
      'delete from legacy.placed where workflow_id = $1 and phase = $2::"Phase" and unit not in (select unnest($3::text[]))',
      [streamId, phase.key, units.map(({ key }) => key)],
    );
  }

  /** Whether a person, a report … was changed here: then the old system has no say any more, as in a live phase. */
  async #isChangedHere(streamId: string, unit: Unit): Promise<boolean> {
    const ids = ownersIn(unit);
    if (ids.length === 0) return false;
    const [changed] = await this.session.query(
      `select from unnest($2::text[], $3::text[], $4::text[]) r(name, parts, id) join log.row_change c
         on c.stream_id = $1 and (c.table_name = r.name and c.row_id = r.id or c.table_name = r.parts and c.row_id like r.id || ',%')
       join log.change_set s using (stream_id, sequence) where s.origin <> 'import' limit 1`,
      [streamId, ids.map(({ table }) => table), ids.map(({ parts }) => parts), ids.map(({ id }) => id)],
    );
    return changed !== undefined;
  }

  /** What the old system says of something that is worked on here: kept aside, and listed. */
  async #hold(streamId: string, phase: string | null, unit: Unit, { sources: known }: Placed): Promise<Result> {
    const held = unit.sources.flatMap(({ source }): PlacedRow[] => {
      const before = known.get(source.name);
      const refusal = {
        code: before ? 'CHANGED_ON_BOTH_SIDES' : 'WORK_HAS_BEGUN_HERE',
        reason: 'It has been worked on here since it was imported; what the old system says of it now is kept aside.',
      };
      if (!before || before.fate === 'QUARANTINED') return [quarantined(source, refusal)];
      if (before.rowHash === source.rowHash) return [];
      return [quarantined(source.as(`${source.key}@${source.rowHash.slice(0, 8)}`), refusal)];
    });
    const fresh = held.filter(({ source }) => known.get(source.name)?.rowHash !== source.rowHash);
    if (fresh.length === 0 || this.isDryRun)
      return { outcome: fresh.length === 0 ? 'unchanged' : 'held', sources: held };
    await this.#write(streamId, phase, { ...unit, rows: [], ids: [], sources: fresh }, aside);
    return { outcome: 'held', sources: held };
  }

  async #write(
    streamId: string,
    phase: string | null,
    unit: Unit,
    { mark, isRepeated, isAlone }: Writing,
  ): Promise<void> {
    const { session } = this;
    await session.transaction(async () => {
      if (unit.sources.some(({ source }) => this.strays.has(source.name)))
        await this.#leaveOtherStreams(streamId, unit);
      await session.query('select log.open_import($1, $2, $3, $4, $5)', [
        streamId,
        isRepeated ? null : unit.actor,
        isRepeated ? 'legacy sync' : 'legacy import',
        unit.reason,
        unit.occurredAt,
      ]);
      if (!isAlone) await this.#makeRoom(unit);
      if (isRepeated) await this.#removeDecisions(unit);
      for (const [table, rows] of unit.rows)
        if (rows.length > 0) await session.query(await this.#upsertOf(table), [JSON.stringify(rows)]);
      if (isRepeated) {
        await this.#restoreHashes(unit);
        await this.#renameEditors(unit);
        await this.#removeParts(unit);
      }
      if (unit.ids.length > 0)
        await session.query(
          `insert into legacy.id_map (kind, legacy_id, new_id, workflow_id)
           select kind, "legacyId", "newId", $2 from jsonb_to_recordset($1) as r(kind text, "legacyId" text, "newId" text)
           on conflict (kind, legacy_id) do update set new_id = excluded.new_id where id_map.new_id <> excluded.new_id`,
          [JSON.stringify(unit.ids), streamId],
        );
      if (unit.sources.length > 0) await this.#writeSources(streamId, phase, unit.sources, isRepeated);
      if (mark !== '')
        await session.query(
          `insert into legacy.placed (unit, workflow_id, phase, import_id, fingerprint) values ($1, $2, $3::"Phase", $4, $5)
           on conflict (unit) do update set (workflow_id, phase, import_id, fingerprint)
             = row(excluded.workflow_id, excluded.phase, excluded.import_id, excluded.fingerprint)`,
          [unit.key, streamId, phase, this.importId, mark],
        );
      if (isRepeated) await session.query('select legacy.discard_empty_commit($1)', [streamId]);
    });
  }

  /**
   * Where a record's history has changed there, its versions change one after the other: those that stand in the way of one are
   * moved until it is their turn, which comes because their numbers or their times are others as well.
   */
  async #makeRoom({ rows }: Unit): Promise<void> {
    const versions = rows.filter(([table]) => table === 'phase_version').flatMap(([, each]) => each);
    if (versions.length > 0) await this.session.query(MAKE_ROOM, [JSON.stringify(versions)]);
  }

  /** Decisions that the old system has changed: they are written once, and never changed. */
  async #removeDecisions(unit: Unit): Promise<void> {
    const versions = idsIn([unit], 'phase_version', 'version_id');
    const decisions = unit.rows.flatMap(([table, rows]) => (table === 'item_decision' ? rows : []));
    if (versions.length > 0)
      await this.session.query(
        `with planned as (select * from jsonb_populate_recordset(null::item_decision, $2))
         delete from item_decision d where (d.version_id = any ($1::uuid[]) or d.decision_id in (select decision_id from planned))
           and not exists (select from planned p where p.decision_id = d.decision_id and p is not distinct from d)`,
        [versions, JSON.stringify(decisions)],
      );
  }

  /** An item that changes and keeps its hash loses it: what changed may be what is hashed. Here it is not. */
  async #restoreHashes({ rows }: Unit): Promise<void> {
    for (const [table, items] of rows)
      if (items[0] && 'item_id' in items[0])
        await this.session.query(
          `update public.${table} t set (item_hash, carried_decision_id) = row(r.item_hash, r.carried_decision_id)
           from jsonb_populate_recordset(null::public.${table}, $1) r where t.item_id = r.item_id and t.item_hash = '' and r.item_hash <> ''`,
          [JSON.stringify(items)],
        );
  }

  /** Who wrote a version is whoever the old system says now: for four eyes, nobody else has. */
  async #renameEditors(unit: Unit): Promise<void> {
    const versions = idsIn([unit], 'phase_version', 'version_id');
    if (versions.length === 0) return;
    await this.session.query(
      'delete from version_editor where version_id = any ($1::uuid[]) and user_id is distinct from $2',
      [versions, unit.actor],
    );
    await this.session.query(
      `insert into version_editor (version_id, user_id, stream_id)
       select version_id, $2, stream_id from phase_version where version_id = any ($1::uuid[]) and $2::int is not null on conflict do nothing`,
      [versions, unit.actor],
    );
  }

  /** Roles of a person and testers of a workflow that the old system does not name any more. */
  async #removeParts(unit: Unit): Promise<void> {
    for (const { parts, key, id } of ownersIn(unit)) {
      const [, rows] = unit.rows.find(([table]) => table === parts) ?? [];
      if (parts === null || !rows) continue;
      await this.session.query(
        `delete from public.${parts} t where ${key}::text = $1 and not to_jsonb(t) @> any ($2::jsonb[])`,
        [id, rows.map((row) => JSON.stringify(row))],
      );
    }
  }

  async #writeSources(
    streamId: string,
    phase: string | null,
    sources: readonly PlacedRow[],
    isRepeated: boolean,
  ): Promise<void> {
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
    await this.session.query(WRITE_SOURCES, [JSON.stringify(rows), streamId, this.importId, phase]);
    const isHeld = sources.some(({ fate }) => fate === 'QUARANTINED');
    if (isHeld) await this.session.query(WRITE_QUARANTINE, [JSON.stringify(rows), streamId, this.importId, phase]);
    if (isRepeated) await this.session.query(LEAVE_QUARANTINE, [JSON.stringify(rows)]);
  }

  /** A row whose workflow was not known lies with the reference data until it is. */
  async #leaveOtherStreams(streamId: string, { sources }: Unit): Promise<void> {
    const [tables, keys] = [sources.map(({ source }) => source.table), sources.map(({ source }) => source.key)];
    const elsewhere = await this.session.query<{ streamId: string }>(
      `select distinct s.stream_id from unnest($1::text[], $2::text[]) r(table_name, source_key)
       join legacy.source_row s using (table_name, source_key) where s.stream_id <> $3 order by 1`,
      [tables, keys, streamId],
    );
    for (const other of elsewhere) {
      await this.session.query('select log.open_import($1, null, $2, $3, null)', [
        other.streamId,
        'legacy sync',
        'It has found its workflow.',
      ]);
      for (const table of ['quarantine', 'source_row'])
        await this.session.query(
          `delete from legacy.${table} d using unnest($1::text[], $2::text[]) r(table_name, source_key)
           where d.table_name = r.table_name and d.source_key = r.source_key and d.stream_id = $3`,
          [tables, keys, other.streamId],
        );
    }
  }

  /** A statement that makes a table's rows what they are to be. */
  async #upsertOf(table: string): Promise<string> {
    const known = this.#upserts.get(table);
    if (known) return known;
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
    const sql = `insert into public.${table} as t select * from jsonb_populate_recordset(null::public.${table}, $1) on conflict (${keys.join(', ')}) ${update}`;
    this.#upserts.set(table, sql);
    return sql;
  }
}

/** Tables whose rows can be changed here without a version, by their keys, and the tables that hold parts of them. */
const owners: Readonly<Record<string, readonly [key: string, parts: string | null]>> = {
  users: ['user_id', 'user_roles'],
  lobs: ['lob_id', null],
  reports: ['report_id', null],
  cycles: ['cycle_id', null],
  workflows: ['workflow_id', 'workflow_testers'],
};

/** The rows of such tables in a unit, with their ids as the log writes them. */
const ownersIn = ({ rows }: Unit) =>
  rows.flatMap(([table, all]) => {
    const [key, parts] = owners[table] ?? [];
    return key === undefined
      ? []
      : all.map((row) => ({ table, key, parts: parts ?? null, id: String(row[key] as string | number) }));
  });

/** What units write into a column of a table. */
const idsIn = (units: readonly Unit[], table: string, column: string): Json[] =>
  units.flatMap(({ rows }) => rows.flatMap(([name, all]) => (name === table ? all.map((row) => row[column]!) : [])));

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
