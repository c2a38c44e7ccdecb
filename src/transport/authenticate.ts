/**
 * Who is calling: a bearer token names the person, the users table says what they may be asked to do. Tokens are signed
 * either by an identity provider, with keys only it has, or with a secret that is shared: a server accepts one kind, so no
 * public key can ever be taken for a secret.
 *
 * The domain never asks this machine's clock what time it is. Here it is right: a token is not part of the log, its times
 * are the issuer's clock, and all that is asked of them is whether they hold at this moment.
 */
import { errors, jwtVerify, type JWTPayload, type JWTVerifyOptions } from 'jose';
import type { Logger } from 'pino';
import type { Db } from '../database/database';
import { activePerson } from '../services/active-person';
import { DomainError } from '../versioning/errors';
import type { Identity } from '../versioning/model';
import { KEY_TIMING, RemoteKeys, type KeyTiming } from './remote-keys';

/** Issuer and audience of the tokens that `npm run -s token` prints. */
export const TOKEN_ISSUER = 'phaseledger';
export const TOKEN_AUDIENCE = 'phaseledger';

/** Tokens are signed with a secret that the issuer shares with us (HS256), for local use. */
export interface SharedSecret {
  readonly secret: string;
}

/** Tokens are signed by an identity provider (OpenID Connect). */
export interface IdentityProvider {
  readonly jwksUrl: string;
  readonly issuer: string;
  readonly audience: string;
  /** The claim that holds the userId. */
  readonly userClaim: string;
  /** How far its clock and ours may be apart. */
  readonly clockToleranceSeconds: number;
  readonly refreshSeconds: number;
  readonly timing?: Partial<KeyTiming>;
}

export type TokenRules = SharedSecret | IdentityProvider;

/** Only algorithms with a key pair, so that a key everybody can read signs nothing. */
const ASYMMETRIC = ['RS256', 'PS256', 'ES256', 'EdDSA'];

const MAX_TOKEN_LENGTH = 8192;
const MAX_CHECKED = 10_000;

export type Authenticate = (authorization: string | undefined) => Promise<Identity>;

/** One kind of tokens. */
interface TokenKind {
  readonly howTo: string;
  readonly userClaim: string;
  readonly clockToleranceSeconds: number;
  /** Which keys signatures are checked with now; what was checked with others is checked again. */
  currentKeys(): Promise<number>;
  /** The claims of a token whose signature, issuer, audience and times are right. */
  verify(token: string): Promise<JWTPayload>;
}

function ofSharedSecret({ secret }: SharedSecret): TokenKind {
  // Imported once: as plain bytes it would be imported anew for each request.
  const key = crypto.subtle.importKey(
    'raw',
    new TextEncoder().encode(secret),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['verify'],
  );
  const options: JWTVerifyOptions = {
    algorithms: ['HS256'],
    issuer: TOKEN_ISSUER,
    audience: TOKEN_AUDIENCE,
    requiredClaims: ['exp', 'sub'],
  };
  return {
    howTo:
      'Send the header "Authorization: Bearer <token>"; for a local user, `npm run -s token -- --user ID` prints one.',
    userClaim: 'sub',
    clockToleranceSeconds: 0,
    currentKeys: () => Promise.resolve(0),
    verify: async (token) => (await jwtVerify(token, await key, options)).payload,
  };
}

function ofProvider(provider: IdentityProvider, logger: Logger): TokenKind {
  const { jwksUrl, issuer, audience, userClaim, clockToleranceSeconds, refreshSeconds } = provider;
  const timing = { ...KEY_TIMING, refreshAfter: refreshSeconds * 1000, ...provider.timing };
  const keys = new RemoteKeys(jwksUrl, timing, (err) =>
    logger.warn({ err, jwksUrl }, 'the keys of AUTH_JWKS_URL could not be read'),
  );
  const options: JWTVerifyOptions = {
    algorithms: ASYMMETRIC,
    ...{ issuer, audience, clockTolerance: clockToleranceSeconds },
    requiredClaims: ['exp', 'sub', userClaim],
  };
  return {
    howTo: 'Send the header "Authorization: Bearer <token>", with a token that your identity provider has just issued.',
    userClaim,
    clockToleranceSeconds,
    currentKeys: () => keys.current(),
    verify: async (token) => (await jwtVerify(token, keys.find, options)).payload,
  };
}

