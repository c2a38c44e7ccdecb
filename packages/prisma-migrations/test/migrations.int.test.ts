/** A small project of its own, from its first migration on, against a PostgreSQL of its own. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createMigration, deployMigrations, migrationDrift, migrationStatus } from '..';
import { openCluster, type Cluster } from '../../embedded-postgres';
import { withClient } from '../../pg-client';

const root = mkdtempSync(path.join(os.tmpdir(), 'prisma-migrations-'));
chmodSync(root, 0o755); // as root, PostgreSQL runs as another user, who has to pass through here
const project = { folder: path.join(root, 'prisma') };
const schema = (...fields: string[]) => {
  mkdirSync(project.folder, { recursive: true });
  const model = `model Thing {\n  id Int @id\n${fields.map((field) => `  ${field}\n`).join('')}}\n`;
  writeFileSync(path.join(project.folder, 'schema.prisma'), `datasource db {\n  provider = "postgresql"\n}\n${model}`);
};
const scriptOf = (migration: string) => path.join(project.folder, 'migrations', migration, 'migration.sql');
const nothing = { applied: [], pending: [], failed: [], edited: [], unknown: [] };

let cluster: Cluster;
let url: string;
beforeAll(async () => {
  const product = { title: 'A product', name: 'a-product', chooseFolder: '', chooseServer: '' };
  cluster = await openCluster(path.join(root, 'data'), { product, superuserPassword: 'a-password', volatile: true });
  url = cluster.superuserUrl('postgres');
});
afterAll(async () => {
  await cluster.close();
  rmSync(root, { recursive: true, force: true });
});

test('from a schema to migrations to a database, and what differs on the way', async () => {
  schema('name String');
  expect(await migrationStatus(url, project)).toEqual(nothing);
  const first = path.basename((await createMigration(url, 'Things!', project))!);
  expect(first).toMatch(/^\d{14}_things$/);
  expect(await migrationStatus(url, project)).toEqual({ ...nothing, pending: [first] });
  expect((await migrationDrift(url, project)).database).toContain('CREATE TABLE "Thing"');
  expect(await deployMigrations(url, project)).toEqual([first]);
  expect(await deployMigrations(url, project)).toEqual([]);
  expect(await migrationDrift(url, project)).toEqual({ migrations: '', database: '' });
  expect(await createMigration(url, 'nothing', project)).toBeNull();

  schema('name String', 'size Int?');
  const added = 'ALTER TABLE "Thing" ADD COLUMN     "size" INTEGER;';
  expect(await migrationDrift(url, project)).toEqual({
    migrations: expect.stringContaining(added) as string,
    database: expect.stringContaining(added) as string,
  });

  // A script that fails leaves nothing behind, says where, and is tried again once it is mended.
  const second = '30000101000000_sizes';
  mkdirSync(path.dirname(scriptOf(second)));
  writeFileSync(
    scriptOf(second),
    `${added}\nCREATE FUNCTION one() RETURNS int LANGUAGE sql AS $$ SELECT 1; $$;\nSELECT nobody;\n`,
  );
  await expect(deployMigrations(url, project)).rejects.toThrow(
    `Migration ${second} failed and was rolled back:\n  column "nobody" does not exist (42703)\n  line 3: SELECT nobody;`,
  );
  expect(await migrationStatus(url, project)).toEqual({ ...nothing, applied: [first], failed: [second] });
  const sizes = await withClient(url, (client) =>
    client.query("select from information_schema.columns where table_name = 'Thing' and column_name = 'size'"),
  );
  expect(sizes.rowCount).toBe(0);
  writeFileSync(scriptOf(second), `${added}\nCREATE FUNCTION one() RETURNS int LANGUAGE sql AS $$ SELECT 1; $$;\n`);
  expect(await deployMigrations(url, project)).toEqual([second]);
  expect(await migrationDrift(url, project)).toEqual({ migrations: '', database: '' });

  // What was applied is not changed, and a database that is ahead is left alone.
  writeFileSync(scriptOf(first), `${readFileSync(scriptOf(first), 'utf8')}-- changed\n`);
  expect(await migrationStatus(url, project)).toEqual({ ...nothing, applied: [first, second], edited: [first] });
  rmSync(path.dirname(scriptOf(second)), { recursive: true });
  await expect(deployMigrations(url, project)).rejects.toThrow(`it has ${second}. Start the newer release.`);

  // No scratch database is left.
  const databases = await withClient(url, (client) => client.query('select datname from pg_database order by 1'));
  expect(databases.rows).toEqual([{ datname: 'postgres' }, { datname: 'template0' }, { datname: 'template1' }]);
});

test('what the migrations build on is made in scratch databases as well, and every session says what it was told to', async () => {
  const made: string[] = [];
  const surroundings = {
    ...project,
    prepareDatabaseSql: (name: string) => (made.push(name), 'CREATE DOMAIN needed AS text'),
    onConnect: { text: "select set_config('a.name', $1, false)", values: ['somebody'] },
  };
  const needing = '30000101000001_needing';
  mkdirSync(path.dirname(scriptOf(needing)), { recursive: true });
  writeFileSync(scriptOf(needing), `SELECT 'x'::needed; SELECT 1 / (current_setting('a.name') = 'somebody')::int;\n`);
  expect(await migrationDrift(url, surroundings)).toMatchObject({ migrations: expect.any(String) as string });
  expect(made).toHaveLength(1);
  await expect(migrationDrift(url, project)).rejects.toThrow('type "needed" does not exist');
});
