import { existsSync } from 'node:fs';
import path from 'node:path';

/** The folder that holds package.json, whether this runs from src/ or from dist/. */
export const projectRoot = path.resolve(__dirname, '..');

/** A setting is missing or wrong; the message says which variable and what to write instead. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  /** EX_CONFIG of sysexits.h, so that a supervisor can tell "fix me" from "start me again". */
  readonly exitCode = 78;
}

interface Variable<T> {
  readonly name: string;
  readonly expects: string;
  /** Returns undefined for a value that is not acceptable. */
  readonly parse: (text: string) => T | undefined;
  readonly fallback: T;
}

const define = <T>(
  name: string,
  expects: string,
  parse: (text: string) => T | undefined,
  fallback: NoInfer<T>,
): Variable<T> => ({ name, expects, parse, fallback });

const wholeNumber = (name: string, from: number, to: number, fallback: number) =>
  define(
    name,
    `a whole number from ${from} to ${to}`,
    (text) => (/^\d{1,15}$/.test(text) && Number(text) >= from && Number(text) <= to ? Number(text) : undefined),
    fallback,
  );

const oneOf = <T extends string>(name: string, choices: readonly T[], fallback: T) =>
  define(
    name,
    `one of ${choices.join(', ')}`,
    (text) => choices.find((choice) => choice === text.toLowerCase()),
    fallback,
  );

const words: Record<string, boolean> = {
  on: true,
  true: true,
  yes: true,
  1: true,
  off: false,
  false: false,
  no: false,
  0: false, // prettier-ignore
};
const onOff = <T extends boolean | undefined>(name: string, fallback: T) =>
  define<boolean | T>(name, 'on or off', (text) => words[text.toLowerCase()], fallback);

const postgresUrl = (name: string) =>
  define<string | undefined>(name, 'postgresql://user:password@host:5432/database', parsePostgresUrl, undefined);

function parsePostgresUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, pathname } = new URL(text);
  return /^postgres(ql)?:$/.test(protocol) && pathname.length > 1 ? text : undefined;
}

const variables = {
  nodeEnv: oneOf('NODE_ENV', ['development', 'test', 'production'], 'development'),
  host: define('HOST', 'a host name or address, such as 127.0.0.1', (text) => (/\s/.test(text) ? undefined : text), '127.0.0.1'), // prettier-ignore
  port: wholeNumber('PORT', 0, 65535, 4000),
  databaseUrl: postgresUrl('DATABASE_URL'),
  databaseOwnerUrl: postgresUrl('DATABASE_OWNER_URL'),
  databaseReplicaUrl: postgresUrl('DATABASE_REPLICA_URL'),
  databasePoolSize: wholeNumber('DATABASE_POOL_SIZE', 1, 1000, 10),
  statementTimeoutMs: wholeNumber('STATEMENT_TIMEOUT_MS', 0, 3_600_000, 15_000),
  dataDir: define('DATA_DIR', 'a folder', (text) => path.resolve(projectRoot, text), path.join(projectRoot, '.data')),
  checkpointDir: define<string | undefined>('CHECKPOINT_DIR', 'a folder', (text) => path.resolve(projectRoot, text), undefined), // prettier-ignore
  checkpointSeconds: wholeNumber('CHECKPOINT_SECONDS', 0, 86_400, 60),
  authJwtSecret: define<string | undefined>('AUTH_JWT_SECRET', 'at least 32 characters', (text) => (text.length >= 32 ? text : undefined), undefined), // prettier-ignore
  logLevel: oneOf('LOG_LEVEL', ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'info'),
  maxBodyBytes: wholeNumber('MAX_BODY_BYTES', 1024, 1_073_741_824, 10_485_760),
  demo: onOff('DEMO', undefined),
  playground: onOff('PLAYGROUND', true),
} satisfies Record<string, Variable<unknown>>;

type Settings = {
  readonly [Key in keyof typeof variables]: (typeof variables)[Key] extends Variable<infer T> ? T : never;
};

/** Every setting of this process, checked. */
export type Env = Omit<Settings, 'demo'> & { readonly demo: boolean };

/** The names of all environment variables this product reads. */
export const variableNames: readonly string[] = Object.values(variables).map(({ name }) => name);

/** Reads and checks the environment; for the process's own, the project's `.env` file fills what is not set. */
export function readEnv(source: NodeJS.ProcessEnv = process.env): Env {
  if (source === process.env) loadEnvFile();
  const settings = Object.fromEntries(
    Object.entries(variables).map(([key, variable]) => [key, read(variable, source)]),
  ) as Settings;
  if (settings.databaseOwnerUrl && !settings.databaseUrl) {
    throw new ConfigurationError(
      'DATABASE_OWNER_URL is set but DATABASE_URL is not: set DATABASE_URL too (the same database, as the service role), or neither for the embedded PostgreSQL.',
    );
  }
  if (settings.databaseReplicaUrl && !settings.databaseUrl) {
    throw new ConfigurationError(
      'DATABASE_REPLICA_URL is set but DATABASE_URL is not: set DATABASE_URL to the server that it is a standby of.',
    );
  }
  // The demo's people and workflows belong in a database of our own making, never unasked in somebody's PostgreSQL.
  return { ...settings, demo: settings.demo ?? !settings.databaseUrl };
}

function read(variable: Variable<unknown>, source: NodeJS.ProcessEnv): unknown {
  const text = source[variable.name]?.trim();
  if (!text) return variable.fallback;
  const value = variable.parse(text);
  // The value itself is not repeated: it may hold a password, and this message goes to logs.
  if (value === undefined) throw new ConfigurationError(`${variable.name} must be ${variable.expects}.`);
  return value;
}

function loadEnvFile(): void {
  const file = path.join(projectRoot, '.env');
  // A test run must not meet the developer's own database.
  if (process.env.NODE_ENV !== 'test' && existsSync(file)) process.loadEnvFile(file);
}
