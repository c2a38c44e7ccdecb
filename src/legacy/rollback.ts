/** Rollback: removes one phase of an import again, unless somebody has worked on it since. */
import { phaseOf } from '../phases';
import type { OwnerSession } from './session';
import { removePhase } from './remove-phase';

/** Work done here after the import that would be lost. */
export interface WorkSince {
  readonly report: string;
  readonly versionNumber: number;
  readonly versionId: string;
  readonly status: string;
  readonly operation: string;
  readonly origin: string;
  readonly actor: string | null;
  readonly committedAt: Date;
  readonly sequence: number;
}

export interface RolledBack {
  readonly workflows: number;
  readonly versions: number;
  readonly sourceRows: number;
}

/** Refused; nothing was changed. */
export class WorkWouldBeLost extends Error {
  constructor(readonly work: readonly WorkSince[]) {
    super('There has been work on the phase since it was imported; it is not taken back.');
  }
}

export async function rollBack(session: OwnerSession, phase: string, importId: number): Promise<RolledBack> {
  await session.lock();
  const streams = await session.query<{ streamId: string }>(
    `select workflow_id as stream_id from legacy.imported_phase where import_id = $1 and phase = $2::"Phase" and state <> 'ROLLED_BACK' order by 1`,
    [importId, phase],
  );
  if (streams.length === 0)
    throw new Error(
      `There is nothing of ${phaseOf(phase).title} to take back from import ${importId}. npm run legacy -- status shows what there is.`,
    );
  const ids = streams.map(({ streamId }) => streamId);
  const work = await workSince(session, ids, phase);
  if (work.length > 0) throw new WorkWouldBeLost(work);
  const done = { workflows: 0, versions: 0, sourceRows: 0 };
  for (const streamId of ids) {
    const { versions, sourceRows } = await rollBackOne(session, streamId, phase, importId);
    done.workflows++;
    done.versions += versions;
    done.sourceRows += sourceRows;
  }
  return done;
}

const workSince = (session: OwnerSession, streamIds: readonly string[], phase: string): Promise<WorkSince[]> =>
  session.query<WorkSince>(
    `select distinct r.number as report, v.version_number, v.version_id, v.status, c.operation, c.origin, u.name as actor, c.committed_at, c.sequence
     from phase_version v join log.row_change w on w.version_id = v.version_id
     join log.change_set c on c.stream_id = w.stream_id and c.sequence = w.sequence
     join reports r on r.report_id = v.report_id left join users u on u.user_id = c.actor_id
     where v.stream_id = any($1::uuid[]) and v.phase = $2::"Phase" and c.origin <> 'import' order by c.committed_at`,
    [streamIds, phase],
  );

/** Runs in one commit. People working in the workflow wait for it, or have come first, and then their work stays. */
function rollBackOne(session: OwnerSession, streamId: string, phase: string, importId: number) {
  const declaration = phaseOf(phase);
  return session.transaction(async () => {
    await session.query('select log.open_import($1, null, $2, $3, null)', [
      streamId,
      'legacy rollback',
      `${declaration.title} of import ${importId} is taken back.`,
    ]);
    const work = await workSince(session, [streamId], phase);
    if (work.length > 0) throw new WorkWouldBeLost(work);
    const taken = await removePhase(session, streamId, declaration);
    await session.query(
      `update legacy.imported_phase set state = 'ROLLED_BACK', changed_at = clock_timestamp() where workflow_id = $1 and phase = $2::"Phase"`,
      [streamId, phase],
    );
    return taken;
  });
}
