/**
 * Stages the rows of a source in the importer's session, with their hashes, workflows and phases. Rows that earlier runs imported and that
 * the source no longer has, or does not have this time, are added, because planning needs complete phases.
 */
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { REFERENCE_STREAM } from '../database/register/people';
import { workflowKey, type LegacyWorkflow } from './plan/workflow';
import { phaseOfTable } from './plan/index';
import { phaseNamed } from './phase-names';
import type { Source } from './source';
import type { OwnerSession } from './session';
import { SourceRow } from './source-row';
import type { StagedRow } from './staged-row';
import { legacyTable, legacyTables } from './tables';

const BATCH = 500;
/** The first ordinal of rows that are not from the source. */
const FIRST_BESIDE = 1_000_000_000;

/** A row that belongs to a row of another table is of that row's workflow, whatever phase it names. */
const parents: Readonly<Record<string, readonly [column: string, table: string]>> = {
  cycle_report_sample_selection_samples: ['version_id', 'cycle_report_sample_selection_versions'],
  cycle_report_test_cases_evidence: ['test_case_id', 'cycle_report_test_cases'],
  cycle_report_test_cases_document_submissions: ['test_case_id', 'cycle_report_test_cases'],
  cycle_report_test_execution_reviews: ['execution_id', 'cycle_report_test_execution_results'],
  cycle_report_test_execution_audit: ['execution_id', 'cycle_report_test_execution_results'],
  cycle_report_planning_pde_mappings: ['attribute_id', 'cycle_report_planning_attributes'],
  cycle_report_request_info_testcase_source_evidence: ['test_case_id', 'cycle_report_test_cases'],
  cycle_report_request_info_tester_decisions: ['test_case_id', 'cycle_report_test_cases'],
  cycle_report_rfi_query_validations: ['test_case_id', 'cycle_report_test_cases'],
  universal_assignment_history: ['assignment_id', 'universal_assignments'],
  universal_assignment_histories: ['assignment_id', 'universal_assignments'],
};

/** Tables whose rows name their phase themselves. */
const namesPhase = new Set(['workflow_phases', 'activity_states']);

interface Incoming {
  readonly table: string;
  readonly ordinal: number;
  readonly key: string;
  readonly raw: string;
  readonly workflow: string | null;
  readonly phase: string | null;
  readonly parent: string | null;
  readonly is_readable: boolean;
}

/** A phase of a workflow; null for rows outside all phases. */
export interface StagedPhase {
  readonly workflow: LegacyWorkflow;
  readonly phase: string | null;
}

export class Staging {
  readonly #workflows = new Map<number, string>();

  /** @param mayMove whether placed rows may move to another workflow: only if both are part of the run */
  constructor(
    private readonly session: OwnerSession,
    private readonly mayMove: boolean,
  ) {}

  /** Reads the whole source; calls back after each table. */
  async fill(source: Source, onTable: () => void): Promise<void> {
    await this.session.query(
      `create temp table if not exists incoming (table_name text not null, ordinal int not null, key text not null, raw text not null,
         row_hash text not null, workflow text, phase text, parent text, repeats text, own text,
         is_readable boolean not null, is_id_taken boolean not null default false)`,
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

  /** Phases known from earlier runs, since a source may contain changes only. */
  async #knowWorkflows(): Promise<void> {
    const known = await this.session.query<{ phaseId: number; workflow: string }>(
      `select (s.row ->> 'phase_id')::int as phase_id, w.legacy_id as workflow
       from legacy.source_row s join legacy.id_map w on w.kind = 'workflow' and w.new_id = s.stream_id::text
       where s.table_name = 'workflow_phases' and s.fate <> 'QUARANTINED'`,
    );
    for (const { phaseId, workflow } of known) this.#workflows.set(phaseId, workflow);
  }

  #incoming(table: string, ordinal: number, raw: string): Incoming {
    const row = new SourceRow(table, '', raw, '');
    const { cells } = row;
    const whole = (column: string) => (Number.isInteger(cells[column]) ? (cells[column] as number) : null);
    const context = table === 'universal_assignments' ? row.object('context_data') : null;
    const [cycle, report] = (['cycle_id', 'report_id'] as const).map(
      (column) => whole(column) ?? (Number.isInteger(context?.[column]) ? (context![column] as number) : null),
    ) as [number | null, number | null];
    const ownWorkflow = cycle === null || report === null ? null : workflowKey({ cycle, report });
    const phaseId = whole('phase_id') ?? (Number.isInteger(context?.phase_id) ? (context!.phase_id as number) : null);
    if (table === 'workflow_phases' && phaseId !== null && ownWorkflow !== null && !row.unreadable)
      this.#workflows.set(phaseId, ownWorkflow);
    const [parentColumn] = parents[table] ?? [];
    return {
      table,
      ordinal,
      raw,
      is_readable: row.unreadable === null,
      key: keyOf(row),
      workflow: isReference(table)
        ? null
        : ((phaseId === null ? undefined : this.#workflows.get(phaseId)) ?? ownWorkflow),
      phase: namesPhase.has(table) ? (phaseNamed(row.text('phase_name') ?? '') ?? null) : (phaseOfTable[table] ?? null),
      parent: parentColumn === undefined ? null : row.keyCell(parentColumn),
    };
  }

  async #add(rows: readonly Incoming[]): Promise<void> {
    if (rows.length === 0) return;
    await this.session.query(
      `insert into incoming (table_name, ordinal, key, raw, row_hash, own, workflow, phase, parent, is_readable)
       select r."table", r.ordinal, r.key, r.raw, legacy.hash_of(legacy.as_json(r.raw)), r.workflow, r.workflow, r.phase, r.parent, r.is_readable
       from jsonb_to_recordset($1) as r("table" text, ordinal int, key text, raw text, workflow text, phase text, parent text, is_readable boolean)`,
      [JSON.stringify(rows)],
    );
  }

  /** Resolves what needs all rows: repeated keys, workflows through other rows, rows of earlier runs. */
  async #settle(): Promise<void> {
    const { session } = this;
    await session.query(
      `update incoming i set key = i.key || '#' || n.n, repeats = i.key from (
         select table_name, ordinal, row_number() over (partition by table_name, key order by ordinal) as n from incoming) n
       where n.table_name = i.table_name and n.ordinal = i.ordinal and n.n > 1`,
    );
    await session.query('create index if not exists incoming_key on incoming (table_name, key)');
    await this.#layBeside();
    await session.query(TAKE_IDS, [withVersionIds]);
    await session.query(FORGET_PHANTOMS);
    await session.query(STAY);
    await session.query(FIND_FAMILIES, [families, this.mayMove]);
    await session.query('create index if not exists incoming_place on incoming (workflow, phase)');
    await session.query('analyze incoming');
  }

