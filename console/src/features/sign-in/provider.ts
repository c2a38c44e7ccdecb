/**
 * The authorization code flow with PKCE (RFC 7636), by oauth4webapi. What must survive the redirect is kept in sessionStorage: a one-time
 * verifier, which is worthless without the code, and the path to return to.
 */
import * as oauth from 'oauth4webapi';
import * as t from '#text/sign-in';
import { ApiError } from '../../api/error';
import { arrivedAt, type Offer } from '../../api/session';

type Provider = Extract<Offer, { kind: 'provider' }>;
interface Journey {
  verifier: string;
  state: string;
  nonce: string;
  back: string;
}
const KEPT = 'phaseledger.sign-in';
const redirectUri = () => `${location.origin}/sign-in`;

/** Whether the provider opened this page, with a code or an error. */
export const isReturning = (): boolean => /[?&](code|error)=/.test(arrivedAt.search);

async function discover({ issuer }: Provider) {
  const at = new URL(issuer);
  const local = { [oauth.allowInsecureRequests]: at.protocol === 'http:' };
  return oauth.processDiscoveryResponse(at, await oauth.discoveryRequest(at, local));
}

/**
 * Redirects to the provider.
 * @param isFresh whether to force a new authentication there
 */
export async function beginSignIn(provider: Provider, back: string, isFresh = false): Promise<void> {
  const server = await discover(provider);
  if (!server.authorization_endpoint) throw new ApiError('UNREACHABLE', t.theIdentityProviderDoesNot);
  const journey: Journey = {
    verifier: oauth.generateRandomCodeVerifier(),
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    back,
  };
  sessionStorage.setItem(KEPT, JSON.stringify(journey));
  const address = new URL(server.authorization_endpoint);
  address.search = new URLSearchParams({
    client_id: provider.clientId,
    redirect_uri: redirectUri(),
    response_type: 'code',
    scope: provider.scope,
    state: journey.state,
    nonce: journey.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(journey.verifier),
    code_challenge_method: 'S256',
    // Signing requires a sign-in within the last minutes; reloading a page does not.
    max_age: '300',
    ...(isFresh && { prompt: 'login' }),
  }).toString();
  location.assign(address);
}

/** Exchanges the code for a token, and returns it with the path to return to. */
export async function finishSignIn(provider: Provider): Promise<{ token: string; back: string }> {
  const kept = sessionStorage.getItem(KEPT);
  if (kept === null) throw new ApiError('UNAUTHENTICATED', t.thisSignInWasStarted);
  sessionStorage.removeItem(KEPT);
  const { verifier, state, nonce, back } = JSON.parse(kept) as Journey;
  const server = await discover(provider);
  const client = { client_id: provider.clientId };
  const local = { [oauth.allowInsecureRequests]: new URL(provider.issuer).protocol === 'http:' };
  const answer = oauth.validateAuthResponse(server, client, arrivedAt, state);
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    answer,
    redirectUri(),
    verifier,
    local,
  );
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, { expectedNonce: nonce });
  return { token: tokens.access_token, back };
}
