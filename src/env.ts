import { existsSync } from 'node:fs';
import { BlockList } from 'node:net';
import path from 'node:path';
import { parseNetworks } from './delivery/address';
import { parseSunset } from './legacy/rest/sunset';
import { logLevels } from './logs';

/** The folder that holds package.json, whether this runs from src/ or from dist/src/. */
export const projectRoot = [path.resolve(__dirname, '..'), path.resolve(__dirname, '..', '..')].find((folder) =>
  existsSync(path.join(folder, 'package.json')),
)!;

/** A setting is missing or wrong; the message says which variable and what to write instead. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/** EX_CONFIG of sysexits.h, so that a supervisor can tell "fix me" from "start me again". */
export const CONFIGURATION_EXIT_CODE = 78;

interface Variable<T> {
  readonly name: string;
  readonly expects: string;
  /** Returns undefined for an unacceptable value. */
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

const oneOf = <const T extends string>(name: string, choices: readonly T[], fallback: NoInfer<T>) =>
  define(
    name,
    `one of ${choices.join(', ')}`,
    (text) => choices.find((choice) => choice === text.toLowerCase()),
    fallback,
  );

const place = (name: string, what: 'a file' | 'a folder') =>
  define<string | undefined>(name, what, (text) => path.resolve(projectRoot, text), undefined);

const secret = (name: string) =>
  define<string | undefined>(
    name,
    'at least 32 characters',
    (text) => (text.length >= 32 ? text : undefined),
    undefined,
  );

const words: Record<string, boolean> = {
  on: true,
  true: true,
  yes: true,
  1: true,
  off: false,
  false: false,
  no: false,
  0: false,
};
const onOff = <T extends boolean | undefined>(name: string, fallback: T) =>
  define<boolean | T>(name, 'on or off', (text) => words[text.toLowerCase()], fallback);

const anyText = <T extends string | undefined>(name: string, fallback: T) =>
  define<string | T>(name, 'a text', (text) => text, fallback);

const postgresUrl = (name: string) =>
  define<string | undefined>(name, 'postgresql://user:password@host:5432/database', parsePostgresUrl, undefined);

function parsePostgresUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, pathname } = new URL(text);
  return /^postgres(ql)?:$/.test(protocol) && pathname.length > 1 ? text : undefined;
}

/** A collector often runs beside the server, where it speaks plain HTTP. */
const parseCollector = (text: string): string | undefined =>
  URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) ? text : undefined;

function parsePostgresUrls(text: string): string[] | undefined {
  const urls = text.split(',').map((url) => parsePostgresUrl(url.trim()));
  return urls.every((url) => url !== undefined) ? urls : undefined;
}

/** Keys fetched over a connection that others can tamper with would prove nothing. */
function parseKeysUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, username, password } = new URL(text);
  const staysHere = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  const isSafe = protocol === 'https:' || (protocol === 'http:' && staysHere);
  return isSafe && !username && !password ? text : undefined;
}

function parseSmtpUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname } = new URL(text);
  return /^smtps?:$/.test(protocol) && hostname !== '' ? text : undefined;
}

const parsePublicUrl = (text: string): string | undefined =>
  /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text.replace(/\/$/, '')
    ? text.replace(/\/$/, '')
    : undefined;

/** Exact origins only, neither `*` nor patterns: an origin that is too wide would go unnoticed. */
function parseOrigins(text: string): string[] | undefined {
  const origins = text.split(',').map((origin) => origin.trim());
  const isOrigin = (origin: string) =>
    /^https?:/.test(origin) && URL.canParse(origin) && new URL(origin).origin === origin;
  return origins.every(isOrigin) ? origins : undefined;
}

