/** The progress of each phase of each workflow. */
import type { Db } from '../database/connection/database';
import { phases } from '../phases';

export type PhaseStatus = 'not started' | 'imported' | 'verified' | 'live' | 'rolled back';

export interface ImportSummary {
  readonly importId: number;
  readonly source: string;
  readonly startedAt: Date;
  readonly lastCommand: string | null;
  readonly lastFinishedAt: Date | null;
}

export interface WorkflowStatus {
  readonly workflow: string;
  readonly phases: readonly {
    readonly phase: string;
    readonly title: string;
    readonly status: PhaseStatus;
    readonly importId: number | null;
  }[];
}

export interface LegacyStatus {
  readonly imports: readonly ImportSummary[];
  readonly workflows: readonly WorkflowStatus[];
}

const words: Readonly<Record<string, PhaseStatus>> = {
  IMPORTED: 'imported',
  VERIFIED: 'verified',
  ROLLED_BACK: 'rolled back',
};

export async function statusOf(db: Db): Promise<LegacyStatus> {
  const imports = await db.query<ImportSummary>(
    `select i.import_id, i.source, i.started_at, r.command as last_command, r.finished_at as last_finished_at
     from legacy.import i left join lateral (select * from legacy.run r where r.import_id = i.import_id order by run_id desc limit 1) r on true order by 1`,
  );
  const rows = await db.query<{
    streamId: string;
    workflow: string;
    phase: string;
    state: string | null;
    importId: number | null;
    isLive: boolean;
  }>(
    `select w.workflow_id as stream_id, r.number || ' ' || r.name || ' · ' || c.name as workflow, p.phase::text, s.state::text, s.import_id,
       legacy.is_live(w.workflow_id, p.phase) as is_live
     from workflows w join reports r using (report_id) join cycles c using (cycle_id) cross join unnest(enum_range(null::"Phase")) p(phase)
     left join legacy.imported_phase s on s.workflow_id = w.workflow_id and s.phase = p.phase
     where exists (select from legacy.id_map m where m.kind = 'workflow' and m.new_id = w.workflow_id::text)
     order by c.name, r.number, w.workflow_id, p.phase`,
  );
  const workflows = new Map<string, WorkflowStatus & { phases: WorkflowStatus['phases'][number][] }>();
  for (const { streamId, workflow, phase, state, importId, isLive } of rows) {
    const one = workflows.get(streamId) ?? { workflow, phases: [] };
    workflows.set(streamId, one);
    const status = isLive ? 'live' : state === null ? 'not started' : words[state]!;
    one.phases.push({ phase, title: phases.find(({ key }) => key === phase)!.title, status, importId });
  }
  return { imports, workflows: [...workflows.values()] };
}
