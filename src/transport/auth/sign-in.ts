/**
 * Sign-in to the console: at the bank's identity provider, as a person of the demo, or with a pasted token.
 *
 * Demo people need no password, so that somebody who has just started the demo can look around. This is restricted to the local machine:
 * the server listens on a loopback address, and a request from another site's page, or under a host name that was made to resolve to this
 * machine (DNS rebinding), is refused.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Env } from '../../env';
import { requireMethod, parseBody, send, type BodyLimits } from '../http/http';
import { signLocalToken } from './local-token';
import type { Refused } from '../../delivery/refusal-recorder';
import { DomainError } from '../../versioning/errors';
import { badRequest } from '../errors/refusals';

/** A person of the demo, and what can be tried as them. */
export interface DemoPerson {
  readonly userId: number;
  readonly name: string;
  readonly roles: readonly string[];
  readonly toTry: string;
}

export type SignIn =
  | { readonly kind: 'demo'; readonly people: readonly DemoPerson[]; readonly secret: string }
  | { readonly kind: 'provider'; readonly issuer: string; readonly clientId: string; readonly scope: string }
  | { readonly kind: 'token' };

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i;

/** The way to sign in that this server offers. */
export function signInOf(env: Env, people: readonly DemoPerson[], secret: () => string): SignIn {
  if (env.authIssuer && env.consoleClientId)
    return { kind: 'provider', issuer: env.authIssuer, clientId: env.consoleClientId, scope: env.consoleScope };
  if (env.demo && !env.authJwksUrl && loopback.test(env.host)) return { kind: 'demo', people, secret: secret() };
  return { kind: 'token' };
}

/** A sign-in outside the API that was refused. */
export const refusedSignIn = (code: string): Refused => ({
  kind: 'SIGN_IN_REFUSAL',
  userId: null,
  code,
  operation: null,
  isMutation: false,
  requestId: null,
});

const DEMO_HOURS = 12;

/** Answers `/console/sign-in`: GET returns what is offered, POST a token for a person of the demo. */
export function signInEndpoint(signIn: SignIn, limits: BodyLimits, record: (refused: Refused) => void) {
  const { kind } = signIn;
  const offer =
    signIn.kind === 'demo'
      ? { kind, people: signIn.people }
      : signIn.kind === 'provider'
        ? { kind, issuer: signIn.issuer, clientId: signIn.clientId, scope: signIn.scope }
        : { kind };
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    response.setHeader('cache-control', 'no-store');
    requireMethod(request, ['GET', 'HEAD', 'POST']);
    if (request.method !== 'POST') return send(response, 200, offer);
    if (signIn.kind !== 'demo' || !isFromHere(request)) {
      record(refusedSignIn('FORBIDDEN'));
      throw new DomainError(
        'FORBIDDEN',
        'Nobody is signed in here without a token: that is for the demo, on its own machine.',
      );
    }
    const body = await parseBody(request, limits);
    const userId = (body as { userId?: unknown } | null)?.userId;
    const person = signIn.people.find((one) => one.userId === userId);
    if (!person) throw badRequest('Say which person of the demo: {"userId": 1}.');
    send(response, 200, { token: await signLocalToken(signIn.secret, { userId: person.userId, hours: DEMO_HOURS }) });
  };
}

/** Whether the request was made on this machine, by one of our pages or by no page at all. */
function isFromHere({ headers, socket }: IncomingMessage): boolean {
  const host = (headers.host ?? '').replace(/:\d+$/, '');
  const address = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const site = headers['sec-fetch-site'] ?? 'none';
  return loopback.test(host) && loopback.test(address) && (site === 'same-origin' || site === 'none');
}
