/**
 * Authentication: a bearer token identifies the person, and the users table says what they may do. Tokens are signed either by an identity
 * provider, with keys only it has, or with a shared secret. A server accepts one kind only, so a public key can never be taken for a
 * secret.
 *
 * The domain never uses this machine's clock. Here it is appropriate: tokens are not part of the log, their times come from the issuer's
 * clock, and the only question is whether they are valid now.
 */
import { decodeProtectedHeader, errors, jwtVerify, type JWTPayload, type JWTVerifyOptions } from 'jose';
import type { Logger } from 'pino';
import { RemoteKeys, type KeyTiming } from '../../../packages/remote-keys';
import type { Database } from '../../database/connection/database';
import { activePerson, nobody } from '../../services/active-person';
import { busy, DomainError } from '../../versioning/errors';
import type { TokenHolder } from '../../versioning/model';

/** Issuer and audience of the tokens that `npm run -s token` prints. */
export const TOKEN_ISSUER = 'phaseledger';
export const TOKEN_AUDIENCE = 'phaseledger';

/** Tokens signed with a secret shared with the issuer (HS256), for local use. */
export interface SharedSecret {
  readonly secret: string;
}

/** Tokens signed by an identity provider (OpenID Connect). */
export interface IdentityProvider {
  readonly jwksUrl: string;
  readonly issuer: string;
  readonly audience: string;
  /** The claim that contains the userId. */
  readonly userClaim: string;
  /** The tolerated clock skew. */
  readonly clockToleranceSeconds: number;
  readonly refreshSeconds: number;
  readonly timing?: Partial<KeyTiming>;
}

export type TokenRules = SharedSecret | IdentityProvider;

/** Asymmetric algorithms only, so that a public key cannot be used to sign. */
const ASYMMETRIC = ['RS256', 'PS256', 'ES256', 'EdDSA'];

const MAX_TOKEN_LENGTH = 8192;
const MAX_CHECKED = 10_000;

export type Authenticate = (authorization: string | undefined) => Promise<TokenHolder>;

/** A kind of tokens. */
interface TokenKind {
  readonly howTo: string;
  readonly userClaim: string;
  readonly clockToleranceSeconds: number;
  /** The generation of the keys in use; results of another generation are checked again. */
  currentKeys(): Promise<number>;
  /** The claims of a token with a valid signature, issuer, audience and times. */
  verify(token: string): Promise<JWTPayload>;
}

function ofSharedSecret({ secret }: SharedSecret): TokenKind {
  // Imported once, because raw bytes would be imported for every request.
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

/** Tokens rarely live longer than an hour, and without their provider nobody gets new ones. */
const KEY_TIMING = { keptFor: 3_600_000, cooldown: 10_000, timeout: 3_000 };

const keysUnavailable = () =>
  busy(
    'The token cannot be checked, because the keys of the identity provider could not be read. Try again in a few seconds; if the problem persists, tell an Administrator.',
    5,
  );

function ofProvider(provider: IdentityProvider, logger: Logger): TokenKind {
  const { jwksUrl, issuer, audience, userClaim, clockToleranceSeconds, refreshSeconds } = provider;
  const timing = { ...KEY_TIMING, refreshAfter: refreshSeconds * 1000, ...provider.timing };
  const keys = new RemoteKeys(jwksUrl, timing, keysUnavailable, (err) =>
    logger.warn({ err, jwksUrl }, 'the keys of AUTH_JWKS_URL could not be read'),
  );
  const options: JWTVerifyOptions = {
    algorithms: ASYMMETRIC,
    issuer,
    audience,
    clockTolerance: clockToleranceSeconds,
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

/** A value from a token, for use in a sentence. */
const quoted = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 100);

/** A token's time (seconds since 1970) as an instant; out-of-range numbers are returned unchanged. */
function instant(seconds: unknown): string {
  const date = new Date(Number(seconds) * 1000);
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString();
}

/**
 * Describes what is wrong with a token for its sender. Claims are checked only after the signature, and the message contains nothing but
 * what the token itself contains: what would be accepted is not disclosed.
 */
function problemWith(error: unknown, token: string): string {
  if (error instanceof errors.JOSEAlgNotAllowed)
    return `The token is not valid: tokens signed with the algorithm ${quoted(decodeProtectedHeader(token).alg)} are not accepted.`;
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return 'The token is not valid: its signature is wrong, so it was signed with another key or changed since.';
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return 'The token is not valid: it does not say by which of the known keys it was signed.';
  if (error instanceof errors.JOSENotSupported)
    return 'The token is not valid: its header requires an extension that is not supported.';
  if (error instanceof errors.JWTExpired) return `The token expired at ${instant(error.payload.exp)}.`;
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid)
    return `${NOT_A_TOKEN} Its parts are not JSON in base64url.`;
  if (!(error instanceof errors.JWTClaimValidationFailed)) return 'The token is not valid.';
  const { claim, reason, payload } = error;
  if (reason === 'missing') return `The token is not valid: it lacks the claim ${claim}.`;
  if (claim === 'nbf' && reason === 'check_failed') return `The token is not valid before ${instant(payload.nbf)}.`;
  if (claim === 'iss') return `The token is not valid: it comes from an unknown issuer, ${quoted(payload.iss)}.`;
  if (claim === 'aud') return `The token is not valid: it is meant for another audience, ${quoted(payload.aud)}.`;
  return `The token is not valid: its claim ${claim} is wrong.`;
}

const NOT_A_TOKEN = 'What was sent is not a token.';

/** Three parts in base64url; the last is empty in unsigned tokens. */
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]*$/;

