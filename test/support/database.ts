import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { withClient } from '../../packages/pg-client';
import { databaseRightsSql } from '../../src/database/deployment/roles';

export const templateName = 'phaseledger_template';

export interface ClusterUrls {
  readonly serviceUrl: string;
  readonly ownerUrl: string;
  readonly superuserUrl: string;
}

export interface TestDatabase extends ClusterUrls {
  drop(): Promise<void>;
}

const variable = 'PHASELEDGER_TEST_CLUSTER';

/** Passes the cluster's address to the workers, which inherit the environment. */
export function publishCluster(urls: ClusterUrls): void {
  process.env[variable] = JSON.stringify(urls);
}

/** The same address with another database. */
export function onDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

const cluster = (): ClusterUrls => JSON.parse(process.env[variable]!) as ClusterUrls;

const named = ({ serviceUrl, ownerUrl, superuserUrl }: ClusterUrls, name: string): ClusterUrls => ({
  serviceUrl: onDatabase(serviceUrl, name),
  ownerUrl: onDatabase(ownerUrl, name),
  superuserUrl: onDatabase(superuserUrl, name),
});

const maintain = <T>(work: (client: pg.Client) => Promise<T>): Promise<T> =>
  withClient(onDatabase(cluster().superuserUrl, 'postgres'), work);

async function copy(client: pg.Client, template: string, name: string): Promise<void> {
  // If the system can clone files, this takes a tenth of the time; the checkpoint that it requires costs nothing here.
  await client.query(
    `SELECT set_config(name, 'clone', false) FROM pg_settings WHERE name = 'file_copy_method' AND 'clone' = ANY(enumvals)`,
  );
  await client.query(`CREATE DATABASE ${name} TEMPLATE ${template} OWNER phaseledger_owner STRATEGY FILE_COPY`);
  // Rights on the database itself are not copied from the template.
  await client.query(databaseRightsSql(name));
}

const drop = (name: string): Promise<void> =>
  maintain(async (client) => void (await client.query(`DROP DATABASE ${name} WITH (FORCE)`)));

/** A freshly migrated, empty database for one test file, or a copy of another one; drop it in `afterAll`. */
export async function createTestDatabase(template = templateName): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await maintain((client) => copy(client, template, name));
  return { ...named(cluster(), name), drop: () => drop(name) };
}

/**
 * A copy of a database that is filled once per test run, by the first caller, with the result of filling it. Nobody may be connected to it
 * while it is filled.
 */
export async function createFilledDatabase<Told>(
  what: string,
  fill: (urls: ClusterUrls) => Promise<Told>,
): Promise<{ database: TestDatabase; told: Told }> {
  const name = `filled_${what}`;
  const told = await maintain(async (client) => {
    await client.query('select pg_advisory_lock(hashtext($1))', [name]);
    const { rows } = await client.query<{ told: string }>(
      `select shobj_description(oid, 'pg_database') as told from pg_database where datname = $1`,
      [name],
    );
    if (rows[0]) return rows[0].told;
    await copy(client, templateName, name);
    try {
      const first = JSON.stringify((await fill(named(cluster(), name))) ?? null);
      await client.query(`comment on database ${name} is ${client.escapeLiteral(first)}`);
      return first;
    } catch (error) {
      await drop(name);
      throw error;
    }
  });
  return { database: await createTestDatabase(name), told: JSON.parse(told) as Told };
}
