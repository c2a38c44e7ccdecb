/** One run of an import: stages the rows of a source, plans what they become, and has the plan placed, phase by phase. */
import { REFERENCE_STREAM } from '../database/register/people';
import { inFlight } from '../in-flight';
import { phaseOf as declarationOf, phases } from '../phases';
import { ReferenceImport } from './import-reference';
import { Placer, type Outcome, type Placed, type Result } from './place';
import { planPhase } from './plan/index';
import { planOthers } from './plan/others';
import type { PhaseDeclaration } from '../versioning/phase';
import { People, workflowIds, workflowKey } from './plan/workflow';
import type { OwnerSession } from './session';
import { isKept, type SourceRow } from './source-row';
import { asSourceRow, repeatedIn, type StagedRow } from './staged-row';
import { ImportSummary, type FindingSummary, type QuarantineSummary, type TableSummary } from './import-summary';
import { Staging, type StagedPhase } from './staging';
import type { Source, TableCount } from './source';
import { imported, quarantined, unitsTogether, type PlacedRow, type Unit } from './unit';

export interface ImportOptions {
  /** One cycle of the old system, by its old id. */
  readonly cycle?: number | undefined;
  /** The phases to import; all if omitted. */
  readonly phases?: readonly string[] | undefined;
  /** The userIds of people mapped by hand, by their old ids. */
  readonly mapUsers?: ReadonlyMap<number, number> | undefined;
  /** The time zone of times without one; if omitted, that of the previous run, and UTC for the first. */
  readonly sourceZone?: string | undefined;
  /** Plans and counts without writing. */
  readonly isDryRun?: boolean;
  /** Skips phases that were rolled back; an import without this option brings them again. */
  readonly isSync?: boolean;
  readonly progress?: (what: 'read' | 'place', done: number, total: number) => void;
}

export interface ImportResult {
  /** Null for a dry run of a source that was never imported. */
  readonly importId: number | null;
  /** The numbers of units by outcome. */
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** The number of rows read. */
  readonly rows: number;
  /** Whether every row could be read: no file is truncated, and the counts match those of the source. */
  readonly isWhole: boolean;
  /** Every table of the source, with the number of rows it claims and the number read. */
  readonly source: readonly TableCount[];
  /** Files that were ignored. */
  readonly otherFiles: readonly string[];
  readonly tables: readonly TableSummary[];
  readonly findings: readonly FindingSummary[];
  readonly quarantine: readonly QuarantineSummary[];
  /** Phases that a sync skipped because they were rolled back. */
  readonly leftAlone: readonly string[];
}

export class ImportRun {
  readonly #staging: Staging;
  readonly #people: People;
  readonly #reference: ReferenceImport;
  readonly #outcomes: Record<Outcome, number> = { placed: 0, changed: 0, unchanged: 0, held: 0 };
  readonly #summary = new ImportSummary();
  readonly #leftAlone = new Set<string>();
  #placer!: Placer;
  #placed!: Placed;
  #total = 0;
  #done = 0;

  constructor(
    private readonly session: OwnerSession,
    private readonly source: Source,
    private readonly importId: number,
    private readonly zone: string,
    private readonly options: ImportOptions,
  ) {
    this.#staging = new Staging(session, options.cycle === undefined && !options.phases);
    this.#people = new People(options.mapUsers);
    this.#reference = new ReferenceImport(
      { session, staging: this.#staging, people: this.#people, zone, mapUsers: options.mapUsers ?? new Map() },
      (units) => this.#placeUnits(null, units),
    );
  }