/** Extracts the token from the header, or describes what is wrong with the header. */
function tokenIn(authorization: string): { token: string } | { problem: string } {
  if (authorization === '') return { problem: 'This needs a token.' };
  const [scheme, token, ...more] = authorization.split(' ');
  if (scheme!.toLowerCase() !== 'bearer')
    return { problem: 'The header Authorization does not begin with "Bearer", so it holds no token.' };
  if (!token) return { problem: 'The header Authorization holds no token after "Bearer".' };
  if (more.length > 0)
    return { problem: 'The header Authorization holds more than "Bearer", one space and one token.' };
  if (token.length > MAX_TOKEN_LENGTH)
    return { problem: `The token is not valid: it is longer than ${MAX_TOKEN_LENGTH} characters.` };
  if (!COMPACT.test(token)) return { problem: `${NOT_A_TOKEN} A JWT has three parts in base64url, with dots between.` };
  return { token };
}

/** A token that was verified, and how long it stays valid, in milliseconds. */
interface Checked {
  readonly userId: number | null;
  readonly authenticatedAt: Date | null;
  readonly keys: number;
  readonly from: number;
  readonly until: number;
}

/** Makes the authentication function. An invalid token or an inactive person gives UNAUTHENTICATED; unreachable keys give BUSY. */
export function authenticator(db: Database, rules: TokenRules, logger: Logger): Authenticate {
  const kind = 'secret' in rules ? ofSharedSecret(rules) : ofProvider(rules, logger);
  const unauthenticated = (problem: string) => new DomainError('UNAUTHENTICATED', `${problem} ${kind.howTo}`);
  /** A client sends the same token with every request, so its signature is verified once. The person is read every time. */
  const checked = new Map<string, Checked>();

  async function check(token: string): Promise<Checked> {
    const keys = await kind.currentKeys();
    const known = checked.get(token);
    const now = Date.now();
    if (known?.keys === keys && known.from <= now && now < known.until) return known;
    checked.delete(token);
    const claims = await kind.verify(token).catch((error: unknown) => {
      throw error instanceof DomainError ? error : unauthenticated(problemWith(error, token));
    });
    const tolerance = kind.clockToleranceSeconds;
    const { exp = 0, nbf = 0, auth_time: authTime = null, [kind.userClaim]: user } = claims;
    if (authTime !== null && !(typeof authTime === 'number' && authTime >= 0 && authTime <= now / 1000 + tolerance))
      throw unauthenticated('The token is not valid: its claim auth_time is not an instant in the past.');
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
    const found = tokenIn(authorization);
    if ('problem' in found) throw unauthenticated(found.problem);
    const { userId, authenticatedAt } = await check(found.token);
    if (userId === null) throw nobody();
    return { userId, authenticatedAt, person: () => activePerson(db.inNameOf(userId), userId) };
  };
}

/** The WWW-Authenticate challenge of a 401 (RFC 6750, 3): send a token, or a valid one. */
export const challengeTo = (authorization = ''): string =>
  /^Bearer +\S/i.test(authorization) ? 'Bearer error="invalid_token"' : 'Bearer';

/** A userId in a token: digits, or a number. */
const userIdOf = (claim: unknown): number | null =>
  (typeof claim === 'string' || typeof claim === 'number') && /^\d{1,9}$/.test(String(claim)) ? Number(claim) : null;
