/** Brings what the old system has, and later what has changed there: one mechanism, however often it runs and wherever it stops. */
import { REFERENCE_STREAM, usersById } from '../database/people';
import { analyzeTables } from '../database/statistics';
import { phaseOf as declarationOf, phases } from '../phases';
import { isPersonId } from './ids';
import { Placer, type Outcome, type Placed, type Result } from './place';
import { planPhase, sortOut } from './plan/index';
import { planOthers } from './plan/others';
import {
  planCycles,
  planLobs,
  planReports,
  planUnknownPerson,
  planUser,
  planWorkflow,
  type Deciders,
} from './plan/reference';
import type { PhaseDeclaration } from '../versioning/phase';
import { People, workflowIds, workflowKey } from './plan/workflow';
import type { OwnerSession } from './session';
import { isKept, SourceRow } from './source-row';
import { Tally, type FindingTally, type QuarantinedTally, type TableTally } from './tally';
import { Staging, type StagedPhase, type StagedRow } from './staging';
import type { Source, TableCount } from './source';
import { imported, quarantined, unitsTogether, type PlacedRow, type Unit } from './unit';

export interface ImportOptions {
  /** One cycle of the old system, by its id there. */
  readonly cycle?: number | undefined;
  /** The phases to bring; all if left out. */
  readonly phases?: readonly string[] | undefined;
  /** userIds of people who are mapped by hand, by their ids in the old system. */
  readonly mapUsers?: ReadonlyMap<number, number> | undefined;
  /** The zone of times that name none; what it was before if left out, and UTC at first. */
  readonly sourceZone?: string | undefined;
  /** Plans and counts, and writes nothing. */
  readonly isDryRun?: boolean;
  /** Leaves alone what was taken back; an import brings it again. */
  readonly isSync?: boolean;
  readonly progress?: (what: 'read' | 'place', done: number, total: number) => void;
}

export interface ImportResult {
  /** Null in a dry run of a source that was not imported yet. */
  readonly importId: number | null;
  /** Units of work by what happened to them. */
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** Rows that were read. */
  readonly rows: number;
  /** Whether every row that there is could be read: no file breaks off, and no count of the source says otherwise. */
  readonly isWhole: boolean;
  /** What the source has: every table, how many rows it says there are, and how many were read. */
  readonly source: readonly TableCount[];
  /** Files that were not looked at. */
  readonly otherFiles: readonly string[];
  readonly tables: readonly TableTally[];
  readonly findings: readonly FindingTally[];
  readonly quarantine: readonly QuarantinedTally[];
  /** Phases that a sync left alone because they were rolled back. */
  readonly leftAlone: readonly string[];
}

export async function importFrom(
  session: OwnerSession,
  source: Source,
  options: ImportOptions = {},
): Promise<ImportResult> {
  await session.lock();
  // Statements are planned once, while there is hardly a row, and must not read whole tables when there are many.
  await session.query("select set_config('enable_seqscan', 'off', false)");
  if (options.isDryRun) {
    const [known] = await session.query<Import>('select import_id, zone from legacy.import where source = $1', [
      source.label,
    ]);
    const importId = known?.importId ?? null;
    const zone = options.sourceZone ?? known?.zone ?? 'UTC';
    return { importId, ...(await new ImportRun(session, source, importId ?? 0, zone, options).run()) };
  }
  const { importId, zone } = await importOf(session, source.label, options.sourceZone);
  const [run] = await session.query<{ runId: number }>(
    'insert into legacy.run (import_id, command) values ($1, $2) returning run_id',
    [importId, options.isSync ? 'sync' : 'import'],
  );
  const result = { importId, ...(await new ImportRun(session, source, importId, zone, options).run()) };
  // What is reported as done survives a crash of the server.
  await session.query("select set_config('synchronous_commit', 'on', false)");
  await noteCounts(session, importId, result.source);
  await analyzeTables(session);
  await session.query('update legacy.run set finished_at = clock_timestamp(), result = $2 where run_id = $1', [
    run!.runId,
    JSON.stringify({ ...result, quarantine: result.quarantine.length }),
  ]);
  return result;
}