  /** Adds rows of earlier runs that the source does not have. */
  async #layBeside(): Promise<void> {
    for (let ordinal = FIRST_BESIDE; ;) {
      const rows = await this.session.query<{ table: string; key: string; raw: string }>(
        `select s.table_name as "table", s.source_key as key, coalesce(q.row, s.row::text) as raw
         from legacy.source_row s left join legacy.quarantine q using (table_name, source_key)
         where s.source_key !~ '[@#]' and not exists (select from incoming i where i.table_name = s.table_name and i.key = s.source_key)
         order by 1, 2 limit $1`,
        [BATCH],
      );
      if (rows.length === 0) return;
      await this.#add(rows.map(({ table, key, raw }) => ({ ...this.#incoming(table, ordinal++, raw), key })));
    }
  }

  /** The workflows and phases that rows mention, in a fixed order. */
  async phases(): Promise<StagedPhase[]> {
    const rows = await this.session.query<{ workflow: string; phase: string | null }>(
      `select distinct workflow, phase from incoming where workflow is not null and table_name <> 'cycle_reports'`,
    );
    return rows.map(({ workflow, phase }) => ({ workflow: workflowOf(workflow), phase }));
  }

  rowsOf({ workflow, phase }: StagedPhase): Promise<StagedRow[]> {
    return this.session.query(
      `select table_name, key, raw, row_hash, repeats, ${ELSEWHERE} from incoming
       where workflow = $1 and phase is not distinct from $2 and table_name <> 'cycle_reports' order by table_name, key collate "C"`,
      [workflowKey(workflow), phase],
    );
  }

  /** The rows of a reference table. */
  rowsOfTable(table: string): Promise<StagedRow[]> {
    return this.session.query(
      `select table_name, key, raw, row_hash, repeats, ${ELSEWHERE} from incoming where table_name = $1 order by key collate "C"`,
      [table],
    );
  }

  /** Rows without a known workflow. */
  lostRows(limit: number, after: readonly [table: string, key: string]): Promise<StagedRow[]> {
    return this.session.query(
      `select table_name, key, raw, row_hash, repeats, ${ELSEWHERE} from incoming
       where workflow is null and not table_name = any ($1) and (table_name collate "C", key collate "C") > ($2, $3)
       order by table_name collate "C", key collate "C" limit $4`,
      [[...referenceTables], ...after, limit],
    );
  }

  /** Rows stored elsewhere than where they belong now: those without a place or a workflow until now. */
  async strays(): Promise<Set<string>> {
    const rows = await this.session.query<{ name: string }>(
      `select s.table_name || ':' || s.source_key as name from legacy.source_row s join incoming i on i.table_name = s.table_name and i.key = s.source_key
       left join legacy.id_map w on w.kind = 'workflow' and w.legacy_id = i.workflow
       where i.table_name <> 'cycle_reports' and s.stream_id::text is distinct from case when i.workflow is null then $1 else w.new_id end`,
      [REFERENCE_STREAM],
    );
    return new Set(rows.map(({ name }) => name));
  }

  /** Phases that a row has left, because the row it belongs to is in another workflow now. */
  left(): Promise<{ streamId: string; phase: string }[]> {
    return this.session.query(
      `select distinct s.stream_id, s.phase from legacy.source_row s
       join incoming i on i.table_name = s.table_name and i.key = s.source_key
       join legacy.id_map here on here.kind = 'workflow' and here.new_id = s.stream_id::text
       where s.phase is not null and s.fate <> 'QUARANTINED' and i.workflow <> here.legacy_id`,
    );
  }

  async count(): Promise<number> {
    const [row] = await this.session.query<{ count: number }>('select count(*)::int from incoming');
    return row!.count;
  }
}

