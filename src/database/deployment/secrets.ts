import { randomBytes } from 'node:crypto';
import { readSecrets as readSecretsOf } from '../../../packages/embedded-postgres';
import { ConfigurationError, type Env } from '../../env';
import { product } from './product';

/** Secrets generated once for an embedded database. */
export interface Secrets {
  readonly superuserPassword: string;
  readonly ownerPassword: string;
  readonly servicePassword: string;
  readonly jwtSecret: string;
}

const generate = (): Secrets => ({
  superuserPassword: randomBytes(24).toString('base64url'),
  ownerPassword: randomBytes(24).toString('base64url'),
  servicePassword: randomBytes(24).toString('base64url'),
  jwtSecret: randomBytes(48).toString('base64url'),
});

export const readSecrets = (dataDir: string): Secrets => readSecretsOf(dataDir, product, generate);

/** The HS256 key that signs and verifies bearer tokens. */
export function jwtSecret(env: Env): string {
  if (env.authJwtSecret) return env.authJwtSecret;
  if (env.databaseUrl) {
    throw new ConfigurationError(
      "AUTH_JWKS_URL or AUTH_JWT_SECRET must be set when DATABASE_URL is: the address of your identity provider's keys, or at least 32 random characters, the same for every server of this database.",
    );
  }
  return readSecrets(env.dataDir).jwtSecret;
}
