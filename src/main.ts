/** Reads the environment, opens the database, brings it up to date, serves, and leaves in order when asked to. */
import pino from 'pino';
import { Database } from './database/database';
import { openDatabase, requireOwnerUrl } from './database/embedded';
import { deployMigrations, migrationStatus } from './database/migrations';
import { jwtSecret } from './database/secrets';
import { loadDemo } from './demo/load';
import { ConfigurationError, readEnv } from './env';
import { runCommand } from './cli/run';
import { startServer } from './transport/server';

async function main(): Promise<void> {
  const env = readEnv();
  const secret = jwtSecret(env);
  const logger = pino({ level: env.logLevel });
  const opened = await openDatabase(env, 'server');
  const undo: (() => Promise<void>)[] = [() => opened.close()];
  let stopping: Promise<void> | undefined;
  /** In the reverse order of the start; a second Ctrl-C (npm passes one on as well) changes nothing. */
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

  try {
    if (opened.embedded) {
      const applied = await deployMigrations(requireOwnerUrl(opened));
      if (applied.length > 0) console.error(`Database brought up to date: ${applied.join(', ')}`);
    } else if (opened.ownerUrl) {
      const { pending } = await migrationStatus(opened.ownerUrl);
      if (pending.length > 0)
        throw new ConfigurationError(
          `The database of DATABASE_URL lacks ${pending.join(', ')}. Run "npm run migrate", then start again.`,
        );
    }
    const db = new Database({
      url: opened.serviceUrl,
      poolSize: env.databasePoolSize,
      statementTimeoutMs: env.statementTimeoutMs,
    });
    undo.push(() => db.close());
    if (env.demo) await loadDemo(db, requireOwnerUrl(opened));
    const server = await startServer({ ...env, db, jwtSecret: secret, logger });
    undo.push(() => server.stop());
    console.error(`
PhaseLedger is ready.
  GraphQL     ${server.url}/graphql${env.playground ? `\n  Playground  ${server.url}/playground` : ''}
  A token     npm run -s token -- --user 1
Ctrl-C stops it.`);
  } catch (error) {
    await stop();
    throw error;
  }
}

runCommand(main);
