/** Reads the environment, opens the database, migrates it, serves, and shuts down gracefully. */
import pino, { type Logger } from 'pino';
import { keepRunning } from '../packages/embedded-postgres';
import { Database } from './database/connection/database';
import { WITHOUT_POOLER } from './database/connection/sessions';
import { openDatabase, requireOwnerUrl } from './database/deployment/embedded';
import { deployMigrations, migrationStatus } from './database/deployment/migrations';
import type { Standbys } from './database/connection/standbys';
import { installWatch } from './database/deployment/watch';
import { peopleToBe } from './demo/content/to-try';
import { loadDemo } from './demo/load';
import { jwtSecret } from './database/deployment/secrets';
import { Deliverer } from './delivery/deliverer';
import { ConfigurationError, readEnv, type Env } from './env';
import { runTool } from './cli/run';
import { followLevels, loggerOf, standardOutput } from './logs';
import { checkCatalogue } from './proof/catalogue';
import { archiveFolder } from './proof/archives';
import { checkpointFolder, Checkpoints } from './proof/checkpoints';
import { startTracing } from './tracing';
import { tokenRules } from './transport/auth/token-rules';
import { startServer } from './transport/server';
import { signInOf } from './transport/auth/sign-in';

async function main(): Promise<void> {
  const env = readEnv();
  const tokens = tokenRules(env);
  const logger = pino({ level: env.logLevel }, standardOutput());
  const endLevels = env.logLevelsFile ? followLevels(logger, env.logLevelsFile) : undefined;
  const endTraces = env.tracesEndpoint ? await startTracing(env.tracesEndpoint, loggerOf(logger, 'traces')) : undefined;
  const opened = await openDatabase(env, 'server');
  const undo: (() => Promise<void> | void)[] = [() => endLevels?.(), () => endTraces?.(), () => opened.close()];
  let stopping: Promise<void> | undefined;
  /** Undoes the steps of the start in reverse order. A second Ctrl-C (npm forwards one as well) changes nothing. */
  const stop = (): Promise<void> =>
    (stopping ??= (async () => {
      for (const step of undo.reverse()) await step();
    })());
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (!stopping) console.error('\nStopping: finishing what is being answered …');
      stop().then(
        () => process.exit(0),
        (error: unknown) => {
          console.error(error);
          process.exit(1);
        },
      );
    });

  // A rejection that nobody awaits any more, such as the other entries of a list of which one was refused, must not end the process.
  process.on('unhandledRejection', (error) => logger.error({ err: error }, 'something failed that nobody waited for'));
  try {
    if ('startAgain' in opened)
      undo.push(
        keepRunning(opened, loggerOf(logger, 'database'), () => {
          const leave = () => process.exit(1);
          void stop().then(leave, leave);
        }),
      );
    if (opened.embedded) {
      const applied = await deployMigrations(requireOwnerUrl(opened));
      if (applied.length > 0) console.error(`Database brought up to date: ${applied.join(', ')}`);
      if (opened.superuserUrl) await installWatch(opened.superuserUrl);
    } else if (opened.ownerUrl) {
      const { pending } = await migrationStatus(opened.ownerUrl);
      if (pending.length > 0)
        throw new ConfigurationError(
          `The database of DATABASE_URL lacks ${pending.join(', ')}. Run "npm run migrate", then start again.`,
        );
    }
    const db = new Database({
      url: opened.serviceUrl,
      replicaUrls: env.databaseReplicaUrls,
      poolSize: env.databasePoolSize,
      statementTimeoutMs: env.statementTimeoutMs,
      logger: loggerOf(logger, 'database'),
    });
    undo.push(() => db.close());
    if (!opened.embedded) await refusePoolers(db);
    await refuseOtherRoles(db);
    await logDifferences(db, logger, opened.embedded);
    if (db.standbys) await refuseOtherServers(db.standbys);
    if (env.demo) await loadDemo(db, requireOwnerUrl(opened));
    const checkpoints = env.checkpointSeconds > 0 ? new Checkpoints(checkpointFolder(env)) : null;
    if (checkpoints)
      undo.push(await checkpoints.writeRegularly(db, env.checkpointSeconds, loggerOf(logger, 'checkpoints')));
    await db.connect();
    const signIn = signInOf(env, peopleToBe, () => jwtSecret(env));
    const folders = [...(opened.embedded ? [env.dataDir] : []), ...(checkpoints ? [checkpoints.folder] : [])];
    const deliverer = env.webhooks ? deliver(db, env, logger) : null;
    if (deliverer) undo.push(() => deliverer.stop());
    const archives = archiveFolder(env);
    const options = { ...env, db, tokens, signIn, checkpoints, archives, deliverer, folders, logger };
    const server = await startServer(options).catch((error: unknown) => {
      throw cannotListen(error, env) ?? error;
    });
    undo.push(() => server.stop());
    const howToGetToken = env.authJwksUrl ? '' : '\n  A token     npm run -s token -- --user 1';
    console.error(`
PhaseLedger is ready.${env.console ? `\n  Console     ${server.url}/` : ''}
  GraphQL     ${server.url}/graphql${env.playground ? `\n  Playground  ${server.url}/playground` : ''}${howToGetToken}
Ctrl-C stops it.`);
  } catch (error) {
    await stop();
    throw error;
  }
}

const deliver = (db: Database, { webhookNetworks: networks }: Env, logger: Logger): Deliverer =>
  new Deliverer(db, { networks, logger: loggerOf(logger, 'webhooks') }).start();

/** A helpful error if the address cannot be listened on; undefined for other errors. */
function cannotListen(error: unknown, { host, port }: Env): ConfigurationError | undefined {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return new ConfigurationError(`Port ${port} is in use on ${host}: stop what uses it, or set PORT to another one.`);
  return ['EACCES', 'EADDRNOTAVAIL', 'ENOTFOUND'].includes(code)
    ? new ConfigurationError(
        `The server cannot listen on ${host}:${port}: set HOST and PORT to an address of this machine.`,
      )
    : undefined;
}

/**
 * Behind a pooler that switches sessions, statements could silently read the wrong tables. Other problems are reported by the next query.
 */
async function refusePoolers(db: Database): Promise<void> {
  const problem = await db.askPooler().catch(() => null);
  if (problem !== null)
    throw new ConfigurationError(`DATABASE_URL or DATABASE_REPLICA_URLS is not right: ${problem}. ${WITHOUT_POOLER}`);
}

/** With any other role, the log could not name the actors, so the server refuses to start. */
async function refuseOtherRoles(db: Database): Promise<void> {
  const problem = await db.askSession();
  if (problem !== null)
    throw new ConfigurationError(
      `DATABASE_URL is not right: ${problem}. Log in as phaseledger_service, or as a role that is a member of it and owns nothing.`,
    );
}

/** Logs where the database differs from what the migrations create. The server starts, but is not ready until that is resolved. */
async function logDifferences(db: Database, logger: Logger, isDeployed: boolean): Promise<void> {
  const { differences } = await db.snapshot((tx) => checkCatalogue(tx, isDeployed));
  for (const { problem } of differences) logger.error(`not as the migrations make it: ${problem}`);
}

/** A standby of another database would silently answer wrongly. One that is unreachable now is used once it answers. */
async function refuseOtherServers(standbys: Standbys): Promise<void> {
  const strangers = await standbys.strangers();
  if (strangers.length > 0)
    throw new ConfigurationError(
      `DATABASE_REPLICA_URLS: ${strangers.join(', ')} is no copy of the database of DATABASE_URL. Name standbys that replicate the whole server (streaming replication), or leave it out.`,
    );
}

runTool(main);