/** What is wrong with a token, in words for whoever sent it. */
function problemWith(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired.';
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return 'The token is not valid: it does not say by which of the known keys it was signed.';
  if (!(error instanceof errors.JWTClaimValidationFailed)) return 'The token is not valid.';
  const { claim, reason } = error;
  if (reason === 'missing') return `The token is not valid: it lacks the claim ${claim}.`;
  if (claim === 'nbf' && reason === 'check_failed') return 'The token is not valid yet.';
  if (claim === 'iss') return 'The token is not valid: it comes from another issuer.';
  if (claim === 'aud') return 'The token is not valid: it is meant for another audience.';
  return `The token is not valid: its claim ${claim} is wrong.`;
}

/** A token that was found right, and for how long it is, in milliseconds. */
interface Checked {
  readonly userId: number | null;
  readonly authenticatedAt: Date | null;
  readonly keys: number;
  readonly from: number;
  readonly until: number;
}

/** Makes the check of tokens. What is wrong with a token or its person is UNAUTHENTICATED; keys out of reach are BUSY. */
export function authenticator(db: Db, rules: TokenRules, logger: Logger): Authenticate {
  const kind = 'secret' in rules ? ofSharedSecret(rules) : ofProvider(rules, logger);
  const unauthenticated = (problem: string) => new DomainError('UNAUTHENTICATED', `${problem} ${kind.howTo}`);
  /** A client sends the same token with every request; its signature is checked once. Who it names is read every time. */
  const checked = new Map<string, Checked>();

  async function check(token: string): Promise<Checked> {
    const keys = await kind.currentKeys();
    const known = checked.get(token);
    const now = Date.now();
    if (known?.keys === keys && known.from <= now && now < known.until) return known;
    checked.delete(token);
    const claims = await kind.verify(token).catch((error: unknown) => {
      throw error instanceof DomainError ? error : unauthenticated(problemWith(error));
    });
    const tolerance = kind.clockToleranceSeconds;
    const { exp = 0, nbf = 0, auth_time: authTime = null, [kind.userClaim]: user } = claims;
    if (authTime !== null && !(typeof authTime === 'number' && authTime >= 0 && authTime <= now / 1000 + tolerance))
      throw unauthenticated('The token is not valid: its claim auth_time is no instant that has passed.');
    const found: Checked = {
      userId: userIdOf(user),
      authenticatedAt: authTime === null ? null : new Date(authTime * 1000),
      keys,
      from: (nbf - tolerance) * 1000,
      until: (exp + tolerance) * 1000,
    };
    if (checked.size >= MAX_CHECKED) checked.clear();
    checked.set(token, found);
    return found;
  }

  return async (authorization = '') => {
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization)?.[1];
    if (!token) throw unauthenticated('This needs a token.');
    if (token.length > MAX_TOKEN_LENGTH)
      throw unauthenticated(`The token is not valid: it is longer than ${MAX_TOKEN_LENGTH} characters.`);
    const { userId, authenticatedAt } = await check(token);
    return { viewer: await activePerson(db, userId), authenticatedAt };
  };
}

/** What a 401 tells clients to do, as they know it (RFC 6750, 3): send a token, or another one than was sent. */
export const challengeTo = (authorization = ''): string =>
  /^Bearer +\S/i.test(authorization) ? 'Bearer error="invalid_token"' : 'Bearer';

/** A userId as a token holds it: digits, or a number. */
const userIdOf = (claim: unknown): number | null =>
  (typeof claim === 'string' || typeof claim === 'number') && /^\d{1,9}$/.test(String(claim)) ? Number(claim) : null;
