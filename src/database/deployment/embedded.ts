import { openCluster, type Cluster, type ProcessEntry } from '../../../packages/embedded-postgres';
import { withClient } from '../../../packages/pg-client';
import { ConfigurationError, type Env } from '../../env';
import { product } from './product';
import { createDatabaseSql, createRolesSql, databaseName, ownerRole, prepareDatabaseSql, serviceRole } from './roles';
import { readSecrets, type Secrets } from './secrets';

/** Access to the database; whoever opened it closes it. */
export interface DatabaseAccess {
  /** For requests: this role reads, and writes under the rules, but owns nothing. */
  readonly serviceUrl: string;
  /** For migrations, administration and import; undefined if only DATABASE_URL is set. */
  readonly ownerUrl: string | undefined;
  /** Known only for the embedded database. */
  readonly superuserUrl?: string;
  readonly embedded: boolean;
  /** Stops the embedded PostgreSQL, unless another process still uses it. Idempotent. */
  close(): Promise<void>;
}

/** Opens the configured database. Without one, it starts the embedded PostgreSQL, or attaches to one that runs. */
export async function openDatabase(
  env: Env,
  as: ProcessEntry['as'] = 'tool',
): Promise<DatabaseAccess | EmbeddedDatabase> {
  if (env.databaseUrl) {
    const { databaseUrl: serviceUrl, databaseOwnerUrl: ownerUrl } = env;
    return { serviceUrl, ownerUrl, embedded: false, close: async () => {} };
  }
  return openEmbedded(env.dataDir, { as });
}

/** Returns the owner's URL, or throws an error that says how to set it. */
export function requireOwnerUrl({ ownerUrl }: Pick<DatabaseAccess, 'ownerUrl'>): string {
  if (ownerUrl) return ownerUrl;
  throw new ConfigurationError(
    'DATABASE_OWNER_URL must be set: the database of DATABASE_URL, as the role that owns it.',
  );
}

export interface EmbeddedDatabase extends DatabaseAccess, Pick<Cluster, 'isRunning' | 'startAgain'> {
  readonly ownerUrl: string;
  readonly superuserUrl: string;
  /** The cluster's own folder, which may lie outside the data folder. */
  readonly cluster: string;
}

/** Opens the embedded PostgreSQL of a data folder, with the product's roles and database. */
export async function openEmbedded(
  dataDir: string,
  { as = 'tool', volatile = false }: { as?: ProcessEntry['as']; volatile?: boolean } = {},
): Promise<EmbeddedDatabase> {
  const secrets = readSecrets(dataDir);
  const { folder, urlOf, superuserUrl, ...cluster } = await openCluster(dataDir, {
    product,
    superuserPassword: secrets.superuserPassword,
    as,
    volatile,
    prepare: (opened) => prepare(opened, secrets),
  });
  return {
    ...cluster,
    cluster: folder,
    serviceUrl: urlOf(serviceRole, secrets.servicePassword, databaseName),
    ownerUrl: urlOf(ownerRole, secrets.ownerPassword, databaseName),
    superuserUrl: superuserUrl(databaseName),
    embedded: true,
  };
}

async function prepare({ superuserUrl }: Pick<Cluster, 'superuserUrl'>, secrets: Secrets): Promise<void> {
  const isPrepared = await withClient(superuserUrl('postgres'), async (client) => {
    const { rows } = await client.query<{ exists: boolean; prepared: boolean }>(
      `SELECT count(*) > 0 AS exists,
              count(*) FILTER (WHERE NOT has_database_privilege('public', oid, 'CONNECT')) > 0 AS prepared
         FROM pg_database WHERE datname = $1`,
      [databaseName],
    );
    const { exists, prepared } = rows[0]!;
    if (prepared) return true;
    await client.query(createRolesSql(secrets.ownerPassword, secrets.servicePassword));
    if (!exists) await client.query(createDatabaseSql());
    return false;
  });
  if (!isPrepared) await withClient(superuserUrl(databaseName), (client) => client.query(prepareDatabaseSql()));
}
