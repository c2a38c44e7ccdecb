/** Who is calling: a bearer token names the person, the users table says what they may be asked to do. */
import { errors, jwtVerify } from 'jose';
import type { Db } from '../database/database';
import { usersById } from '../database/people';
import { DomainError } from '../versioning/errors';
import type { Viewer } from '../versioning/model';

/** Issuer and audience of the tokens that `npm run -s token` prints. */
export const TOKEN_ISSUER = 'phaseledger';
export const TOKEN_AUDIENCE = 'phaseledger';

const unauthenticated = (message: string) => new DomainError('UNAUTHENTICATED', message);
const howTo =
  'Send the header "Authorization: Bearer <token>"; for a local user, `npm run -s token -- --user ID` prints one.';

const MAX_CHECKED = 10_000;

export type Authenticate = (authorization: string | undefined) => Promise<Viewer>;

/** Makes the check for tokens signed with a shared secret (HS256). Every refusal is UNAUTHENTICATED. */
export function authenticator(db: Db, secret: string): Authenticate {
  // Imported once: as plain bytes it would be imported anew for each request.
  const key = crypto.subtle.importKey(
    'raw',
    new TextEncoder().encode(secret),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['verify'],
  );
  /** Tokens whose signature has been checked, until they expire; a client sends the same one with every request. */
  const checked = new Map<string, { userId: number | null; expiresAt: number }>();

  async function subjectOf(token: string): Promise<number | null> {
    const known = checked.get(token);
    if (known && known.expiresAt > Date.now()) return known.userId;
    const { payload } = await jwtVerify(token, await key, {
      algorithms: ['HS256'],
      issuer: TOKEN_ISSUER,
      audience: TOKEN_AUDIENCE,
      requiredClaims: ['exp', 'sub'],
    }).catch((error: unknown) => {
      const expired = error instanceof errors.JWTExpired;
      throw unauthenticated(`${expired ? 'The token has expired.' : 'The token is not valid.'} ${howTo}`);
    });
    const userId = /^\d{1,9}$/.test(payload.sub!) ? Number(payload.sub) : null;
    if (checked.size >= MAX_CHECKED) checked.clear();
    checked.set(token, { userId, expiresAt: payload.exp! * 1000 });
    return userId;
  }

  return async (authorization) => {
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization ?? '')?.[1];
    if (!token) throw unauthenticated(`This needs a token. ${howTo}`);
    const userId = await subjectOf(token);
    const [viewer] = userId === null ? [] : await usersById(db, [userId]);
    if (!viewer?.isActive)
      throw unauthenticated(
        'The token names a person who is not known here or is no longer active. Ask an Administrator.',
      );
    return viewer;
  };
}
