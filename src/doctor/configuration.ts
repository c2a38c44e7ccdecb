/** Checks combinations of settings that are valid one by one. */
import type { Env } from '../env';
import type { Finding } from './finding';

type Rule = readonly [
  check: string,
  severity: Finding['severity'],
  isWrong: (env: Env) => unknown,
  problem: string,
  advice: string,
];

const part = (url: string | undefined, name: 'username' | 'pathname' | 'host' | 'hostname') =>
  url && new URL(url)[name];
const stays = (url: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\]|)$/.test(new URL(url).hostname);
const isEncrypted = (url: string): boolean =>
  /^(require|verify-ca|verify-full)$/.test(new URL(url).searchParams.get('sslmode') ?? '');

const rules: readonly Rule[] = [
  [
    'configuration one role',
    'error',
    ({ databaseUrl, databaseOwnerUrl }) =>
      databaseOwnerUrl && part(databaseUrl, 'username') === part(databaseOwnerUrl, 'username'),
    'DATABASE_URL and DATABASE_OWNER_URL name the same role.',
    'Let DATABASE_URL log in as phaseledger_service (npm run -s migrate -- --print-roles-sql makes both).',
  ],
  [
    'configuration two databases',
    'error',
    ({ databaseUrl, databaseOwnerUrl }) =>
      databaseOwnerUrl &&
      (part(databaseUrl, 'pathname') !== part(databaseOwnerUrl, 'pathname') ||
        part(databaseUrl, 'host') !== part(databaseOwnerUrl, 'host')),
    'DATABASE_URL and DATABASE_OWNER_URL name different databases.',
    'Set both to the same server and database.',
  ],
  [
    'configuration unencrypted',
    'warning',
    ({ databaseUrl }) => databaseUrl && !stays(databaseUrl) && !isEncrypted(databaseUrl),
    'The way to the database is not encrypted, and its password and data can be read on the line.',
    'Add ?sslmode=verify-full to DATABASE_URL, and NODE_EXTRA_CA_CERTS if its certificate is of your own authority.',
  ],
  [
    'configuration statement timeout',
    'warning',
    ({ statementTimeoutMs }) => statementTimeoutMs === 0,
    'STATEMENT_TIMEOUT_MS is 0: one statement that never ends keeps its connection for good.',
    'Set STATEMENT_TIMEOUT_MS=15000.',
  ],
  [
    'configuration checkpoints',
    'warning',
    ({ checkpointSeconds }) => checkpointSeconds === 0,
    'CHECKPOINT_SECONDS is 0: whoever rewrites the log as a whole is not noticed.',
    'Set CHECKPOINT_SECONDS=60.',
  ],
  [
    'configuration development',
    'warning',
    ({ databaseUrl, nodeEnv }) => databaseUrl && nodeEnv !== 'production' && nodeEnv !== 'test',
    'NODE_ENV is not production, so commands for developers run on this database.',
    'Set NODE_ENV=production.',
  ],
  [
    'configuration demo',
    'warning',
    ({ demo, nodeEnv }) => demo && nodeEnv === 'production',
    'DEMO is on: an empty database is filled with people and workflows that do not exist.',
    'Set DEMO=off.',
  ],
  [
    'configuration shared secret',
    'warning',
    ({ nodeEnv, authJwksUrl }) => nodeEnv === 'production' && !authJwksUrl,
    'Tokens are signed with a secret that every server knows: who reads it is anybody.',
    'Set AUTH_JWKS_URL, AUTH_ISSUER and AUTH_AUDIENCE to your identity provider.',
  ],
  [
    'configuration unlimited',
    'warning',
    ({ costPerMinute }) => costPerMinute === 0,
    'COST_PER_MINUTE is 0: one client may keep everybody else waiting.',
    'Set COST_PER_MINUTE=5000000.',
  ],
];

export const configurationFindings = (env: Env): Finding[] =>
  rules.flatMap(([check, severity, isWrong, problem, advice]) =>
    isWrong(env) ? [{ check, severity, problem, advice }] : [],
  );