const variables = {
  nodeEnv: oneOf('NODE_ENV', ['development', 'test', 'production'], 'development'),
  host: define(
    'HOST',
    'a host name or address, such as 127.0.0.1',
    (text) => (/\s/.test(text) ? undefined : text),
    '127.0.0.1',
  ),
  port: wholeNumber('PORT', 0, 65535, 4000),
  databaseUrl: postgresUrl('DATABASE_URL'),
  databaseOwnerUrl: postgresUrl('DATABASE_OWNER_URL'),
  databaseReplicaUrls: define<readonly string[]>(
    'DATABASE_REPLICA_URLS',
    'addresses such as postgresql://user:password@host:5432/database, with commas between them',
    parsePostgresUrls,
    [],
  ),
  databasePoolSize: wholeNumber('DATABASE_POOL_SIZE', 4, 1000, 10),
  statementTimeoutMs: wholeNumber('STATEMENT_TIMEOUT_MS', 0, 3_600_000, 15_000),
  dataDir: define('DATA_DIR', 'a folder', (text) => path.resolve(projectRoot, text), path.join(projectRoot, '.data')),
  checkpointDir: place('CHECKPOINT_DIR', 'a folder'),
  archiveDir: place('ARCHIVE_DIR', 'a folder'),
  checkpointSeconds: wholeNumber('CHECKPOINT_SECONDS', 0, 86_400, 60),
  authJwksUrl: define<string | undefined>(
    'AUTH_JWKS_URL',
    'an https:// address without a password in it (http:// only on this machine, such as http://127.0.0.1:8080/jwks)',
    parseKeysUrl,
    undefined,
  ),
  authIssuer: anyText('AUTH_ISSUER', undefined),
  authAudience: anyText('AUTH_AUDIENCE', undefined),
  authUserClaim: anyText('AUTH_USER_CLAIM', 'sub'),
  authClockToleranceSeconds: wholeNumber('AUTH_CLOCK_TOLERANCE_SECONDS', 0, 300, 5),
  authJwksRefreshSeconds: wholeNumber('AUTH_JWKS_REFRESH_SECONDS', 10, 3600, 300),
  authJwtSecret: secret('AUTH_JWT_SECRET'),
  reauthenticationSeconds: wholeNumber('REAUTHENTICATION_SECONDS', 0, 86_400, 300),
  logLevel: oneOf('LOG_LEVEL', logLevels, 'info'),
  logLevelsFile: place('LOG_LEVELS_FILE', 'a file'),
  maxBodyBytes: wholeNumber('MAX_BODY_BYTES', 1024, 1_073_741_824, 10_485_760),
  maxJsonValues: wholeNumber('MAX_JSON_VALUES', 1000, 10_000_000, 100_000),
  maxTokens: wholeNumber('MAX_TOKENS', 100, 1_000_000, 5_000),
  maxDepth: wholeNumber('MAX_DEPTH', 1, 64, 20),
  maxAliases: wholeNumber('MAX_ALIASES', 0, 100_000, 100),
  maxDirectives: wholeNumber('MAX_DIRECTIVES', 0, 100_000, 50),
  maxRootFields: wholeNumber('MAX_ROOT_FIELDS', 1, 10_000, 100),
  maxCost: wholeNumber('MAX_COST', 1, 1_000_000_000, 500_000),
  costPerMinute: wholeNumber('COST_PER_MINUTE', 0, 1_000_000_000_000, 5_000_000),
  rateLimitStore: oneOf('RATE_LIMIT_STORE', ['memory', 'postgres'], 'memory'),
  requestTimeoutMs: wholeNumber('REQUEST_TIMEOUT_MS', 100, 3_600_000, 60_000),
  corsOrigins: define<readonly string[]>(
    'CORS_ORIGINS',
    'origins such as https://review.example, with commas between them',
    parseOrigins,
    [],
  ),
  trustedDocuments: place('TRUSTED_DOCUMENTS', 'a file'),
  metricsToken: secret('METRICS_TOKEN'),
  tracesEndpoint: define<string | undefined>(
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    'an address such as http://127.0.0.1:4318',
    parseCollector,
    undefined,
  ),
  webhooks: onOff('WEBHOOKS', true),
  webhookNetworks: define('WEBHOOK_NETWORKS', 'networks such as 10.20.0.0/16,fd00::/8', parseNetworks, new BlockList()),
  smtpUrl: define<string | undefined>(
    'SMTP_URL',
    'smtp://user:password@mail.example:587 or smtps://…',
    parseSmtpUrl,
    undefined,
  ),
  mailFrom: define<string | undefined>(
    'MAIL_FROM',
    'an address such as phaseledger@bank.example',
    (text) => (/^[^\s@<>]+@[^\s@<>]+$/.test(text) ? text : undefined),
    undefined,
  ),
  publicUrl: define<string | undefined>(
    'PUBLIC_URL',
    'an address such as https://review.example, without anything behind it',
    parsePublicUrl,
    undefined,
  ),
  packDays: wholeNumber('PACK_DAYS', 1, 3650, 7),
  securityEventDays: wholeNumber('SECURITY_EVENT_DAYS', 30, 3650, 90),
  introspection: onOff('INTROSPECTION', true),
  restSunset: define(
    'REST_SUNSET',
    'a day such as 2027-12-31, not before 2026-11-23',
    parseSunset,
    new Date('2027-12-31T00:00:00Z'),
  ),
  demo: onOff('DEMO', undefined),
  playground: onOff('PLAYGROUND', true),
  console: onOff('CONSOLE', true),
  consoleClientId: anyText('CONSOLE_CLIENT_ID', undefined),
  consoleScope: anyText('CONSOLE_SCOPE', 'openid'),
} satisfies Record<string, Variable<unknown>>;

type Settings = {
  readonly [Key in keyof typeof variables]: (typeof variables)[Key] extends Variable<infer T> ? T : never;
};

