/** The product's migrations, and the steps that a database needs after them. */
import path from 'node:path';
import { withClient } from '../../../packages/pg-client';
import * as migrations from '../../../packages/prisma-migrations';
import { projectRoot } from '../../env';
import { extensions } from '../../extensions';
import { phases } from '../../phases';
import type { PhaseDeclaration } from '../../versioning/phase';
import { NAME_OPERATOR, operator } from './operator';
import { writePolicies } from './phase-policies';
import { prepareDatabaseSql } from './roles';
import { analyzeDatabase } from './statistics';

/** The tables that belong to one phase. */
const tablesOf = (phase: PhaseDeclaration): string[] =>
  phase.versioning === 'FULL' ? [phase.version.table, phase.item.table] : [phase.version.table];

/** What new phase tables need beyond what Prisma can express: capture, the content freeze and grants. */
const attaching = (sql: string): string =>
  phases
    .flatMap(tablesOf)
    .filter((table) => sql.includes(`CREATE TABLE "${table}"`))
    .map(
      (table) =>
        `\n-- A phase's own table is captured, and frozen with its version.\nselect log.phase_table('${table}');\n`,
    )
    .join('');

const project: migrations.Project = {
  folder: path.join(projectRoot, 'prisma'),
  prepareDatabaseSql,
  onConnect: { text: NAME_OPERATOR, values: [operator()] },
  complete: (sql) => sql + attaching(sql),
};
const projectIn = (folder = project.folder): migrations.Project => ({ ...project, folder });

export const migrationStatus = (ownerUrl: string): Promise<migrations.MigrationStatus> =>
  migrations.migrationStatus(ownerUrl, project);

export const migrationDrift = (ownerUrl: string): Promise<migrations.MigrationDrift> =>
  migrations.migrationDrift(ownerUrl, project);

/** @param folder the folder of the schema files and migrations, if not the product's own */
export const createMigration = (
  ownerUrl: string,
  name: string,
  options: { empty?: boolean },
  folder?: string,
): Promise<string | null> => migrations.createMigration(ownerUrl, name, projectIn(folder), options);

/** Creates or updates the objects derived from existing tables: the views of the past, and those of extensions. */
const makeViews = (ownerUrl: string, report: (progress: string) => void): Promise<void> =>
  withClient(ownerUrl, async (client) => {
    // Waits for locks with a time limit and retries, so that readers of the past do not queue up behind it.
    await migrations.runScript(client, 'select past.make_views()', migrations.PATIENCE, report);
    for (const { deploy } of extensions)
      for (const { text, values = [] } of deploy) await client.query({ text, values });
  });

/**
 * Applies the pending migrations and returns their names. It also updates what is derived from declarations, which can change without a
 * migration.
 * @param report is called with the progress
 */
export async function deployMigrations(
  ownerUrl: string,
  folder?: string,
  report: (progress: string) => void = () => {},
): Promise<string[]> {
  const applied = await migrations.deployMigrations(ownerUrl, { ...projectIn(folder), report });
  await makeViews(ownerUrl, report);
  await writePolicies(ownerUrl);
  if (applied.length > 0) await analyzeDatabase(ownerUrl);
  return applied;
}
