/** What planners know about a workflow, and the rows that all versions have. */
import { v5 as uuidv5 } from 'uuid';
import { contentOf, versionHash } from '../../versioning/content';
import { positions, unfitness, type Position } from '../../versioning/fitness';
import type { JsonObject, Viewer } from '../../versioning/model';
import type { PhaseDeclaration } from '../../versioning/phase';
import { idOf, NOBODY, personId } from '../ids';
import type { SourceRow } from '../source-row';
import { columnsOf, filled, type NewRow, type Unit } from '../unit';

/** People by old id. Everybody asked for is remembered, because they must exist before they are named. */
export class People {
  readonly named = new Set<number>();
  /** What is known about them. */
  readonly #known = new Map<number, Pick<Viewer, 'name' | 'isActive' | 'roles'>>();

  /** @param byHand the userIds of people mapped by hand */
  constructor(private readonly byHand: ReadonlyMap<number, number> = new Map()) {}

  userId(legacyId: number): number {
    this.named.add(legacyId);
    return this.byHand.get(legacyId) ?? personId(legacyId);
  }

  isMapped(legacyId: number): boolean {
    return this.byHand.has(legacyId);
  }

  optional(legacyId: number | null): number | null {
    return legacyId === null ? null : this.userId(legacyId);
  }

  know(legacyId: number, person: Pick<Viewer, 'name' | 'isActive' | 'roles'>): void {
    this.#known.set(legacyId, person);
  }

  /** Marks a row that names a person for a position they cannot hold; they stay named. */
  noteUnfit(row: SourceRow | null, legacyId: number | null, position: Position, column: string): void {
    if (row === null || legacyId === null) return;
    const { title, takes } = positions[position];
    const unfit = unfitness(this.#known.get(legacyId), takes);
    if (unfit) row.note('UNFIT_PERSON', `The ${title} (${legacyId}) cannot act as one. ${unfit}`, column);
  }

  /** The first person named in these columns; if there is none, an unknown person, with a finding. */
  first(row: SourceRow, columns: readonly string[]): number {
    for (const column of columns) {
      const legacyId = row.person(column);
      if (legacyId !== null) return this.userId(legacyId);
    }
    row.note('NOBODY_NAMED', `None of ${columns.join(', ')} says who it was; taken as an unknown person.`);
    return this.userId(NOBODY);
  }
}

/** A workflow by its old cycle and report ids. */
export interface LegacyWorkflow {
  readonly cycle: number;
  readonly report: number;
}

export const workflowKey = ({ cycle, report }: LegacyWorkflow): string => `${cycle}:${report}`;

export const workflowIds = (workflow: LegacyWorkflow) => ({
  streamId: idOf('workflow', workflowKey(workflow)),
  cycleId: idOf('cycle', workflow.cycle),
  reportId: idOf('report', workflow.report),
});

/** The rows of one phase of one workflow, and the context for planning. */
export interface PhaseSource {
  readonly workflow: LegacyWorkflow;
  readonly phase: PhaseDeclaration;
  readonly people: People;
  /** The old id of the workflow's report owner, if known. */
  readonly reportOwner: number | null;
  /** When the workflow began, for rows without a time of their own. */
  readonly beganAt: string;
  readonly rows: readonly SourceRow[];
}

export type PhasePlanner = (source: PhaseSource) => Unit[];

export const rowsOf = ({ rows }: PhaseSource, table: string): SourceRow[] => rows.filter((row) => row.table === table);

/** The record of a fully versioned phase; its id is the same as the product derives. */
export const recordOf = ({ workflow, phase }: PhaseSource): string => uuidv5(phase.key, workflowIds(workflow).streamId);

export interface VersionFacts {
  readonly versionId: string;
  readonly masterRecordId: string;
  readonly number: number;
  readonly status: string;
  readonly parentId: string | null;
  readonly baseId: string | null;
  readonly createdAt: string;
  readonly createdBy: number;
  readonly submittedAt?: string | null;
  readonly submittedBy?: number | null;
  readonly reviewedAt?: string | null;
  readonly reviewedBy?: number | null;
  readonly notes?: string | null;
  readonly inForceFrom?: string | null;
  readonly inForceTo?: string | null;
}

/** A version's row and its phase's own. */
export function versionRows(
  source: PhaseSource,
  facts: VersionFacts,
  content: JsonObject,
  itemHashes: Iterable<readonly [itemKey: string, hash: string]> = [],
): [table: string, rows: NewRow[]][] {
  const { phase } = source;
  const { streamId, cycleId, reportId } = workflowIds(source.workflow);
  const fields = phase.version.fields;
  const columns = columnsOf(fields, content);
  const header: NewRow = {
    version_id: facts.versionId,
    stream_id: streamId,
    master_record_id: facts.masterRecordId,
    cycle_id: cycleId,
    report_id: reportId,
    phase: phase.key,
    versioning_type: phase.versioning,
    version_number: facts.number,
    status: facts.status,
    parent_version_id: facts.parentId,
    base_version_id: facts.baseId,
    created_at: facts.createdAt,
    created_by: facts.createdBy,
    submitted_at: facts.submittedAt ?? null,
    submitted_by: facts.submittedBy ?? null,
    reviewed_at: facts.reviewedAt ?? null,
    reviewed_by: facts.reviewedBy ?? null,
    approval_required: phase.versioning === 'FULL',
    approval_notes: facts.notes ?? null,
    effective_from: facts.inForceFrom ?? null,
    effective_to: facts.inForceTo ?? null,
    revision: 1,
    content_hash: versionHash(contentOf(fields, filled(fields, content)), itemHashes),
    is_deleted: false,
    deleted_at: null,
    deleted_by: null,
  };
  return [
    ['phase_version', [header]],
    [phase.version.table, [{ version_id: facts.versionId, stream_id: streamId, ...columns }]],
  ];
}

/** The earlier or later of two instants. */
export const earlier = (a: string, b: string): string => (a < b ? a : b);
export const later = (a: string, b: string): string => (a > b ? a : b);

export const millisecondAfter = (instant: string, by = 1): string =>
  new Date(new Date(instant).getTime() + by).toISOString();
