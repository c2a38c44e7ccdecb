/** Decides what becomes of a unit, and has it written. Idempotent: placing a unit again does nothing. */
import pg from 'pg';
import type { PhaseDeclaration } from '../versioning/phase';
import { setsOf } from './sets';
import { fingerprint, quarantined, type PlacedRow, type Unit } from './unit';
import type { OwnerSession } from './session';
import { removeVersions, removePhase } from './remove-phase';
import { aside, idsIn, ownersIn, UnitWriter } from './write-unit';

/** How many units are in flight at once. */
const AHEAD = 8;

/** Whether PostgreSQL objects to the data rather than reporting trouble of its own: values, constraints, and our rules. */
const isRefusal = (error: unknown): error is pg.DatabaseError =>
  error instanceof pg.DatabaseError && /^(22|23|PL0)/.test(error.code ?? '');

/** An existing source row, as an earlier run left it. */
interface Known {
  readonly rowHash: string;
  readonly fate: PlacedRow['fate'];
}

/** What earlier runs placed of one phase of one workflow, or of the reference data. */
export interface Placed {
  readonly fingerprints: ReadonlyMap<string, string>;
  readonly sources: ReadonlyMap<string, Known>;
  /** Whether somebody works on the phase here; from then on the old system no longer changes it. */
  readonly isLive: boolean;
}

/** The outcome of a unit. `held` means quarantined, because of work here or because the database refused it. */
export type Outcome = 'placed' | 'changed' | 'unchanged' | 'held';

export interface Result {
  readonly outcome: Outcome;
  /** If the database refused it: for the first time in this form, again, or only for a later part of a row that is placed. */
  readonly refused?: 'NEWLY' | 'AGAIN' | 'IN_PART';
  /** The source rows as they were placed, which may differ from the plan. */
  readonly sources: readonly PlacedRow[];
}

/** Callbacks while units are placed. */
export interface Notified {
  /** Called after each unit. */
  readonly done: (unit: Unit) => void;
  /** Called when the database has enough work queued. */
  readonly meanwhile?: (() => void) | undefined;
}

export class Placer {
  readonly #writer: UnitWriter;
  /** Source rows without a place because the database refused them. */
  readonly #refused = new Set<string>();

  /** @param strays the names of source rows stored in a stream to which they no longer belong */
  constructor(
    private readonly session: OwnerSession,
    importId: number,
    private readonly strays: ReadonlySet<string>,
    private readonly isDryRun: boolean,
  ) {
    this.#writer = new UnitWriter(session, importId, strays);
  }

  /** Reads what has been placed of a phase. */
  async placedOf(streamId: string, phase: string | null): Promise<Placed> {
    const [fingerprints, sources, isLive] = await Promise.all([
      this.session.query<{ unit: string; fingerprint: string }>(
        `select unit, fingerprint from legacy.placed where workflow_id = $1 and phase is not distinct from $2::"Phase"`,
        [streamId, phase],
      ),
      this.session.query<{ name: string; rowHash: string; fate: PlacedRow['fate'] }>(
        `select table_name || ':' || source_key as name, row_hash, fate from legacy.source_row
         where stream_id = $1 and phase is not distinct from $2::"Phase"`,
        [streamId, phase],
      ),
      this.#isLive(streamId, phase),
    ]);
    return {
      fingerprints: new Map(fingerprints.map((row) => [row.unit, row.fingerprint])),
      sources: new Map(sources.map(({ name, ...known }) => [name, known])),
      isLive,
    };
  }

