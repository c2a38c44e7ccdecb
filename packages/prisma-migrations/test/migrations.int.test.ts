/** Runs a small project of its own, from its first migration, on its own PostgreSQL. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createMigration, deployMigrations, migrationDrift, migrationStatus } from '..';
import { openCluster, type Cluster } from '../../embedded-postgres';
import { withClient } from '../../pg-client';

const root = mkdtempSync(path.join(os.tmpdir(), 'prisma-migrations-'));
chmodSync(root, 0o755); // As root, PostgreSQL runs as another user, who must be able to pass through here.
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

  // A failed script leaves nothing behind, says where it failed, and is retried once it is fixed.
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

  // An applied migration must not change, and a database that is ahead of the code is left alone.
  writeFileSync(scriptOf(first), `${readFileSync(scriptOf(first), 'utf8')}-- changed\n`);
  expect(await migrationStatus(url, project)).toEqual({ ...nothing, applied: [first, second], edited: [first] });
  rmSync(path.dirname(scriptOf(second)), { recursive: true });
  await expect(deployMigrations(url, project)).rejects.toThrow(`it has ${second}. Start the newer release.`);

  // No scratch database is left behind.
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

test('while others use a table: locks are waited for briefly and again, indexes are built aside, rows change in batches', async () => {
  const folder = path.join(root, 'online');
  const write = (name: string, sql: string) => {
    const migration = path.join(folder, 'migrations', name);
    mkdirSync(migration, { recursive: true });
    writeFileSync(path.join(migration, 'migration.sql'), sql);
  };
  write('30000101000000_first', 'CREATE TABLE "Thing" (id int primary key, name text);\n');
  writeFileSync(path.join(folder, 'schema.prisma'), 'datasource db {\n  provider = "postgresql"\n}\n');
  await withClient(url, (client) => client.query('create database online'));
  const online = cluster.superuserUrl('online');
  const said: string[] = [];
  const patient = {
    folder,
    report: (progress: string) => said.push(progress),
  };
  const deploy = (tries: number) =>
    deployMigrations(online, { ...patient, patience: { lockTimeoutMs: 50, tries, pauseMs: 50 } });
  await deploy(1);
  await withClient(online, (client) =>
    client.query(`insert into "Thing" (id, name) select n, 'thing ' || n % 900 from generate_series(1, 1000) n`),
  );
  const names = ['column', 'rows', 'index'].map((what, n) => `30000201${String(n).padStart(6, '0')}_${what}`);
  write(names[0]!, 'ALTER TABLE "Thing" ADD COLUMN "weight" INTEGER;\n');
  write(
    names[1]!,
    '-- migration: batches\nupdate "Thing" set "weight" = 1 where id in (select id from "Thing" where "weight" is null limit 300);\n',
  );
  write(
    names[2]!,
    '-- migration: statements\n-- By name; and one for each.\ncreate index concurrently if not exists thing_weight on "Thing" ("weight");\ncreate unique index concurrently if not exists thing_name on "Thing" (name);\n',
  );

  await withClient(online, async (other) => {
    await other.query('begin; select from "Thing" limit 1');
    await expect(deploy(2)).rejects.toThrow(`Migration ${names[0]} failed and was rolled back:\n  canceling statement`);
    expect(said).toEqual(['waits for a lock that others hold, and tries again (1 times more)']);
    const over = setTimeout(() => void other.query('commit'), 300);
    // The last index meets the same name twice, so its build fails.
    await expect(deploy(100)).rejects.toThrow(
      `Migration ${names[2]} failed after a part of it, which stays; it is tried again:\n  could not create unique index`,
    );
    clearTimeout(over);
  });
  expect(said.filter((progress) => progress.includes('rows'))).toEqual(
    [300, 600, 900, '1,000'].map((rows) => `${rows} rows so far`),
  );
  await withClient(online, async (client) => {
    const indexes = async () => {
      const { rows } = await client.query<{ name: string }>(
        `select c.relname as name from pg_index i join pg_class c on c.oid = i.indexrelid where i.indisvalid and c.relname ~ 'thing_' order by 1`,
      );
      return rows.map(({ name }) => name);
    };
    expect(await indexes()).toEqual(['thing_weight']);
    await client.query('delete from "Thing" where id > 900');
    expect(await deploy(1)).toEqual([names[2]]);
    expect(await indexes()).toEqual(['thing_name', 'thing_weight']);
  });

  // A statement that would block others is not even started.
  write('30000301000000_harmless', 'CREATE TABLE more (id int);\n');
  write('30000302000000_locking', 'CREATE INDEX slow ON "Thing" ("weight");\n');
  await expect(deploy(1)).rejects.toThrow(
    '30000302000000_locking: CREATE INDEX slow ON "Thing" ("weight"): nobody can write while it is built',
  );
  expect((await migrationStatus(online, patient)).pending).toEqual([
    '30000301000000_harmless',
    '30000302000000_locking',
  ]);
});
