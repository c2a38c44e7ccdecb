import { Command } from 'commander';
import { withClient } from '../../packages/pg-client';
import { jwtSecret } from '../database/deployment/secrets';
import { ConfigurationError, readEnv } from '../env';
import { signLocalToken } from '../transport/auth/local-token';
import { positive, seconds } from './arguments';
import { withOpened } from './opened';
import { runTool } from './run';

interface User {
  readonly id: number;
  readonly roles: string;
}

async function printToken(options: { user: number; hours: number; authAge: number }): Promise<void> {
  const { user, hours, authAge } = options;
  const env = readEnv();
  if (env.authJwksUrl)
    throw new ConfigurationError(
      'AUTH_JWKS_URL is set, so tokens come from your identity provider and others are not accepted: sign in there, or remove AUTH_JWKS_URL for local use.',
    );
  const secret = jwtSecret(env);
  const users = await withOpened(({ ownerUrl, serviceUrl }) => activeUsers(ownerUrl ?? serviceUrl));
  if (!users.some(({ id }) => id === user)) {
    const known = users.map(({ id, roles }) => `  ${id}  ${roles}`).join('\n');
    throw new Error(`There is no active user ${user}. ${known ? `There are:\n${known}` : 'There are no users yet.'}`);
  }
  console.log(await signLocalToken(secret, { userId: user, hours, signedInAgo: authAge }));
}

function activeUsers(url: string): Promise<User[]> {
  return withClient(url, async (client) => {
    const { rows: tables } = await client.query<{ there: boolean }>(`SELECT to_regclass('users') IS NOT NULL AS there`);
    if (!tables[0]!.there)
      throw new Error('The database has no tables yet: run "npm start" or "npm run migrate" first.');
    const { rows } = await client.query<User>(
      `SELECT user_id AS id, coalesce(string_agg(role::text, ', ' ORDER BY role::text), 'no role') AS roles
         FROM users LEFT JOIN user_roles USING (user_id) WHERE is_active GROUP BY user_id ORDER BY user_id`,
    );
    return rows;
  });
}

runTool(() =>
  new Command('npm run -s token --')
    .description('Prints a bearer token for a user of this database.')
    .requiredOption('--user <id>', 'the userId', positive)
    .option('--hours <n>', 'how long it is valid', positive, 12)
    .option('--auth-age <seconds>', 'how long ago the person signed in', seconds, 0)
    .action(printToken)
    .parseAsync(),
);
