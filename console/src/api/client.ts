import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { TypedDocumentString } from '../generated/graphql';
import { useAt } from '../shell/use-at';
import { asOf } from './as-of';
import { codeOf } from './error';
import { fetchJson } from './fetch-json';
import { currentToken, endSession, renew } from './session';

/**
 * Runs a request as the signed-in person. If the server no longer accepts the sign-in, it is renewed where that takes no prompt, and the
 * request sent again; otherwise the sign-in page brings them back to this address.
 */
export async function signedIn<T>(work: (headers: Record<string, string>) => Promise<T>): Promise<T> {
  const run = () => {
    const token = currentToken();
    return work(token === null ? {} : { authorization: `Bearer ${token}` });
  };
  try {
    return await run();
  } catch (error) {
    if (codeOf(error) !== 'UNAUTHENTICATED' || !(await renew())) throw error;
    return run().catch((again: unknown) => {
      if (codeOf(again) === 'UNAUTHENTICATED') endSession();
      throw again;
    });
  }
}

/** Sends one operation. */
export const send = <Result>(query: string, variables: object, signal?: AbortSignal): Promise<Result> =>
  signedIn(async (headers) => {
    const { data } = await fetchJson<{ data: Result }>(
      '/graphql',
      { query, variables },
      { ...(signal && { signal }), headers },
    );
    return data;
  });

interface Options {
  /** Always reads the present, whatever instant the page shows. */
  now?: boolean;
  enabled?: boolean;
  /** Keeps showing the previous rows while the next page loads; never across versions or instants. */
  keep?: boolean;
  staleTime?: number;
  /** The polling interval in milliseconds while the page is visible; the past is not polled. */
  every?: number;
  /** The hash of the content that the answer depends on: when it changes, the query is sent again. */
  of?: string;
}

/** A document and its variables at an instant, or now. Together they are the cache key, and include the instant. */
export const askedAt = (document: TypedDocumentString<unknown, never>, variables: object, at: string | undefined) =>
  at
    ? { text: asOf(String(document)), given: { ...variables, at } }
    : { text: String(document), given: { ...variables } };

/** The query of a document at an instant, or now. */
export function reading<Result, Variables extends object>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  at: string | undefined,
) {
  const { text, given } = askedAt(document, variables, at);
  return {
    queryKey: [text, given],
    queryFn: ({ signal }: { signal: AbortSignal }) => send<Result>(text, given, signal),
  };
}

/**
 * Reads at the instant in the page's address; pages need do nothing for it.
 */
export function useApi<Result, Variables extends object>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  { now = false, enabled = true, keep = false, staleTime, every, of }: Options = {},
): UseQueryResult<Result> {
  const { at } = useAt();
  const past = now ? undefined : at;
  const { queryKey, queryFn } = reading(document, variables, past);
  return useQuery({
    queryKey: of === undefined ? queryKey : [...queryKey, of],
    queryFn,
    enabled,
    ...(keep && { placeholderData: keepPreviousData }),
    ...(staleTime !== undefined && { staleTime }),
    ...(every !== undefined && !past && { refetchInterval: every }),
  });
}
