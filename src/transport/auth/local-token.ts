/** Tokens signed by this server itself, with a secret known to its operator only; for local use. */
import { SignJWT } from 'jose';
import { TOKEN_AUDIENCE, TOKEN_ISSUER } from './authenticate';

export interface LocalToken {
  readonly userId: number;
  readonly hours: number;
  /** The age of the sign-in, in seconds. */
  readonly signedInAgo?: number;
}

export function signLocalToken(secret: string, { userId, hours, signedInAgo = 0 }: LocalToken): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ auth_time: now - signedInAgo })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(String(userId))
    .setIssuer(TOKEN_ISSUER)
    .setAudience(TOKEN_AUDIENCE)
    .setIssuedAt(now)
    .setExpirationTime(now + hours * 3600)
    .sign(new TextEncoder().encode(secret));
}