  async run(): Promise<Omit<ImportResult, 'importId'>> {
    const { source, options } = this;
    await this.#reference.requireMappedUsers();
    let read = 0;
    options.progress?.('read', 0, source.tables.length);
    await this.#staging.fill(source, () => options.progress?.('read', ++read, source.tables.length));
    const rows = (this.#total = await this.#staging.count());
    this.#placer = new Placer(this.session, this.importId, await this.#staging.strays(), options.isDryRun ?? false);
    this.#placed = await this.#placer.placedOf(REFERENCE_STREAM, null);
    await this.#reference.place();
    if (!options.isDryRun)
      for (const { streamId, phase } of await this.#staging.left())
        await this.#placer.removePhase(streamId, declarationOf(phase));
    await this.#placePhases(await this.#phases());
    await this.#placeLost();
    const { tables, findings, quarantine } = this.#summary;
    const counts = source.counts();
    return {
      outcomes: this.#outcomes,
      rows,
      tables,
      findings,
      quarantine,
      leftAlone: [...this.#leftAlone],
      isWhole: counts.every(({ problem }) => problem === null),
      source: counts,
      otherFiles: source.otherFiles,
    };
  }

  // ── phases ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** The phases to place, workflow by workflow, in workflow order. */
  async #phases(): Promise<StagedPhase[]> {
    const { cycle, phases: wanted } = this.options;
    const order = phases.map(({ key }) => key);
    const all = await this.#staging.phases();
    return all
      .filter(
        ({ workflow, phase }) =>
          (cycle === undefined || workflow.cycle === cycle) && (!wanted || phase === null || wanted.includes(phase)),
      )
      .sort(
        (a, b) =>
          a.workflow.cycle - b.workflow.cycle ||
          a.workflow.report - b.workflow.report ||
          order.indexOf(a.phase ?? '') - order.indexOf(b.phase ?? ''),
      );
  }

  /** Places one phase after another; while the database writes one, the next is planned. */
  async #placePhases(all: readonly StagedPhase[]): Promise<void> {
    let coming = this.#planOf(all[0]);
    for (const [i, staged] of all.entries()) {
      const plan = coming;
      coming = this.#planOf(all[i + 1]);
      const units = await plan();
      if (units) await this.#placePhase(staged, units, () => void coming());
    }
  }

  /** Reads the rows of a phase, and returns a function that plans it; null for a phase that is skipped. */
  #planOf(staged: StagedPhase | undefined): () => Promise<Unit[] | null> {
    const rows = inFlight(staged ? this.#rowsOf(staged) : Promise.resolve(null));
    let units: Promise<Unit[] | null> | undefined;
    return () => (units ??= inFlight(rows.then((read) => read && this.#planPhase(staged!, read))));
  }

  async #rowsOf(staged: StagedPhase): Promise<StagedRow[] | null> {
    const { workflow, phase } = staged;
    if (this.options.isSync && phase !== null && (await this.#isRolledBack(workflowIds(workflow).streamId, phase))) {
      this.#leftAlone.add(phase);
      return null;
    }
    return this.#staging.rowsOf(staged);
  }

  #planPhase({ workflow, phase }: StagedPhase, staged: readonly StagedRow[]): Unit[] {
    const rows = staged.map((row) => asSourceRow(row, this.zone));
    if (phase === null) return this.#planWithoutPhase(workflowKey(workflow), rows, staged);
    const { deciders, beganAt } = this.#reference.workflows.get(workflowKey(workflow))!;
    return planPhase(
      { workflow, phase: declarationOf(phase), people: this.#people, ...deciders, beganAt, rows },
      repeatedIn(staged),
      this.#reference.lobs,
    );
  }

  /** @param meanwhile called when the database has enough work queued */
  async #placePhase({ workflow, phase }: StagedPhase, units: readonly Unit[], meanwhile: () => void): Promise<void> {
    const { streamId } = workflowIds(workflow);
    const declaration = phase === null ? null : declarationOf(phase);
    await this.#reference.placePeople();
    if (declaration === null || this.options.isDryRun) {
      await this.#placeUnits({ streamId, phase }, units);
      return;
    }
    const results = await this.#placeWhole(streamId, declaration, units, meanwhile);
    await this.session.query(
      `insert into legacy.imported_phase as p (workflow_id, phase, import_id, state) values ($1, $2::"Phase", $3, 'IMPORTED')
         on conflict (workflow_id, phase) do update set state = 'IMPORTED', import_id = excluded.import_id, changed_at = clock_timestamp()
         where p.state = 'ROLLED_BACK' or $4`,
      [streamId, phase, this.importId, results.some(({ outcome }) => outcome !== 'unchanged')],
    );
  }

  /** Places a phase and settles it. If its existing state conflicts with the new one, the phase is removed and placed again. */
  async #placeWhole(
    streamId: string,
    phase: PhaseDeclaration,
    units: readonly Unit[],
    meanwhile: () => void,
  ): Promise<readonly Result[]> {
    const placer = this.#placer;
    const place = { streamId, phase: phase.key };
    const placed = await placer.placedOf(streamId, phase.key);
    const isFirst = placed.fingerprints.size === 0;
    const { results: first, isAtOnce } = await this.#place(place, units, placed, meanwhile);
    let results = first;
    const isStuck =
      !isFirst &&
      (results.some(({ refused }) => refused === 'NEWLY') ||
        (results.some(({ refused }) => refused === 'IN_PART') &&
          results.some(({ outcome }) => outcome === 'placed' || outcome === 'changed')));
    // A phase placed in one go is settled.
    const isSettled = isAtOnce || (!isStuck && (await placer.settle(streamId, phase, isFirst ? null : units)));
    if (!isSettled && (await placer.removePhase(streamId, phase))) {
      this.#done -= units.reduce((sum, { sources }) => sum + sources.length, 0);
      ({ results } = await this.#place(place, units, await placer.placedOf(streamId, phase.key)));
      await placer.settle(streamId, phase, null);
    }
    this.#count(results);
    return results;
  }

  async #isRolledBack(streamId: string, phase: string): Promise<boolean> {
    const found = await this.session.query(
      `select from legacy.imported_phase where workflow_id = $1 and phase = $2::"Phase" and state = 'ROLLED_BACK'`,
      [streamId, phase],
    );
    return found.length > 0;
  }

  /** Rows of a workflow that belong to no known phase. */
  #planWithoutPhase(where: string, rows: readonly SourceRow[], staged: readonly StagedRow[]): Unit[] {
    const [others, ofPhases] = [rows.filter(({ table }) => isKept(table)), rows.filter(({ table }) => !isKept(table))];
    return [
      ...unitsTogether(where, ofPhases.map(withoutPhase)),
      ...planOthers(where, this.#people, others, repeatedIn(staged)),
    ];
  }

  /** Rows without a workflow. Those that need one could not be found anywhere else. */
  async #placeLost(): Promise<void> {
    let after: readonly [string, string] = ['', ''];
    for (;;) {
      const staged = await this.#staging.lostRows(LOST_TOGETHER, after);
      const last = staged.at(-1);
      if (!last) return;
      const rows = staged.map((row) => asSourceRow(row, this.zone));
      const lost = rows.flatMap((row): PlacedRow[] =>
        isKept(row.table) ? [] : [quarantined(row, row.unreadable ?? noWorkflow)],
      );
      const others = rows.filter(({ table }) => isKept(table));
      const where = `:${after.join(':')}`;
      const units = [...unitsTogether(where, lost), ...planOthers(where, this.#people, others, repeatedIn(staged))];
      await this.#reference.placePeople();
      await this.#placeUnits(null, units);
      after = [last.tableName, last.key];
    }
  }

  async #placeUnits(place: ImportedPart | null, units: readonly Unit[]): Promise<void> {
    if (units.length === 0) return;
    const placed = place ? await this.#placer.placedOf(place.streamId, place.phase) : this.#placed;
    const { results } = await this.#place(place, units, placed);
    this.#count(results);
  }

  #place(
    place: ImportedPart | null,
    units: readonly Unit[],
    placed: Placed,
    meanwhile?: () => void,
  ): ReturnType<Placer['placeAll']> {
    const { streamId = REFERENCE_STREAM, phase = null } = place ?? {};
    const done = ({ sources }: Unit) => {
      this.#done += sources.length;
      this.options.progress?.('place', this.#done, this.#total);
    };
    return this.#placer.placeAll(streamId, phase, units, placed, { done, meanwhile });
  }

  #count(results: readonly Result[]): void {
    for (const { outcome, sources } of results) {
      this.#summary.add(sources);
      this.#outcomes[outcome]++;
    }
  }
}

/** The batch size for rows without a workflow. */
const LOST_TOGETHER = 5000;

/** A phase of a workflow, or the part of a workflow outside all phases. */
interface ImportedPart {
  readonly streamId: string;
  readonly phase: string | null;
}

const noWorkflow = {
  code: 'WORKFLOW_UNKNOWN',
  reason: 'Neither its phase nor its parent leads to a workflow of the old system.',
};

/** A row of an unknown phase is kept as it was. */
function withoutPhase(row: SourceRow) {
  if (row.unreadable) return quarantined(row, row.unreadable);
  row.note(
    'UNKNOWN_PHASE',
    `There is no phase ${JSON.stringify(row.text('phase_name'))} here; the row is kept.`,
    'phase_name',
  );
  return imported(row);
}
