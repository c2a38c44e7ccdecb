import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { DiffTarget, MigrationList } from '@prisma/schema-engine-wasm/schema_engine_bg';
import { withClient } from '../pg-client';
import { lockProblems } from './locks';
import { mannerOf } from './online';
import { ScriptError, withSchemaEngine, type SchemaFile, type Surroundings } from './engine';

const filters = { externalTables: [], externalEnums: [] };
const lockFile = { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' };

/** A folder with Prisma schema files and a folder `migrations`. */
export interface Project extends Surroundings {
  readonly folder: string;
  /** Edits the SQL that Prisma generates for a new migration, for things that its schema cannot express. */
  complete?(sql: string): string;
}

/** The migrations of a database, by name. */
export interface MigrationStatus {
  readonly applied: string[];
  readonly pending: string[];
  /** Started and not finished; deploying tries them again. */
  readonly failed: string[];
  /** Applied, and edited on disk since. */
  readonly edited: string[];
  /** Applied and not on disk: the database is newer than this code. */
  readonly unknown: string[];
}

/** Compares the applied migrations with those on disk. */
export async function migrationStatus(ownerUrl: string, { folder }: Project): Promise<MigrationStatus> {
  const onDisk = readMigrations(folder);
  const rows = await withClient(ownerUrl, async (client) => {
    const { rows: tables } = await client.query<{ there: boolean }>(
      `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS there`,
    );
    if (!tables[0]!.there) return [];
    const { rows } = await client.query<{ name: string; checksum: string; finished: boolean }>(
      `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
         FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at`,
    );
    return rows;
  });
  const inDatabase = new Map(rows.map((row) => [row.name, row]));
  const having = (test: (row: (typeof rows)[number] | undefined, sql: string) => boolean | undefined) =>
    onDisk.filter(({ name, sql }) => test(inDatabase.get(name), sql)).map(({ name }) => name);
  return {
    applied: having((row) => row?.finished),
    pending: having((row) => !row),
    failed: having((row) => row && !row.finished),
    edited: having((row, sql) => row?.finished && row.checksum !== createHash('sha256').update(sql).digest('hex')),
    unknown: rows.map(({ name }) => name).filter((name) => !onDisk.some((migration) => migration.name === name)),
  };
}

/**
 * Applies the pending migrations and returns their names. A failed migration is tried again: a script is either one transaction, which left
 * nothing behind, or declares otherwise and can be repeated. On a database with data, statements that would block users are refused.
 */
export async function deployMigrations(ownerUrl: string, project: Project): Promise<string[]> {
  const { applied, pending, failed, unknown } = await migrationStatus(ownerUrl, project);
  if (unknown.length > 0) {
    throw new Error(`The database is newer than this release: it has ${unknown.join(', ')}. Start the newer release.`);
  }
  // Loading the engine is the most expensive part of a usual start, so it is deferred until needed.
  if (pending.length + failed.length === 0) return [];
  if (applied.length > 0) refuseLocks(project, [...failed, ...pending]);
  return withSchemaEngine(ownerUrl, readSchema(project.folder), project, async (engine) => {
    for (const migrationName of failed) await engine.markMigrationRolledBack({ migrationName });
    const migrationsList = listOf(project.folder);
    const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList, filters });
    return appliedMigrationNames;
  }).catch(async (error: unknown) => {
    if (!(error instanceof ScriptError)) throw error;
    const [name] = (await migrationStatus(ownerUrl, project)).failed;
    const script = readMigrations(project.folder).find((migration) => migration.name === name)?.sql ?? '';
    const outcome =
      mannerOf(script) === 'transaction' ? 'and was rolled back' : 'after a part of it, which stays; it is tried again';
    throw new Error(`Migration ${name} failed ${outcome}:\n  ${error.message}`, { cause: error.cause });
  });
}

function refuseLocks({ folder }: Project, names: readonly string[]): void {
  const problems = readMigrations(folder)
    .filter(({ name }) => names.includes(name))
    .flatMap(({ name, sql }) => lockProblems(sql).map((problem) => `${name}: ${problem}`));
  if (problems.length > 0)
    throw new Error(
      `These would hold up whoever uses the database:\n  ${problems.join('\n  ')}\nNothing was done. Write them otherwise, or say \`-- migration: may lock, since …\` with a reason.`,
    );
}

/** The SQL for each difference; empty if there is none. */
export interface MigrationDrift {
  /** From all migrations to the schema files: the content of a new migration. */
  readonly migrations: string;
  /** From the live database to the schema files. */
  readonly database: string;
}

/** Compares the schema files with the migrations, in a scratch database that the owner must be able to create, and with the database. */
export async function migrationDrift(ownerUrl: string, project: Project): Promise<MigrationDrift> {
  const files = [...readSchema(project.folder)];
  return withSchemaEngine(ownerUrl, files, project, async (engine) => {
    const toSchema = async (from: DiffTarget) => {
      const to: DiffTarget = { tag: 'schemaDatamodel', files };
      const { exitCode, stdout } = await engine.diff({ from, to, script: true, exitCode: true, filters });
      return exitCode === 0 ? '' : (stdout ?? '');
    };
    return {
      migrations: await toSchema({ tag: 'migrations', ...listOf(project.folder) }),
      database: await toSchema({ tag: 'schemaDatasource', files, configDir: path.dirname(project.folder) }),
    };
  });
}

/** Writes a migration for the difference between migrations and schema files, and returns its folder; null if there is none. */
export async function createMigration(
  ownerUrl: string,
  name: string,
  project: Project,
  { empty = false }: { empty?: boolean } = {},
): Promise<string | null> {
  const sql = empty ? '-- Write the migration here.\n' : (await migrationDrift(ownerUrl, project)).migrations;
  if (!sql) return null;
  const complete = project.complete?.(sql) ?? sql;
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');
  const migrations = path.join(project.folder, 'migrations');
  const folder = path.join(migrations, `${stamp}_${slug || 'change'}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'migration.sql'), complete);
  writeFileSync(path.join(migrations, lockFile.path), lockFile.content);
  return folder;
}

function readSchema(folder: string): SchemaFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.prisma'))
    .sort()
    .map((name) => path.join(folder, name))
    .map((file) => ({ path: file, content: readFileSync(file, 'utf8') }));
}

function readMigrations(folder: string): { name: string; sql: string }[] {
  const migrations = path.join(folder, 'migrations');
  if (!existsSync(migrations)) return [];
  return readdirSync(migrations)
    .sort()
    .map((name) => ({ name, file: path.join(migrations, name, 'migration.sql') }))
    .filter(({ file }) => existsSync(file))
    .map(({ name, file }) => ({ name, sql: readFileSync(file, 'utf8') }));
}

function listOf(folder: string): MigrationList {
  return {
    baseDir: path.join(folder, 'migrations'),
    shadowDbInitScript: '',
    lockfile: lockFile,
    migrationDirectories: readMigrations(folder).map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
    })),
  };
}
