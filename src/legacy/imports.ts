/** The origins of versions that were taken over. */
import type { Db } from '../database/connection/database';
import type { Finding } from './source-row';

export interface VersionImport {
  readonly versionId: string;
  readonly importedAt: Date;
  readonly occurredAt: Date | null;
  readonly sourceTable: string | null;
  readonly sourceKey: string | null;
  readonly importId: number | null;
  readonly findings: readonly Finding[];
}

/** The imports that brought versions; versions made here have none. */
export const importsOfVersions = (db: Db, versionIds: readonly string[]): Promise<VersionImport[]> =>
  db.query<VersionImport>(
    `select distinct on (i.version_id) i.version_id, i.imported_at, i.occurred_at, i.source_table, i.source_key, i.import_id, i.findings
     from version_import i where i.version_id = any($1::uuid[]) order by i.version_id, i.imported_at desc`,
    [versionIds],
  );
