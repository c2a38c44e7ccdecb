import { v7 as uuidv7 } from 'uuid';
import type { Tx } from '../database/connection/database';
import { assignmentIn } from '../database/versions/facts';
import { insertMetrics, metricUnits, phaseMetrics } from '../database/figures/metrics';
import { visibleWorkflowIds } from '../database/register/people';
import { badInput, DomainError, notFound } from '../versioning/errors';
import { canSeeWorkflow, seesAllWorkflows } from '../versioning/seeing';
import type { Viewer } from '../versioning/model';
import { actsNowhere } from '../versioning/roles';
import { activePerson } from './active-person';
import { openCommit, sealCommit, type Caller } from './commit';

export interface RefreshMetrics {
  readonly cycleId?: string | null;
  readonly reportId?: string | null;
  readonly periodStart?: Date | null;
  readonly periodEnd?: Date | null;
}

/**
 * Calculates the figures of the workflows that the caller may see, and stores them, one commit per workflow.
 * @returns the number of stored figures
 */
export async function refreshMetrics(
  caller: Caller,
  { cycleId = null, reportId = null, periodStart = null, periodEnd = null }: RefreshMetrics,
): Promise<number> {
  const { db } = caller;
  if (periodStart && periodEnd && periodEnd <= periodStart)
    throw badInput('A period ends after it starts. Give a later `periodEnd`, or leave one of them out.');
  requireWriter(caller.viewer);
  const { userId } = caller.viewer;
  const workflowIds = await visibleWorkflowIds(db, userId, seesAllWorkflows(caller.viewer), { cycleId, reportId });
  if (cycleId && reportId && workflowIds.length === 0)
    throw notFound(`The workflow of report ${reportId} in cycle ${cycleId}`);
  let kept = 0;
  for (const streamId of workflowIds)
    kept += await unlessNothing(async () => {
      const { figures, sequence } = await db.writeTo(streamId, (tx) => keep(tx, streamId));
      caller.noteCommit?.(streamId, sequence);
      return figures;
    });
  return kept;

  async function keep(tx: Tx, streamId: string): Promise<{ figures: number; sequence: number }> {
    const now = await openCommit(tx, caller, 'refreshMetrics', streamId);
    const viewer = await activePerson(tx, userId);
    requireWriter(viewer);
    if (!canSeeWorkflow(viewer, await assignmentIn(tx, streamId, viewer))) throw new Nothing();
    const figures = await phaseMetrics(tx, [streamId], { start: periodStart, end: periodEnd });
    const rows = figures.flatMap((figure) =>
      (Object.keys(metricUnits) as (keyof typeof metricUnits)[]).flatMap((metricType) => {
        const metricValue = figure[metricType];
        if (metricValue === null) return [];
        return [
          {
            metricId: uuidv7(),
            streamId,
            phase: figure.phase,
            metricType,
            metricValue,
            metricMetadata: { unit: metricUnits[metricType] },
            calculatedAt: now,
            periodStart,
            periodEnd,
          },
        ];
      }),
    );
    if (rows.length === 0) throw new Nothing();
    insertMetrics(tx, rows);
    const { sequence } = await sealCommit(tx, streamId);
    return { figures: rows.length, sequence };
  }
}

function requireWriter(viewer: Viewer): void {
  if (actsNowhere(viewer))
    throw new DomainError('FORBIDDEN', 'Administrators and auditors write nothing here. Read the figures (metrics).');
}

/** Rolls the commit back for a workflow without figures: nothing has happened there, or the caller may no longer see it. */
class Nothing extends Error {}

const unlessNothing = (work: () => Promise<number>): Promise<number> =>
  work().catch((error: unknown) => {
    if (error instanceof Nothing) return 0;
    throw error;
  });
