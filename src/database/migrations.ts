/** The migrations of this product, and what a database needs after them. */
import path from 'node:path';
import * as migrations from '../../packages/prisma-migrations';
import { projectRoot } from '../env';
import { NAME_OPERATOR, operator } from './operator';
import { prepareDatabaseSql } from './roles';
import { analyzeDatabase } from './statistics';

const project: migrations.Project = {
  folder: path.join(projectRoot, 'prisma'),
  prepareDatabaseSql,
  onConnect: { text: NAME_OPERATOR, values: [operator()] },
};

export const migrationStatus = (ownerUrl: string): Promise<migrations.MigrationStatus> =>
  migrations.migrationStatus(ownerUrl, project);

export const migrationDrift = (ownerUrl: string): Promise<migrations.MigrationDrift> =>
  migrations.migrationDrift(ownerUrl, project);

export const createMigration = (ownerUrl: string, name: string, options: { empty?: boolean }): Promise<string | null> =>
  migrations.createMigration(ownerUrl, name, project, options);

/** Applies what is pending, and returns the names. */
export async function deployMigrations(ownerUrl: string): Promise<string[]> {
  const applied = await migrations.deployMigrations(ownerUrl, project);
  if (applied.length > 0) await analyzeDatabase(ownerUrl);
  return applied;
}
