/** The migrations of this product, and what a database needs after them. */
import path from 'node:path';
import * as migrations from '../../packages/prisma-migrations';
import { projectRoot } from '../env';
import { phases } from '../phases';
import type { PhaseDeclaration } from '../versioning/phase';
import { NAME_OPERATOR, operator } from './operator';
import { writePolicies } from './phase-policies';
import { prepareDatabaseSql } from './roles';
import { analyzeDatabase } from './statistics';

/** The tables that are a phase's own. */
const tablesOf = (phase: PhaseDeclaration): string[] =>
  phase.versioning === 'FULL' ? [phase.version.table, phase.item.table] : [phase.version.table];

/** What new tables of phases need beside what Prisma can say: capture, freeze, rights, and their past. */
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

/** Applies what is pending, and returns the names. What the phases declare may have changed without a migration. */
export async function deployMigrations(ownerUrl: string, folder?: string): Promise<string[]> {
  const applied = await migrations.deployMigrations(ownerUrl, projectIn(folder));
  await writePolicies(ownerUrl);
  if (applied.length > 0) await analyzeDatabase(ownerUrl);
  return applied;
}