/** Keeps what the source has, for whoever proves later that it was taken over. */
const noteCounts = (session: OwnerSession, importId: number, counts: readonly TableCount[]) =>
  session.transaction(async () => {
    await session.query('delete from legacy.source_table where import_id = $1', [importId]);
    await session.query(
      `insert into legacy.source_table (import_id, name, expected, read, problem)
       select $1, r."table", r.expected, r.read, r.problem
       from jsonb_to_recordset($2) as r("table" text, expected int, read int, problem text)`,
      [importId, JSON.stringify(counts)],
    );
  });

/** A source is one import, however often it is read. */
async function importOf(session: OwnerSession, label: string, zone: string | undefined): Promise<Import> {
  await session.query('insert into legacy.import (source) values ($1) on conflict (source) do nothing', [label]);
  const [row] = await session.query<Import>(
    'update legacy.import set zone = coalesce($2, zone) where source = $1 returning import_id, zone',
    [label, zone ?? null],
  );
  return row!;
}

interface Import {
  readonly importId: number;
  readonly zone: string;
}

class ImportRun {
  readonly #staging: Staging;
  readonly #people: People;
  readonly #known = new Set<number>();
  readonly #outcomes: Record<Outcome, number> = { placed: 0, changed: 0, unchanged: 0, held: 0 };
  readonly #tally = new Tally();
  readonly #leftAlone = new Set<string>();
  #placer!: Placer;
  #reference!: Placed;
  #lobs: ReadonlyMap<number, string> = new Map();
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
  }

  async run(): Promise<Omit<ImportResult, 'importId'>> {
    const { source, options } = this;
    await this.#demandPeople([...(options.mapUsers?.values() ?? [])]);
    let read = 0;
    options.progress?.('read', 0, source.tables.length);
    await this.#staging.fill(source, () => options.progress?.('read', ++read, source.tables.length));
    const rows = (this.#total = await this.#staging.count());
    this.#placer = new Placer(this.session, this.importId, await this.#staging.strays(), options.isDryRun ?? false);
    this.#reference = await this.#placer.placedOf(REFERENCE_STREAM, null);
    const workflows = await this.#placeReference();
    if (!options.isDryRun)
      for (const { streamId, phase } of await this.#staging.left())
        await this.#placer.takeOut(streamId, declarationOf(phase));
    for (const staged of await this.#phases()) await this.#placePhase(staged, workflows);
    await this.#placeLost();
    const { tables, findings, quarantine } = this.#tally;
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

  // ── what everything refers to ───────────────────────────────────────────────────────────────────────────────────────

  /** Places people, lines of business, cycles, reports and workflows; returns what is known of each workflow. */
  async #placeReference(): Promise<ReadonlyMap<string, Workflow>> {
    const people = this.#people;
    const tables = ['users', 'lobs', 'reports', 'test_cycles', 'cycle_reports'] as const;
    const rows = {} as Record<(typeof tables)[number], SourceRow[]>;
    for (const table of tables) rows[table] = await this.#readTable(table);
    const existing = await this.#existing();
    await this.#demandFree(rows.users.map((row) => row.integer('user_id')!).filter(isPersonId));
    for (const [legacyId, userId] of this.options.mapUsers ?? []) {
      const [user] = await usersById(this.session, [userId]);
      people.know(legacyId, user!);
    }
    const users = rows.users.map((row) => planUser(row, people));
    const lobs = planLobs(rows.lobs, existing);
    this.#lobs = lobs.ids;
    const reports = planReports(rows.reports, lobs.ids, people, existing);
    const cycles = planCycles(rows.test_cycles, existing);
    for (const row of rows.users) this.#known.add(row.integer('user_id')!);
    await this.#placeUnits(null, users);
    await this.#placePeople();
    await this.#placeUnits(null, [...lobs.units, ...reports, ...cycles]);
    const workflows = await this.#workflows(rows);
    for (const { unit } of workflows.values()) {
      await this.#placePeople();
      await this.#placeUnits(null, [unit]);
    }
    return workflows;
  }

  async #workflows(
    rows: Readonly<Record<'reports' | 'test_cycles' | 'cycle_reports', readonly SourceRow[]>>,
  ): Promise<Map<string, Workflow>> {
    const byId = (table: readonly SourceRow[], column: string) =>
      new Map(table.map((row) => [row.integer(column), row]));
    const [cycles, reports] = [byId(rows.test_cycles, 'cycle_id'), byId(rows.reports, 'id')];
    const own = new Map(
      rows.cycle_reports.map((row) => [`${row.integer('cycle_id')}:${row.integer('report_id')}`, row]),
    );
    const spokenOf = (await this.#staging.phases()).map(({ workflow }) => workflow);
    const all = [
      ...rows.cycle_reports.map((row) => ({ cycle: row.integer('cycle_id')!, report: row.integer('report_id')! })),
      ...spokenOf,
    ];
    const missing = { cycles: new Set<number>(), reports: new Set<number>() };
    const found = new Map<string, Workflow>();
    for (const workflow of all.sort((a, b) => a.cycle - b.cycle || a.report - b.report)) {
      const key = workflowKey(workflow);
      if (found.has(key)) continue;
      const row = own.get(key) ?? null;
      const deciders: Deciders = {
        reportOwner: reports.get(workflow.report)?.person('report_owner_id') ?? null,
        testExecutive: cycles.get(workflow.cycle)?.person('test_executive_id') ?? null,
      };
      const lacks = {
        cycle: !cycles.has(workflow.cycle) && !missing.cycles.has(workflow.cycle),
        report: !reports.has(workflow.report) && !missing.reports.has(workflow.report),
      };
      if (lacks.cycle) missing.cycles.add(workflow.cycle);
      if (lacks.report) missing.reports.add(workflow.report);
      const began = [
        row?.instant('started_at'),
        row?.instant('created_at'),
        cycles.get(workflow.cycle)?.instant('created_at'),
      ];
      found.set(key, {
        deciders,
        beganAt: began.find((at) => at) ?? '2000-01-01T00:00:00.000Z',
        unit: planWorkflow(workflow, row, deciders, lacks, this.#people),
      });
    }
    return found;
  }

  readonly #asSourceRow = (staged: StagedRow): SourceRow => asSourceRow(staged, this.zone);

  /** The readable rows of a reference table; the others are set aside at once. */
  async #readTable(table: string): Promise<SourceRow[]> {
    const staged = await this.#staging.rowsOfTable(table);
    const { readable, aside } = sortOut(table, staged.map(this.#asSourceRow), repeatedIn(staged));
    await this.#placeUnits(null, aside);
    return readable;
  }

  /** People who are named and have no row; before anything that names them. */
  async #placePeople(): Promise<void> {
    const fresh = [...this.#people.named].filter((legacyId) => !this.#known.has(legacyId)).sort((a, b) => a - b);
    for (const legacyId of fresh) this.#known.add(legacyId);
    await this.#demandFree(fresh);
    await this.#placeUnits(
      null,
      fresh.map((legacyId) => planUnknownPerson(legacyId, this.#people)),
    );
  }

  async #demandPeople(userIds: readonly number[]): Promise<void> {
    const missing = await this.session.query<{ id: number }>(
      'select id from unnest($1::int[]) id where not exists (select from users where user_id = id)',
      [userIds],
    );
    if (missing.length > 0)
      throw new Error(
        `There is no user ${missing.map(({ id }) => id).join(', ')}: --map-users can name existing users only.`,
      );
  }

  /** Nobody becomes somebody who is here already. */
  async #demandFree(legacyIds: readonly number[]): Promise<void> {
    const own = legacyIds.filter((legacyId) => !this.#people.isMapped(legacyId));
    const taken = await this.session.query<{ userId: number }>(
      `select user_id from users u where user_id = any($1::int[])
       and not exists (select from legacy.id_map m where m.kind = 'user' and m.new_id = u.user_id::text)`,
      [own.map((legacyId) => this.#people.userId(legacyId))],
    );
    if (taken.length > 0)
      throw new Error(
        `User ${taken.map(({ userId }) => userId).join(', ')} exists already and was not imported. Map the person to a user with --map-users FILE, or rename the user.`,
      );
  }

  async #existing() {
    const lobs = await this.session.query<{ name: string; lobId: string }>(
      `select name, lob_id from lobs l where not exists (select from legacy.source_row s where s.table_name = 'lobs' and s.fate = 'IMPORTED' and s.target_id = l.lob_id)`,
    );
    const reports = await this.session.query<{ number: string }>(
      `select number from reports r where not exists (select from legacy.id_map m where m.kind = 'report' and m.new_id = r.report_id::text)`,
    );
    const cycles = await this.session.query<{ name: string }>(
      `select name from cycles c where not exists (select from legacy.id_map m where m.kind = 'cycle' and m.new_id = c.cycle_id::text)`,
    );
    return {
      lobs: new Map(lobs.map(({ name, lobId }) => [name, lobId])),
      reportNumbers: new Set(reports.map(({ number }) => number)),
      cycleNames: new Set(cycles.map(({ name }) => name)),
    };
  }

  // ── phases ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** The phases to place, workflow by workflow, in the order of the workflow. */
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

  async #placePhase({ workflow, phase }: StagedPhase, workflows: ReadonlyMap<string, Workflow>): Promise<void> {
    const { streamId } = workflowIds(workflow);
    if (this.options.isSync && phase !== null && (await this.#isRolledBack(streamId, phase))) {
      this.#leftAlone.add(phase);
      return;
    }
    const staged = await this.#staging.rowsOf({ workflow, phase });
    const rows = staged.map(this.#asSourceRow);
    const { deciders, beganAt } = workflows.get(workflowKey(workflow))!;
    const declaration = phase === null ? null : declarationOf(phase);
    const units =
      declaration === null
        ? this.#planWithoutPhase(workflowKey(workflow), rows, staged)
        : planPhase(
            { workflow, phase: declaration, people: this.#people, ...deciders, beganAt, rows },
            repeatedIn(staged),
            this.#lobs,
          );
    await this.#placePeople();
    if (declaration === null || this.options.isDryRun) {
      await this.#placeUnits({ streamId, phase }, units);
      return;
    }
    const results = await this.#placeWhole(streamId, declaration, units);
    await this.session.query(
      `insert into legacy.imported_phase as p (workflow_id, phase, import_id, state) values ($1, $2::"Phase", $3, 'IMPORTED')
         on conflict (workflow_id, phase) do update set state = 'IMPORTED', import_id = excluded.import_id, changed_at = clock_timestamp()
         where p.state = 'ROLLED_BACK' or $4`,
      [streamId, phase, this.importId, results.some(({ outcome }) => outcome !== 'unchanged')],
    );
  }

  /** Places a phase and settles it; anew, if what is there of it stands in the way of what it has become. */
  async #placeWhole(streamId: string, phase: PhaseDeclaration, units: readonly Unit[]): Promise<Result[]> {
    const placer = this.#placer;
    const place = { streamId, phase: phase.key };
    const placed = await placer.placedOf(streamId, phase.key);
    const isFirst = placed.fingerprints.size === 0;
    let results = await this.#place(place, units, placed);
    const isStuck =
      !isFirst &&
      (results.some(({ refused }) => refused === 'NEWLY') ||
        (results.some(({ refused }) => refused === 'IN_PART') &&
          results.some(({ outcome }) => outcome === 'placed' || outcome === 'changed')));
    const isSettled = !isStuck && (await placer.settle(streamId, phase, isFirst ? null : units));
    if (!isSettled && (await placer.takeOut(streamId, phase))) {
      this.#done -= units.reduce((sum, { sources }) => sum + sources.length, 0);
      results = await this.#place(place, units, await placer.placedOf(streamId, phase.key));
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

  /** Rows of a workflow that are of no phase that there is here. */
  #planWithoutPhase(where: string, rows: readonly SourceRow[], staged: readonly StagedRow[]): Unit[] {
    const [others, ofPhases] = [rows.filter(({ table }) => isKept(table)), rows.filter(({ table }) => !isKept(table))];
    return [
      ...unitsTogether(where, ofPhases.map(withoutPhase)),
      ...planOthers(where, this.#people, others, repeatedIn(staged)),
    ];
  }

  /** Rows that belong to no workflow: those that must have one, nobody could find anywhere else. */
  async #placeLost(): Promise<void> {
    let after: readonly [string, string] = ['', ''];
    for (;;) {
      const staged = await this.#staging.lostRows(LOST_TOGETHER, after);
      const last = staged.at(-1);
      if (!last) return;
      const rows = staged.map(this.#asSourceRow);
      const lost = rows.flatMap((row): PlacedRow[] =>
        isKept(row.table) ? [] : [quarantined(row, row.unreadable ?? noWorkflow)],
      );
      const others = rows.filter(({ table }) => isKept(table));
      const where = `:${after.join(':')}`;
      const units = [...unitsTogether(where, lost), ...planOthers(where, this.#people, others, repeatedIn(staged))];
      await this.#placePeople();
      await this.#placeUnits(null, units);
      after = [last.tableName, last.key];
    }
  }

  async #placeUnits(place: Place | null, units: readonly Unit[]): Promise<void> {
    if (units.length === 0) return;
    const placed = place ? await this.#placer.placedOf(place.streamId, place.phase) : this.#reference;
    this.#count(await this.#place(place, units, placed));
  }

  async #place(place: Place | null, units: readonly Unit[], placed: Placed): Promise<Result[]> {
    const results: Result[] = [];
    for (const unit of units) {
      results.push(await this.#placer.place(place?.streamId ?? REFERENCE_STREAM, place?.phase ?? null, unit, placed));
      this.#done += unit.sources.length;
      this.options.progress?.('place', this.#done, this.#total);
    }
    return results;
  }

  #count(results: readonly Result[]): void {
    for (const { outcome, sources } of results) {
      this.#tally.add(sources);
      this.#outcomes[outcome]++;
    }
  }
}

/** How many rows without a workflow are looked at together. */
const LOST_TOGETHER = 5000;

/** A phase of a workflow, or what of a workflow belongs to no phase. */
interface Place {
  readonly streamId: string;
  readonly phase: string | null;
}

interface Workflow {
  readonly deciders: Deciders;
  readonly beganAt: string;
  readonly unit: Unit;
}

/** For rows whose key their table had already, that key. */
const repeatedIn = (staged: readonly StagedRow[]): ReadonlyMap<string, string> =>
  new Map(
    staged.flatMap(({ tableName, key, repeats }) => (repeats === null ? [] : [[`${tableName}:${key}`, repeats]])),
  );

function asSourceRow({ tableName, key, raw, rowHash, elsewhere, isIdTaken }: StagedRow, zone: string): SourceRow {
  const row = new SourceRow(tableName, key, raw, rowHash, isIdTaken, zone);
  if (elsewhere !== null)
    row.note(
      'WORKFLOW_DISAGREES',
      `Its phase is of the workflow ${elsewhere}; it stays with what it belongs to, or where it was placed before.`,
      'phase_id',
    );
  return row;
}

const noWorkflow = {
  code: 'WORKFLOW_UNKNOWN',
  reason: 'Neither its phase nor its parent leads to a workflow of the old system.',
};

/** A phase whose name means nothing here is kept as it was. */
function withoutPhase(row: SourceRow) {
  if (row.unreadable) return quarantined(row, row.unreadable);
  row.note(
    'UNKNOWN_PHASE',
    `There is no phase ${JSON.stringify(row.text('phase_name'))} here; the row is kept.`,
    'phase_name',
  );
  return imported(row);
}
