import { ApiError } from './error';

interface Refusal {
  errors?: readonly { message: string; extensions?: { code?: string } & Record<string, unknown> }[];
}

/** Asks this server and reads its answer, whatever stands in between; throws an ApiError that says what went wrong. */
export async function fetchJson<T>(
  path: string,
  body?: object,
  { headers, signal }: { headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<T> {
  const response = await fetch(path, {
    method: body ? 'POST' : 'GET',
    credentials: 'omit',
    signal: signal ?? null,
    headers: { accept: 'application/json', ...(body && { 'content-type': 'application/json' }), ...headers },
    ...(body && { body: JSON.stringify(body) }),
  }).catch((reason: unknown) => {
    if (signal?.aborted) throw reason;
    throw new ApiError('OFFLINE', 'The server cannot be reached.');
  });
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