/** All settings of this process, validated. */
export type Env = Omit<Settings, 'demo'> & { readonly demo: boolean };

/** The names of all environment variables this product reads. */
export const variableNames: readonly string[] = Object.values(variables).map(({ name }) => name);

/** Reads and validates the environment. For the process's own environment, the project's `.env` file supplies what is not set. */
export function readEnv(source: NodeJS.ProcessEnv = process.env): Env {
  if (source === process.env) loadEnvFile();
  const entries = Object.entries(variables).map(([key, variable]) => [key, read(variable, source)] as const);
  const refused = entries.flatMap(([, value]) => (value instanceof Refused ? [value] : []));
  const settings = Object.fromEntries(
    entries.map(([key, value]) => [key, value instanceof Refused ? undefined : value]),
  ) as Settings;
  // Reports all problems at once, so that setting up a server does not take one start per mistake.
  const problems = [...refused.map(({ message }) => message), ...togetherWrong(settings, refused)];
  if (problems.length > 0) throw new ConfigurationError(problems.join('\n'));
  // The demo's people and workflows belong in the embedded database; they are never loaded unasked into a customer's PostgreSQL.
  return { ...settings, demo: settings.demo ?? !settings.databaseUrl };
}

/** Problems with combinations of settings that are valid one by one. */
const togetherWrong = (settings: Settings, refused: readonly Refused[]): string[] =>
  combinations.flatMap(([isWrong, message]) =>
    !refused.some(({ name }) => message.includes(name)) && isWrong(settings) ? [message] : [],
  );

/** Tokens come from an identity provider or are signed with a secret, never both; settings that belong together must all be set. */
const combinations: readonly [isWrong: (settings: Settings) => unknown, message: string][] = [
  [
    ({ databaseOwnerUrl, databaseUrl }) => databaseOwnerUrl && !databaseUrl,
    'DATABASE_OWNER_URL is set but DATABASE_URL is not: set DATABASE_URL too (the same database, as the service role), or neither for the embedded PostgreSQL.',
  ],
  [
    ({ databaseReplicaUrls, databaseUrl }) => databaseReplicaUrls.length > 0 && !databaseUrl,
    'DATABASE_REPLICA_URLS is set but DATABASE_URL is not: set DATABASE_URL to the server that these are standbys of.',
  ],
  [
    ({ authJwksUrl, authJwtSecret }) => authJwksUrl && authJwtSecret,
    'AUTH_JWKS_URL and AUTH_JWT_SECRET are both set: keep AUTH_JWKS_URL for the tokens of your identity provider, or AUTH_JWT_SECRET for tokens signed with a shared secret, and remove the other.',
  ],
  [
    ({ authJwksUrl, authIssuer }) => authJwksUrl && !authIssuer,
    'AUTH_JWKS_URL is set but AUTH_ISSUER is not: set AUTH_ISSUER to what the tokens of your identity provider have in their claim "iss", such as https://id.example.',
  ],
  [
    ({ authJwksUrl, authAudience }) => authJwksUrl && !authAudience,
    'AUTH_JWKS_URL is set but AUTH_AUDIENCE is not: set AUTH_AUDIENCE to what tokens for this server have in their claim "aud", such as phaseledger.',
  ],
  [
    ({ authJwksUrl, authIssuer }) => !authJwksUrl && authIssuer,
    "AUTH_ISSUER is set but AUTH_JWKS_URL is not: set AUTH_JWKS_URL to the address of your identity provider's keys, or remove it.",
  ],
  [
    ({ authJwksUrl, authAudience }) => !authJwksUrl && authAudience,
    "AUTH_AUDIENCE is set but AUTH_JWKS_URL is not: set AUTH_JWKS_URL to the address of your identity provider's keys, or remove it.",
  ],
  [
    ({ smtpUrl, mailFrom }) => smtpUrl && !mailFrom,
    'SMTP_URL is set but MAIL_FROM is not: set MAIL_FROM to the address that mails come from, or remove SMTP_URL.',
  ],
];

/** Why a value was refused. */
class Refused {
  readonly message: string;
  constructor({ name, expects }: Variable<unknown>) {
    this.name = name;
    // The value itself is not repeated: it may contain a password, and this message goes to logs.
    this.message = `${name} must be ${expects}.`;
  }
  readonly name: string;
}

function read(variable: Variable<unknown>, source: NodeJS.ProcessEnv): unknown {
  const text = source[variable.name]?.trim();
  if (!text) return variable.fallback;
  const value = variable.parse(text);
  return value === undefined ? new Refused(variable) : value;
}

function loadEnvFile(): void {
  const file = path.join(projectRoot, '.env');
  // A test run must not use the developer's own database.
  if (process.env.NODE_ENV !== 'test' && existsSync(file)) process.loadEnvFile(file);
}
