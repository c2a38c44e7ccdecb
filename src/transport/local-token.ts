/** Tokens that this server signs itself, with the secret it shares with nobody but its operator: for local use. */
import { SignJWT } from 'jose';
import { TOKEN_AUDIENCE, TOKEN_ISSUER } from './authenticate';

export interface LocalToken {
  readonly userId: number;
  readonly hours: number;
  /** How long ago the person signed in, in seconds. */
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
