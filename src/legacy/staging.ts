/**
 * The rows of a source, laid out in the importer's session: with their hashes, their workflows and phases. Rows that earlier runs
 * brought and that the source does not have any more, or not this time, are laid beside them: plans need their neighbours.
 */
import { REFERENCE_STREAM } from '../database/people';
import { workflowKey, type LegacyWorkflow } from './plan/workflow';
import { phaseOfTable } from './plan/index';
import { phaseOf } from './phase-names';
import type { Source } from './source';
import type { OwnerSession } from './session';
import { SourceRow } from './source-row';
import { legacyTable } from './tables';

const BATCH = 500;

/** Where a row's workflow is found if it says nothing of it: by the row it belongs to. */
const parents: Readonly<Record<string, readonly [column: string, table: string]>> = {
  cycle_report_sample_selection_samples: ['version_id', 'cycle_report_sample_selection_versions'],
  cycle_report_test_cases_evidence: ['test_case_id', 'cycle_report_test_cases'],
  cycle_report_test_cases_document_submissions: ['test_case_id', 'cycle_report_test_cases'],
  cycle_report_test_execution_reviews: ['execution_id', 'cycle_report_test_execution_results'],
  cycle_report_test_execution_audit: ['execution_id', 'cycle_report_test_execution_results'],
};

interface Incoming {
  readonly table: string;
  readonly ordinal: number;
  readonly key: string;
  readonly raw: string;
  readonly workflow: string | null;
  readonly phase: string | null;
  readonly parent: string | null;
}

export interface StagedRow {
  readonly tableName: string;
  readonly key: string;
  readonly raw: string;
  readonly rowHash: string;
  /** The key that the table had already, where this one is there again. */
  readonly repeats: string | null;
}

/** A workflow's phase; null for rows of none. */
export interface StagedPhase {
  readonly workflow: LegacyWorkflow;
  readonly phase: string | null;
}

export class Staging {
  readonly #workflows = new Map<number, string>();

  constructor(private readonly session: OwnerSession) {}

  /** Reads the whole source. Calls back for every table that it has read. */
  async fill(source: Source, onTable: () => void): Promise<void> {
    await this.session.query(
      `create temp table if not exists incoming (table_name text not null, ordinal int not null, key text not null, raw text not null,
         row_hash text not null, workflow text, phase text, parent text, repeats text)`,
    );
    await this.session.query('truncate incoming');
    await this.#knowWorkflows();
    for (const table of source.tables) {
      let ordinal = 0;
      let batch: Incoming[] = [];
      for await (const raw of source.rows(table)) {
        batch.push(this.#incoming(table, ++ordinal, raw));
        if (batch.length === BATCH) {
          await this.#add(batch);
          batch = [];
        }
      }
      await this.#add(batch);
      onTable();
    }
    await this.#settle();
  }

  /** Phases that are known from earlier runs: a source may have changes alone. */
  async #knowWorkflows(): Promise<void> {
    const known = await this.session.query<{ phaseId: number; cycle: number; report: number }>(
      `select (row ->> 'phase_id')::int as phase_id, (row ->> 'cycle_id')::int as cycle, (row ->> 'report_id')::int as report
       from legacy.source_row where table_name = 'workflow_phases' and fate <> 'QUARANTINED'`,
    );
    for (const { phaseId, ...workflow } of known) this.#workflows.set(phaseId, workflowKey(workflow));
  }

  #incoming(table: string, ordinal: number, raw: string): Incoming {
    const row = new SourceRow(table, '', raw, '');
    const { cells } = row;
    const whole = (column: string) => (Number.isInteger(cells[column]) ? (cells[column] as number) : null);
    const [cycle, report] = [whole('cycle_id'), whole('report_id')];
    const ownWorkflow = cycle === null || report === null ? null : workflowKey({ cycle, report });
    const phaseId = whole('phase_id');
    if (table === 'workflow_phases' && phaseId !== null && ownWorkflow !== null && !row.unreadable)
      this.#workflows.set(phaseId, ownWorkflow);
    const [parentColumn] = parents[table] ?? [];
    const parent = parentColumn === undefined ? null : cells[parentColumn];
    return {
      ...{ table, ordinal, raw },
      key: keyOf(row, ordinal),
      workflow: isReference(table)
        ? null
        : ((phaseId === null ? undefined : this.#workflows.get(phaseId)) ?? ownWorkflow),
      phase:
        table === 'workflow_phases' ? (phaseOf(row.text('phase_name') ?? '') ?? null) : (phaseOfTable[table] ?? null),
      parent: /^[\w-]+$/.test(String(parent)) ? String(parent) : null,
    };
  }

  async #add(rows: readonly Incoming[]): Promise<void> {
    if (rows.length === 0) return;
    await this.session.query(
      `insert into incoming (table_name, ordinal, key, raw, row_hash, workflow, phase, parent)
       select r."table", r.ordinal, r.key, r.raw, legacy.hash_of(legacy.as_json(r.raw)), r.workflow, r.phase, r.parent
       from jsonb_to_recordset($1) as r("table" text, ordinal int, key text, raw text, workflow text, phase text, parent text)`,
      [JSON.stringify(rows)],
    );
  }

