// Holds the token and makes the requests with it. A token carries a person's right to decide, so it is kept in sessionStorage only: it ends
// with the browser tab and never enters GraphiQL's own storage (tabs, history), which outlives it.
import type { Fetcher, FetcherOpts, FetcherParams } from '@graphiql/toolkit';

const TOKEN_KEY = 'phaseledger.token';
const TIMEOUT_MS = 30_000;

export const UNREACHABLE = 'The server cannot be reached. Check that it is running, then try again.';

interface Answer {
  data?: Record<string, unknown> | null;
  errors?: readonly { message: string; extensions?: { code?: string } }[];
  /** Set if the message is this page's own: the server was not asked, or did not answer. */
  unsent?: 'refused' | 'unreachable';
}

export type Identity =
  | { state: 'signed-out' }
  | { state: 'checking' }
  | { state: 'signed-in'; name: string; roles: readonly string[] }
  | { state: 'refused'; message: string }
  | { state: 'unreachable'; message: string };

// A policy may disable storage. The page then forgets the token on reload, but must not fail.
export function readToken(): string {
  try {
    return sessionStorage.getItem(TOKEN_KEY) ?? '';
  } catch {
    return '';
  }
}

export function keepToken(token: string): void {
  try {
    if (token) sessionStorage.setItem(TOKEN_KEY, token);
    else sessionStorage.removeItem(TOKEN_KEY);
  } catch {
    // see readToken
  }
}

/** Removes what people paste along: the header's name, quotes, a trailing line break. */
export function tidyToken(pasted: string): string {
  return pasted
    .trim()
    .replace(/^authorization:\s*/i, '')
    .replace(/^bearer\s+/i, '')
    .replace(/^["']|["']$/g, '');
}

/** Posts one operation. It never throws, so that every failure reaches the reader as a readable GraphQL error. */
async function post(token: string, body: object, signal?: AbortSignal): Promise<Answer> {
  // With any other character, fetch would fail with a message about "ISO-8859-1 code points".
  if (token && !/^[\x21-\x7e]+$/.test(token)) {
    const message = 'This is not a token: it contains spaces or unusual characters. Copy it again.';
    return { errors: [{ message }], unsent: 'refused' };
  }
  let response: Response;
  try {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    response = await fetch('/graphql', {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/graphql-response+json, application/json;q=0.9',
        ...(token && { Authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
      credentials: 'omit',
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
  } catch (error) {
    const late = error instanceof DOMException && error.name === 'TimeoutError';
    const message = late ? `The server did not answer within ${TIMEOUT_MS / 1000} seconds. Try again.` : UNREACHABLE;
    return { errors: [{ message }], unsent: 'unreachable' };
  }
  try {
    return (await response.json()) as Answer;
  } catch {
    const message = `The server answered with HTTP status ${response.status} and no GraphQL. Is something else in between?`;
    return { errors: [{ message }], unsent: 'unreachable' };
  }
}

export async function whoAmI(token: string, signal: AbortSignal): Promise<Identity> {
  if (!token) return { state: 'signed-out' };
  const answer = await post(token, { query: 'query WhoAmI { viewer { userId name roles } }' }, signal);
  const viewer = answer.data?.viewer as { name: string; roles: string[] } | null | undefined;
  if (viewer) return { state: 'signed-in', name: viewer.name, roles: viewer.roles };
  const message = answer.errors?.[0]?.message ?? 'no reason given.';
  if (answer.unsent) return { state: answer.unsent, message };
  return { state: 'refused', message: `Not signed in. The server says: ${message}` };
}

/**
 * The fetcher of GraphiQL. It calls `onRefused` when a token that was valid no longer is (expired, signed out elsewhere), so that the bar
 * stops saying "Signed in". The schema query is excluded: it follows each check, and would trigger the next.
 */
export function createFetcher(token: string, onRefused: () => void): Fetcher {
  const fetcher = async ({ query, variables, operationName }: FetcherParams, options?: FetcherOpts) => {
    const operation = options?.documentAST?.definitions.find(
      (node) => node.kind === 'OperationDefinition' && (!operationName || node.name?.value === operationName),
    );
    if (operation?.kind === 'OperationDefinition' && operation.operation === 'subscription') {
      return { errors: [{ message: 'This page sends queries and mutations. Subscriptions need a WebSocket client.' }] };
    }
    const answer = await post(token, { query, variables: variables as object | undefined, operationName });
    delete answer.unsent;
    const refused = answer.errors?.some((error) => error.extensions?.code === 'UNAUTHENTICATED');
    if (refused && token && operationName !== 'IntrospectionQuery') onRefused();
    return answer;
  };
  // GraphiQL's type requires GraphQLError objects, but it only prints them as JSON.
  return fetcher as Fetcher;
}
