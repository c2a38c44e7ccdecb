/** Places the data that everything refers to: people, lines of business, cycles, reports and workflows. */
import { usersById } from '../database/register/people';
import { isPersonId } from './ids';
import { sortOut } from './plan/index';
import {
  planCycles,
  planLobs,
  planReports,
  planUnknownPerson,
  planUser,
  planWorkflow,
  type Deciders,
} from './plan/reference';
import { workflowKey, type People } from './plan/workflow';
import type { OwnerSession } from './session';
import type { SourceRow } from './source-row';
import { asSourceRow, repeatedIn } from './staged-row';
import type { Staging } from './staging';
import type { Unit } from './unit';

export interface Workflow {
  readonly deciders: Deciders;
  readonly beganAt: string;
  readonly unit: Unit;
}

interface Given {
  readonly session: OwnerSession;
  readonly staging: Staging;
  readonly people: People;
  /** The time zone of times without one. */
  readonly zone: string;
  /** The userIds of people mapped by hand, by their old ids. */
  readonly mapUsers: ReadonlyMap<number, number>;
}

export class ReferenceImport {
  readonly #known = new Set<number>();
  #lobs: ReadonlyMap<number, string> = new Map();
  #workflows: ReadonlyMap<string, Workflow> = new Map();

  constructor(
    private readonly given: Given,
    private readonly placeUnits: (units: readonly Unit[]) => Promise<void>,
  ) {}

  /** Lines of business by their old ids. */
  get lobs(): ReadonlyMap<number, string> {
    return this.#lobs;
  }

  /** What is known of each workflow. */
  get workflows(): ReadonlyMap<string, Workflow> {
    return this.#workflows;
  }

  /** Places people, lines of business, cycles, reports and workflows. */
  async place(): Promise<void> {
    const { session, people, mapUsers } = this.given;
    const tables = ['users', 'lobs', 'reports', 'test_cycles', 'cycle_reports'] as const;
    const rows = {} as Record<(typeof tables)[number], SourceRow[]>;
    for (const table of tables) rows[table] = await this.#readTable(table);
    const existing = await this.#existing();
    await this.#demandFree(rows.users.map((row) => row.integer('user_id')!).filter(isPersonId));
    for (const [legacyId, userId] of mapUsers) {
      const [user] = await usersById(session, [userId]);
      people.know(legacyId, user!);
    }
    const users = rows.users.map((row) => planUser(row, people));
    const lobs = planLobs(rows.lobs, existing);
    this.#lobs = lobs.ids;
    const reports = planReports(rows.reports, lobs.ids, people, existing);
    const cycles = planCycles(rows.test_cycles, existing);
    for (const row of rows.users) this.#known.add(row.integer('user_id')!);
    await this.placeUnits(users);
    await this.placePeople();
    await this.placeUnits([...lobs.units, ...reports, ...cycles]);
    this.#workflows = await this.#planWorkflows(rows);
    for (const { unit } of this.#workflows.values()) {
      await this.placePeople();
      await this.placeUnits([unit]);
    }
  }

  async #planWorkflows(
    rows: Readonly<Record<'reports' | 'test_cycles' | 'cycle_reports', readonly SourceRow[]>>,
  ): Promise<Map<string, Workflow>> {
    const byId = (table: readonly SourceRow[], column: string) =>
      new Map(table.map((row) => [row.integer(column), row]));
    const [cycles, reports] = [byId(rows.test_cycles, 'cycle_id'), byId(rows.reports, 'id')];
    const own = new Map(
      rows.cycle_reports.map((row) => [`${row.integer('cycle_id')}:${row.integer('report_id')}`, row]),
    );
    const spokenOf = (await this.given.staging.phases()).map(({ workflow }) => workflow);
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
        unit: planWorkflow(workflow, row, deciders, lacks, this.given.people),
      });
    }
    return found;
  }

  /** The readable rows of a reference table; the others are quarantined at once. */
  async #readTable(table: string): Promise<SourceRow[]> {
    const staged = await this.given.staging.rowsOfTable(table);
    const { readable, aside } = sortOut(
      table,
      staged.map((row) => asSourceRow(row, this.given.zone)),
      repeatedIn(staged),
    );
    await this.placeUnits(aside);
    return readable;
  }

  /** Places people who are named but have no row, before anything that names them. */
  async placePeople(): Promise<void> {
    const fresh = [...this.given.people.named].filter((legacyId) => !this.#known.has(legacyId)).sort((a, b) => a - b);
    for (const legacyId of fresh) this.#known.add(legacyId);
    await this.#demandFree(fresh);
    await this.placeUnits(fresh.map((legacyId) => planUnknownPerson(legacyId, this.given.people)));
  }

  async requireMappedUsers(): Promise<void> {
    const missing = await this.given.session.query<{ id: number }>(
      'select id from unnest($1::int[]) id where not exists (select from users where user_id = id)',
      [[...this.given.mapUsers.values()]],
    );
    if (missing.length > 0)
      throw new Error(
        `There is no user ${missing.map(({ id }) => id).join(', ')}: --map-users can name existing users only.`,
      );
  }

  /** Refuses ids that existing people here already have. */
  async #demandFree(legacyIds: readonly number[]): Promise<void> {
    const own = legacyIds.filter((legacyId) => !this.given.people.isMapped(legacyId));
    const taken = await this.given.session.query<{ userId: number }>(
      `select user_id from users u where user_id = any($1::int[])
       and not exists (select from legacy.id_map m where m.kind = 'user' and m.new_id = u.user_id::text)`,
      [own.map((legacyId) => this.given.people.userId(legacyId))],
    );
    if (taken.length > 0)
      throw new Error(
        `User ${taken.map(({ userId }) => userId).join(', ')} exists already and was not imported. Map the person to a user with --map-users FILE, or rename the user.`,
      );
  }

  async #existing() {
    const lobs = await this.given.session.query<{ name: string; lobId: string }>(
      `select name, lob_id from lobs l where not exists (select from legacy.source_row s where s.table_name = 'lobs' and s.fate = 'IMPORTED' and s.target_id = l.lob_id)`,
    );
    const reports = await this.given.session.query<{ number: string }>(
      `select number from reports r where not exists (select from legacy.id_map m where m.kind = 'report' and m.new_id = r.report_id::text)`,
    );
    const cycles = await this.given.session.query<{ name: string }>(
      `select name from cycles c where not exists (select from legacy.id_map m where m.kind = 'cycle' and m.new_id = c.cycle_id::text)`,
    );
    return {
      lobs: new Map(lobs.map(({ name, lobId }) => [name, lobId])),
      reportNumbers: new Set(reports.map(({ number }) => number)),
      cycleNames: new Set(cycles.map(({ name }) => name)),
    };
  }
}
