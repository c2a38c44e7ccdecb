import { jwtSecret } from '../../database/deployment/secrets';
import type { Env } from '../../env';
import type { TokenRules } from './authenticate';

/** The tokens this server accepts: an identity provider's, or those signed with a shared secret. */
export const tokenRules = (env: Env): TokenRules =>
  env.authJwksUrl
    ? {
        jwksUrl: env.authJwksUrl,
        issuer: env.authIssuer!,
        audience: env.authAudience!,
        userClaim: env.authUserClaim,
        clockToleranceSeconds: env.authClockToleranceSeconds,
        refreshSeconds: env.authJwksRefreshSeconds,
      }
    : { secret: jwtSecret(env) };
