import { ApiError } from './error';

interface Refusal {
  errors?: readonly { message: string; extensions?: { code?: string } & Record<string, unknown> }[];
}

/** Asks this server for whatever it has at a path; throws an ApiError where it cannot be reached. */
export async function ask(path: string, { signal, ...init }: RequestInit): Promise<Response> {
  return fetch(path, { credentials: 'omit', signal: signal ?? null, ...init }).catch((reason: unknown) => {
    if (signal?.aborted) throw reason;
    throw new ApiError('OFFLINE', 'The server cannot be reached.');
  });
}

/** Reads an answer in JSON, whatever stands in between; throws an ApiError that says what went wrong. */
export async function readJson<T>(response: Response): Promise<T> {
  const answer = (await response.json().catch(() => null)) as (T & Refusal) | null;
  const refused = answer?.errors?.[0];
  if (refused) {
    const { code = 'UNKNOWN', ...details } = refused.extensions ?? {};
    throw new ApiError(code, refused.message, { ...details, retryAfter: response.headers.get('retry-after') });
  }
  if (!response.ok || answer === null)
    throw new ApiError('UNREACHABLE', `What answered with HTTP status ${response.status} was not PhaseLedger.`);
  return answer;
}

/** Asks this server and reads its answer; a body is sent as JSON. */
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