/**
 * The key of a row in its table. For a row without one, it is derived from the content, so that it is independent of its neighbours; in an
 * unknown table, it is the id.
 */
function keyOf(row: SourceRow): string {
  const key = (legacyTable.get(row.table)?.key ?? ['id']).map((column) => row.keyCell(column));
  if (key.every((cell) => cell !== null)) return key.join(',');
  const said = row.unreadable ? row.raw : canonicalize(row.cells)!;
  return `#${createHash('sha256').update(said).digest('hex').slice(0, 16)}`;
}

/** A source's rows with the keys that imports use. */
export async function* recordsOf(source: Source): AsyncGenerator<{ table: string; key: string; raw: string }> {
  for (const table of source.tables) {
    const seen = new Map<string, number>();
    for await (const raw of source.rows(table)) {
      const key = keyOf(new SourceRow(table, '', raw, ''));
      const times = (seen.get(key) ?? 0) + 1;
      seen.set(key, times);
      yield { table, key: times === 1 ? key : `${key}#${times}`, raw };
    }
  }
}

const families = JSON.stringify(
  Object.entries(parents).map(([child, [column, parent]]) => ({ child, column, parent })),
);
const FAMILIES = `jsonb_to_recordset($1) as f(child text, "column" text, parent text)`;

const ELSEWHERE = 'is_id_taken, case when own <> workflow then own end as elsewhere';

/** Tables whose ids become version ids. */
const withVersionIds = legacyTables.flatMap(({ name }) => (/_versions$/.test(name) ? [name] : []));

/** If several tables share an id, it goes to the row that has it already, or else to the first table. */
const TAKE_IDS = `
  update incoming i set is_id_taken = true from (
    select i.table_name, i.ordinal, row_number() over (partition by i.key order by s.target_id is null, array_position($1::text[], i.table_name)) as n
    from incoming i left join legacy.source_row s on s.table_name = i.table_name and s.source_key = i.key and s.target_id::text = i.key
    where i.table_name = any ($1) and i.repeats is null) o
  where o.n > 1 and o.table_name = i.table_name and o.ordinal = i.ordinal`;

/** Workflows exist only where the old system says so; a cycle id and a report id in any other row do not create one. */
const FORGET_PHANTOMS = `
  update incoming i set workflow = null, own = null
  where i.workflow is not null and not exists (select from legacy.id_map w where w.kind = 'workflow' and w.legacy_id = i.workflow)
    and i.workflow not in (
      select w.workflow from incoming w where w.workflow is not null and w.table_name in ('cycle_reports', 'workflow_phases') and w.is_readable)`;

/** A placed row stays in its workflow, whatever workflow its phase belongs to later. */
const STAY = `
  update incoming i set workflow = w.legacy_id
  from legacy.source_row s join legacy.id_map w on w.kind = 'workflow' and w.new_id = s.stream_id::text
  where s.table_name = i.table_name and s.source_key = i.key and s.fate <> 'QUARANTINED' and i.workflow is distinct from w.legacy_id`;

/**
 * Rows that belong to a row are of its workflow. If that row is missing, they share one workflow: the one where some of them were placed,
 * or the first that one of them names. In a live phase, nothing moves any more.
 */
const FIND_FAMILIES = `
  with family as (
    select c.table_name, c.key, s.fate, s.stream_id, s.phase, coalesce(p.workflow, first_value(c.workflow)
      over (partition by f.parent, c.parent order by s.fate = 'QUARANTINED' nulls last, c.workflow is null, c.workflow)) as workflow
    from ${FAMILIES}
    join incoming c on c.table_name = f.child
    left join incoming p on p.table_name = f.parent and p.key = c.parent
    left join legacy.source_row s on s.table_name = c.table_name and s.source_key = c.key
    where c.parent is not null)
  update incoming i set workflow = f.workflow
  from family f where f.table_name = i.table_name and f.key = i.key and i.workflow is distinct from f.workflow
    and case when coalesce(f.fate, 'QUARANTINED') = 'QUARANTINED' then true else $2::boolean and not legacy.is_live(f.stream_id, f.phase) end`;

const referenceTables = new Set(['users', 'lobs', 'reports', 'test_cycles', 'cycle_reports']);
const isReference = (table: string): boolean => referenceTables.has(table) && table !== 'cycle_reports';

const workflowOf = (key: string): LegacyWorkflow => {
  const [cycle, report] = key.split(':').map(Number);
  return { cycle: cycle!, report: report! };
};
