import { createHash } from 'node:crypto';
import { readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { processesUsing } from '../../packages/embedded-postgres';
import { withClient } from '../../packages/pg-client';
import { openEmbedded, type EmbeddedDatabase } from '../../src/database/deployment/embedded';
import { deployMigrations } from '../../src/database/deployment/migrations';
import { createDatabaseSql, prepareDatabaseSql } from '../../src/database/deployment/roles';
import { projectRoot } from '../../src/env';
import { makeRunFolder, placeOfRuns, temporaryFolder } from './temporary';
import { onDatabase, templateName, type ClusterUrls, type TestDatabase } from './database';

const prefix = `phaseledger-test-${createHash('sha256').update(projectRoot).digest('hex').slice(0, 8)}-`;

/** Starts a PostgreSQL for one test run, without durability, and the migrated template for its databases. */
export async function startCluster(): Promise<{ urls: ClusterUrls; stop(): Promise<void> }> {
  await removeLeftovers();
  const folder = makeRunFolder(prefix);
  const cluster = await openEmbedded(folder, { volatile: true });
  const { serviceUrl, ownerUrl, superuserUrl } = cluster;
  const urls = { serviceUrl, ownerUrl, superuserUrl };
  await withClient(superuserUrl, async (client) => {
    // Databases that are dropped a minute later need no vacuum or analyze.
    await client.query('ALTER SYSTEM SET autovacuum = off');
    await client.query('SELECT pg_reload_conf()');
    await client.query(createDatabaseSql(templateName));
  });
  await withClient(onDatabase(superuserUrl, templateName), (client) => client.query(prepareDatabaseSql(templateName)));
  await deployMigrations(onDatabase(ownerUrl, templateName));
  return { urls, stop: () => remove(cluster, folder) };
}

/** Starts a PostgreSQL for one test file, migrated and empty: for tests that affect the whole server, such as role memberships. */
export async function startAlone(): Promise<TestDatabase> {
  const folder = temporaryFolder();
  const cluster = await openEmbedded(folder, { volatile: true });
  await deployMigrations(cluster.ownerUrl);
  const { serviceUrl, ownerUrl, superuserUrl } = cluster;
  return { serviceUrl, ownerUrl, superuserUrl, drop: () => remove(cluster, folder) };
}

async function remove(cluster: EmbeddedDatabase, folder: string): Promise<void> {
  await cluster.close();
  for (const place of [cluster.cluster, folder]) rmSync(place, { recursive: true, force: true });
}

/** A run that was killed leaves its PostgreSQL behind; a later one cleans up. */
async function removeLeftovers(): Promise<void> {
  const tenMinutesAgo = Date.now() - 600_000; // a younger one may be another run that is just starting
  const place = placeOfRuns();
  for (const name of readdirSync(place).filter((entry) => entry.startsWith(prefix))) {
    const folder = path.join(place, name);
    if (statSync(folder).mtimeMs > tenMinutesAgo || processesUsing(folder).length > 0) continue;
    await remove(await openEmbedded(folder, { volatile: true }), folder);
  }
}