  /** What can be said only when everything is there: repeated keys, workflows by way of other rows, rows of earlier runs. */
  async #settle(): Promise<void> {
    const { session } = this;
    await session.query(
      `update incoming i set key = i.key || '#' || n.n, repeats = i.key from (
         select table_name, ordinal, row_number() over (partition by table_name, key order by ordinal) as n from incoming) n
       where n.table_name = i.table_name and n.ordinal = i.ordinal and n.n > 1`,
    );
    await session.query('create index if not exists incoming_key on incoming (table_name, key)');
    await session.query(
      `insert into incoming (table_name, ordinal, key, raw, row_hash, workflow, phase)
       select s.table_name, 2147483647, s.source_key, coalesce(q.row, s.row::text), s.row_hash, w.legacy_id, s.phase::text
       from legacy.source_row s left join legacy.quarantine q using (table_name, source_key)
       left join legacy.id_map w on w.kind = 'workflow' and w.new_id = s.stream_id::text
       where s.source_key !~ '[@#]' and not exists (select from incoming i where i.table_name = s.table_name and i.key = s.source_key)`,
    );
    for (const [table, [, parent]] of Object.entries(parents))
      await session.query(
        `update incoming i set workflow = p.workflow from incoming p
         where i.table_name = $1 and i.workflow is null and p.table_name = $2 and p.key = i.parent`,
        [table, parent],
      );
    await session.query('create index if not exists incoming_place on incoming (workflow, phase)');
    await session.query('analyze incoming');
  }

  /** The workflows that rows speak of and their phases, in a fixed order. */
  async phases(): Promise<StagedPhase[]> {
    const rows = await this.session.query<{ workflow: string; phase: string | null }>(
      `select distinct workflow, phase from incoming where workflow is not null and table_name <> 'cycle_reports'`,
    );
    return rows.map(({ workflow, phase }) => ({ workflow: workflowOf(workflow), phase }));
  }

  rowsOf({ workflow, phase }: StagedPhase): Promise<StagedRow[]> {
    return this.session.query(
      `select table_name, key, raw, row_hash, repeats from incoming
       where workflow = $1 and phase is not distinct from $2 and table_name <> 'cycle_reports' order by table_name, key collate "C"`,
      [workflowKey(workflow), phase],
    );
  }

  /** Rows of a table of reference data. */
  rowsOfTable(table: string): Promise<StagedRow[]> {
    return this.session.query(
      'select table_name, key, raw, row_hash, repeats from incoming where table_name = $1 order by key collate "C"',
      [table],
    );
  }

  /** Rows that belong to no workflow that is known. */
  lostRows(
    limit: number,
    after: readonly [table: string, ordinal: number],
  ): Promise<(StagedRow & { ordinal: number })[]> {
    return this.session.query(
      `select table_name, ordinal, key, raw, row_hash, repeats from incoming
       where workflow is null and not table_name = any ($1) and (table_name, ordinal) > ($2, $3) order by table_name, ordinal limit $4`,
      [[...referenceTables], ...after, limit],
    );
  }

  /** Rows that lie with the reference data although their workflow is known now. */
  async strays(): Promise<Set<string>> {
    const rows = await this.session.query<{ name: string }>(
      `select s.table_name || ':' || s.source_key as name from legacy.source_row s join incoming i on i.table_name = s.table_name and i.key = s.source_key
       where s.stream_id = $1 and i.workflow is not null and i.table_name <> 'cycle_reports'`,
      [REFERENCE_STREAM],
    );
    return new Set(rows.map(({ name }) => name));
  }

  async count(): Promise<number> {
    const [row] = await this.session.query<{ count: number }>('select count(*)::int from incoming');
    return row!.count;
  }
}

/** The key that a row has in its table; without one of its own it goes by its place there. */
export function keyOf(row: SourceRow, ordinal: number): string {
  const columns = legacyTable.get(row.table)?.key ?? [];
  const isKeyed = columns.length > 0 && !row.unreadable && columns.every((column) => row.has(column));
  return isKeyed ? columns.map((column) => String(row.values[column])).join(',') : `#${ordinal}`;
}

/** A source's rows by the keys that they are known by here. */
export async function* recordsOf(source: Source): AsyncGenerator<{ table: string; key: string; raw: string }> {
  for (const table of source.tables) {
    const seen = new Map<string, number>();
    let ordinal = 0;
    for await (const raw of source.rows(table)) {
      const key = keyOf(new SourceRow(table, '', raw, ''), ++ordinal);
      const times = (seen.get(key) ?? 0) + 1;
      seen.set(key, times);
      yield { table, key: times === 1 ? key : `${key}#${times}`, raw };
    }
  }
}

const referenceTables = new Set(['users', 'lobs', 'reports', 'test_cycles', 'cycle_reports']);
const isReference = (table: string): boolean => referenceTables.has(table) && table !== 'cycle_reports';

const workflowOf = (key: string): LegacyWorkflow => {
  const [cycle, report] = key.split(':').map(Number);
  return { cycle: cycle!, report: report! };
};
