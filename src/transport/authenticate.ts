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
  return async (authorization) => {
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization ?? '')?.[1];
    if (!token) throw unauthenticated(`This needs a token. ${howTo}`);
    const userId = await jwtVerify(token, await key, {
      algorithms: ['HS256'],
      issuer: TOKEN_ISSUER,
      audience: TOKEN_AUDIENCE,
      requiredClaims: ['exp', 'sub'],
    }).then(
      ({ payload }) => (/^\d{1,9}$/.test(payload.sub ?? '') ? Number(payload.sub) : null),
      (error: unknown) => {
        throw unauthenticated(
          error instanceof errors.JWTExpired ? `The token has expired. ${howTo}` : `The token is not valid. ${howTo}`,
        );
      },
    );
    const [viewer] = userId === null ? [] : await usersById(db, [userId]);
    if (!viewer?.isActive)
      throw unauthenticated(
        'The token names a person who is not known here or is no longer active. Ask an Administrator.',
      );
    return viewer;
  };
}
