import * as t from '#text/api';
import { noteReached } from './connection';
import { ApiError } from './error';

interface Refusal {
  errors?: readonly { message: string; extensions?: { code?: string } & Record<string, unknown> }[];
}

/** Fetches a path from this server; throws an ApiError if the server cannot be reached. */
export async function ask(path: string, { signal, ...init }: RequestInit): Promise<Response> {
  try {
    const response = await fetch(path, { credentials: 'omit', signal: signal ?? null, ...init });
    noteReached(true);
    return response;
  } catch (reason) {
    if (signal?.aborted) throw reason;
    noteReached(false);
    throw new ApiError('OFFLINE', t.theServerCannotBeReached);
  }
}

/** Parses a JSON response; throws an ApiError if a proxy or an error page answered instead. */
export async function readJson<T>(response: Response): Promise<T> {
  const answer = (await response.json().catch(() => null)) as (T & Refusal) | null;
  const refused = answer?.errors?.[0];
  if (refused) {
    const { code = 'UNKNOWN', ...details } = refused.extensions ?? {};
    throw new ApiError(code, refused.message, { ...details, retryAfter: response.headers.get('retry-after') });
  }
  if (!response.ok || answer === null)
    throw new ApiError('UNREACHABLE', t.whatAnsweredWithHttpStatus(response.status), {
      retryAfter: response.headers.get('retry-after'),
    });
  return answer;
}

/** Sends a request to this server and parses the response; a body is sent as JSON. */
export async function fetchJson<T>(
  path: string,
  body?: object,
  { headers, signal }: { headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<T> {
  const response = await ask(path, {
    method: body ? 'POST' : 'GET',
    ...(signal && { signal }),
    headers: { accept: 'application/json', ...(body && { 'content-type': 'application/json' }), ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
  return readJson(response);
}
