/** What an import writes, written by hand: commits that say what an old system recorded. */
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { insertRows, rawVersion, REFERENCE, transaction } from '../support/log';
import { ada, dan, olga, workflow, type World } from '../support/world';
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

/** Takes an assignment over in which something was untidy: wherever a text of the old system can be, it is this one. */
export async function importUntidyAssignment(world: World, place: Place, text: string): Promise<void> {
  const at = '2025-01-05T09:00:00Z';
  const version = {
    ...rawVersion({ version_number: 1, status: 'RECORDED', created_at: at, effective_from: at }, place),
    phase: 'DATA_OWNER_ID',
    versioning_type: 'AUDIT_ONLY',
    master_record_id: randomUUID(),
    approval_required: false,
  };
  const { version_id, stream_id } = version as unknown as Record<string, string>;
  await world.sql('owner', `insert into legacy.import (import_id, source) values (1, 'a folder')`);
  await importCommit(
    world,
    place.workflowId,
    async (client) => {
      await insertRows(client, 'phase_version', [version]);
      await insertRows(client, 'data_owner_assignments', [
        {
          version_id,
          stream_id,
          data_owner_id: dan,
          assignment_type: `OLD ${text}`,
          assignment_status: 'ACTIVE',
          valid_from: at,
        },
      ]);
      await insertRows(client, 'legacy.source_row', [
        {
          table_name: 'assignments',
          source_key: '1',
          stream_id,
          import_id: 1,
          phase: version.phase,
          row: {},
          row_hash: '',
          fate: 'IMPORTED',
          target_table: 'phase_version',
          target_id: version_id,
          mapped: {},
          findings: [{ code: text, message: text, column: text }],
        },
      ]);
    },
    { actor: ada, occurredAt: at },
  );
}
