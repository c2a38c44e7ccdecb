/** What an import writes, written by hand: commits that say what an old system recorded. */
import type pg from 'pg';
import { insertRows, REFERENCE, transaction } from '../support/log';
import { olga, workflow, type World } from '../support/world';
import { lastCommit, pass, type Place } from './support';

/** Somebody whom only the old system knew. */
export const lena = 1_000_001;

export type Row = Record<string, unknown>;

/** One commit of an import; answers when it was made. */
export async function importCommit(
  world: World,
  streamId: string,
  write: (client: pg.Client) => Promise<unknown>,
  { actor = null, occurredAt = null }: { actor?: number | null; occurredAt?: string | null } = {},
): Promise<string> {
  await world.session('owner', (client) =>
    transaction(client, async () => {
      await client.query('select log.open_import($1, $2, $3, $4, $5)', [
        streamId,
        actor,
        'importVersion',
        'Taken over.',
        occurredAt,
      ]);
      await write(client);
    }),
  );
  const instant = await lastCommit(world, streamId);
  await pass(instant);
  return instant;
}

/** Brings a person whom nobody here knows, and maps Olga and the cycle to those that are here. */
export const importPeople = (world: World): Promise<string> =>
  importCommit(world, REFERENCE, async (client) => {
    await insertRows(client, 'users', [{ user_id: lena, name: 'Lena Legacy', is_active: false, stream_id: REFERENCE }]);
    await insertRows(client, 'user_roles', [{ user_id: lena, role: 'TESTER', stream_id: REFERENCE }]);
    await insertRows(client, 'legacy.id_map', [
      { kind: 'user', legacy_id: '1', new_id: String(lena), workflow_id: REFERENCE },
      { kind: 'user', legacy_id: '3', new_id: String(olga), workflow_id: REFERENCE },
      { kind: 'cycle', legacy_id: '1', new_id: workflow.cycleId, workflow_id: REFERENCE },
      { kind: 'report', legacy_id: '1', new_id: workflow.reportId, workflow_id: REFERENCE },
    ]);
  });

export const importWorkflow = (world: World, { cycleId, reportId, workflowId }: Place): Promise<string> =>
  importCommit(world, REFERENCE, async (client) => {
    await insertRows(client, 'reports', [
      { report_id: reportId, name: 'Old report', number: `OLD ${reportId}`, owner_id: olga, stream_id: REFERENCE },
    ]);
    await insertRows(client, 'workflows', [
      { workflow_id: workflowId, cycle_id: cycleId, report_id: reportId, report_owner_id: olga, stream_id: REFERENCE },
    ]);
    await insertRows(client, 'workflow_testers', [{ workflow_id: workflowId, user_id: lena, stream_id: REFERENCE }]);
  });
