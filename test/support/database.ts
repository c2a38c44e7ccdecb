import { randomUUID } from 'node:crypto';
import { withClient } from '../../packages/pg-client';
import { databaseRightsSql } from '../../src/database/roles';

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

/** Tells the workers, which inherit the environment, where the cluster is. */
export function publishCluster(urls: ClusterUrls): void {
  process.env[variable] = JSON.stringify(urls);
}

/** The same address with another database. */
export function onDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

/** A freshly migrated, empty database for one test file; drop it in `afterAll`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const urls = JSON.parse(process.env[variable]!) as ClusterUrls;
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const maintenance = onDatabase(urls.superuserUrl, 'postgres');
  await withClient(maintenance, async (client) => {
    // WAL_LOG copies a small template faster than FILE_COPY, which waits for a checkpoint.
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${templateName} OWNER phaseledger_owner STRATEGY WAL_LOG`);
    // What may be done with the database itself is not copied from the template.
    await client.query(databaseRightsSql(name));
  });
  return {
    serviceUrl: onDatabase(urls.serviceUrl, name),
    ownerUrl: onDatabase(urls.ownerUrl, name),
    superuserUrl: onDatabase(urls.superuserUrl, name),
    drop: () =>
      withClient(maintenance, async (client) => void (await client.query(`DROP DATABASE ${name} WITH (FORCE)`))),
  };
}