  async #isLive(streamId: string, phase: string | null): Promise<boolean> {
    const [live] = await this.session.query<{ isLive: boolean }>('select legacy.is_live($1, $2::"Phase") as is_live', [
      streamId,
      phase,
    ]);
    return live!.isLive;
  }

  /**
   * Places units in order. New ones are written together; if the database refuses the set, they are written one by one, which shows which
   * of them it refuses.
   * @returns the result of each, and whether they were all written in one go
   */
  async placeAll(
    streamId: string,
    phase: string | null,
    units: readonly Unit[],
    placed: Placed,
    notify: Notified,
  ): Promise<{ readonly results: readonly Result[]; readonly isAtOnce: boolean }> {
    const isFirst = !placed.isLive && placed.fingerprints.size === 0 && !this.isDryRun;
    const sets = [...setsOf(units, (unit) => isFirst && !this.#isKnown(unit, placed))];
    const results: Result[] = [];
    let isTogether = true;
    for (const set of sets)
      if (set.isTogether && (await this.#placeSet(streamId, phase, set.units, notify))) {
        for (const unit of set.units) {
          results.push({ outcome: 'placed', sources: unit.sources });
          notify.done(unit);
        }
      } else {
        isTogether = false;
        results.push(...(await this.#placeEach(streamId, phase, set.units, placed, notify)));
      }
    return { results, isAtOnce: isTogether && sets.length === 1 };
  }

  /** @returns false if the database refuses any of it and has therefore rolled all of it back */
  async #placeSet(
    streamId: string,
    phase: string | null,
    units: readonly Unit[],
    { meanwhile }: Notified,
  ): Promise<boolean> {
    try {
      const writing = this.#writer.writeSet(streamId, phase, units, units.map(fingerprint));
      if (meanwhile) void this.session.sent().then(meanwhile);
      await writing;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return false;
    }
    for (const { source } of units.flatMap(({ sources }) => sources)) this.#refused.delete(source.name);
    return true;
  }

  /**
   * Places units one after the other. New ones are written without awaiting the previous one, so the database works while the next are
   * prepared.
   */
  async #placeEach(
    streamId: string,
    phase: string | null,
    units: readonly Unit[],
    placed: Placed,
    { done }: Notified,
  ): Promise<Result[]> {
    const results: Result[] = [];
    const underWay: { unit: Unit; result: Promise<Result> }[] = [];
    const finish = async (atMost: number) => {
      while (underWay.length > atMost) {
        const { unit, result } = underWay.shift()!;
        results.push(await result);
        done(unit);
      }
    };
    for (const unit of units) {
      const asks = placed.isLive || this.#isKnown(unit, placed);
      await finish(asks ? 0 : AHEAD - 1);
      await this.#writer.prepare(unit);
      const result = this.#place(streamId, phase, unit, placed);
      result.catch(() => undefined); // awaited in its turn
      underWay.push({ unit, result });
      if (asks) await finish(0);
    }
    await finish(0);
    return results;
  }

  /** Whether an earlier run knew any of its rows. */
  #isKnown({ key, sources }: Unit, placed: Placed): boolean {
    return (
      placed.fingerprints.has(key) ||
      sources.some(({ source }) => placed.sources.has(source.name) || this.strays.has(source.name))
    );
  }

  /** Places a unit unless it is placed already. If the database refuses it, its rows are quarantined with the reason. */
  async #place(streamId: string, phase: string | null, unit: Unit, placed: Placed): Promise<Result> {
    const mark = fingerprint(unit);
    const { sources: planned } = unit;
    if (placed.fingerprints.get(unit.key) === mark) return { outcome: 'unchanged', sources: planned };
    const isKnown = this.#isKnown(unit, placed);
    const isWritten = unit.rows.some(([, rows]) => rows.length > 0);
    if (isWritten && (placed.isLive || (isKnown && (await this.#isChangedHere(streamId, unit)))))
      return this.#hold(streamId, phase, unit, placed);
    const outcome = isKnown ? 'changed' : 'placed';
    if (this.isDryRun) return { outcome, sources: planned };
    try {
      await this.#writer.write(streamId, phase, unit, {
        mark,
        isRepeated: isKnown,
        isAlone: placed.fingerprints.size === 0,
      });
      for (const { source } of planned) this.#refused.delete(source.name);
      return { outcome, sources: planned };
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const sources = this.#refuse(unit, error);
      if (sources.length > 0) await this.#writer.write(streamId, phase, { ...unit, rows: [], ids: [], sources }, aside);
      const isKnownSo = ({ source }: PlacedRow) => {
        const before = placed.sources.get(source.name);
        return before?.fate === 'QUARANTINED' && before.rowHash === source.rowHash;
      };
      const refused = planned.length === 0 ? 'IN_PART' : planned.every(isKnownSo) ? 'AGAIN' : 'NEWLY';
      return { outcome: 'held', refused, sources };
    }
  }

  /** The rows of a refused unit: quarantined, or, if another unit has placed them, marked as incomplete. */
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
   * Settles a phase at its end: removes what earlier runs made of rows that now say something else. The current state, including what later
   * commits made of it, then counts as taken over.
   * @param units everything the phase should contain; null if nothing was there before
   * @returns false if the database refuses to remove something
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

  /** A commit without an actor; none if nothing changes. */
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
   * Removes a phase so that it can be placed again, when the old system changed what cannot be changed step by step.
   * @returns false if somebody works on it here
   */
  removePhase(streamId: string, phase: PhaseDeclaration): Promise<boolean> {
    const { session } = this;
    const reason = `${phase.title} has changed in the old system, and is placed anew.`;
    return this.#commit(streamId, 'legacy sync', reason, async () => {
      const isLive = await this.#isLive(streamId, phase.key);
      if (!isLive) await removePhase(session, streamId, phase, '[@#]');
      return !isLive;
    });
  }

  /** In a phase that nobody works on here, every row comes from some unit; any other row is a leftover of an earlier run. */
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

  /** Whether a person, report or similar was changed here; then the old system no longer changes it, as in a live phase. */
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

  /** Quarantines what the old system says about something that is worked on here. */
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
    await this.#writer.write(streamId, phase, { ...unit, rows: [], ids: [], sources: fresh }, aside);
    return { outcome: 'held', sources: held };
  }
}
