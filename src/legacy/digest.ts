/**
 * One hash over everything that imports brought, independent of when and in how many steps: databases with the same hash have taken over
 * the same data.
 */
import type { Db } from '../database/connection/database';
import { phases } from '../phases';

/** What a row contains, without what differs between imports. */
const parts = (): string[] => {
  const own = phases.flatMap((phase) => [phase.version.table, ...('item' in phase ? [phase.item.table] : [])]);
  const ofVersions = ['phase_version', 'item_decision', 'version_editor', ...own];
  return [
    ...['source_row', 'quarantine', 'id_map'].map(
      (table) => `select '${table}', to_jsonb(t) - 'import_id' from legacy.${table} t`,
    ),
    ...['users', 'user_roles', 'lobs', 'cycles', 'reports', 'workflows', 'workflow_testers'].map(
      (table) => `select '${table}', to_jsonb(t) from public.${table} t`,
    ),
    ...ofVersions.map(
      (table) =>
        `select '${table}', to_jsonb(t) - 'revision' from public.${table} t where exists (select from legacy.imported_phase p where p.workflow_id = t.stream_id)`,
    ),
  ];
};

export async function digestOf(db: Db): Promise<string> {
  const [row] = await db.query<{ digest: string }>(
    `select encode(sha256(convert_to(coalesce(string_agg(hash, '' order by hash), ''), 'UTF8')), 'hex') as digest
     from (select encode(sha256(convert_to(name || row::text, 'UTF8')), 'hex') as hash from (${parts().join(' union all ')}) r(name, row)) h`,
  );
  return row!.digest;
}
