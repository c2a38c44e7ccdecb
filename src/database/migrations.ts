/** The migrations of this product, and what a database needs after them. */
import path from 'node:path';
import { withClient } from '../../packages/pg-client';
import * as migrations from '../../packages/prisma-migrations';
import { projectRoot } from '../env';
import { extensions } from '../extensions';
import { phases } from '../phases';
import type { PhaseDeclaration } from '../versioning/phase';
import { NAME_OPERATOR, operator } from './operator';
import { writePolicies } from './phase-policies';
import { prepareDatabaseSql } from './roles';
import { analyzeDatabase } from './statistics';

/** The tables that are a phase's own. */
const tablesOf = (phase: PhaseDeclaration): string[] =>
  phase.versioning === 'FULL' ? [phase.version.table, phase.item.table] : [phase.version.table];

/** What new tables of phases need beside what Prisma can say: capture, freeze and rights. */
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

/** @param folder where the schema files and the migrations are, if not in the product's own */
export const createMigration = (
  ownerUrl: string,
  name: string,
  options: { empty?: boolean },
  folder?: string,
): Promise<string | null> => migrations.createMigration(ownerUrl, name, projectIn(folder), options);

/** Makes what follows from tables that are there, where it is not as it must be: the views of the past, and those of extensions. */
const makeViews = (ownerUrl: string, report: (progress: string) => void): Promise<void> =>
  withClient(ownerUrl, async (client) => {
    // Who reads the past meanwhile is not held up behind it.
    await migrations.runScript(client, 'select past.make_views()', migrations.PATIENCE, report);
    for (const { deploy } of extensions)
      for (const { text, values = [] } of deploy) await client.query({ text, values });
  });

/**
 * Applies what is pending, and returns the names. What follows from declarations may have changed without a migration.
 * @param report is told how far it is
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
