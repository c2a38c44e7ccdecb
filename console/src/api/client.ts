import { keepPreviousData, useMutation, useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { v4 as uuid } from 'uuid';
import type { TypedDocumentString } from '../generated/graphql';
import { useAt } from '../shell/use-at';
import { asOf } from './as-of';
import { ApiError, codeOf } from './error';
import { fetchJson } from './fetch-json';
import { currentToken, signOut } from './session';

/** Runs a request as the signed-in person. If the session has ended, the sign-in page brings them back to this address. */
export async function signedIn<T>(work: (headers: Record<string, string>) => Promise<T>): Promise<T> {
  const token = currentToken();
  try {
    return await work(token === null ? {} : { authorization: `Bearer ${token}` });
  } catch (error) {
    if (error instanceof ApiError && error.code === 'UNAUTHENTICATED') signOut();
    throw error;
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

/**
 * Reads at the instant in the page's address; pages need do nothing for it. The cache key is the document and its variables, which include
 * the instant.
 */
export function useApi<Result, Variables extends object>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  { now = false, enabled = true, keep = false, staleTime, every, of }: Options = {},
): UseQueryResult<Result> {
  const { at } = useAt();
  const past = now ? undefined : at;
  const text = past ? asOf(String(document)) : String(document);
  const given = past ? { ...variables, at: past } : { ...variables };
  return useQuery({
    queryKey: of === undefined ? [text, given] : [text, given, of],
    queryFn: ({ signal }) => send<Result>(text, given, signal),
    enabled,
    ...(keep && { placeholderData: keepPreviousData }),
    ...(staleTime !== undefined && { staleTime }),
    ...(every !== undefined && !past && { refetchInterval: every }),
  });
}

/**
 * Idempotency keys of requests that were not acknowledged, by their content. A retry uses the same key, so it takes effect once even if
 * only the answer was lost.
 */
const unanswered = new Map<string, string>();

/**
 * A mutation. It invalidates all queries, since a commit can change any of them.
 * @param whenRead a query to wait for before the mutation counts as done, for pages that go on showing what was sent
 */
export function useCommand<Result, Variables extends { input: object }>(
  document: TypedDocumentString<Result, Variables>,
  { whenRead = false } = {},
) {
  const queries = useQueryClient();
  return useMutation<Result, Error, Variables>({
    mutationFn: async ({ input, ...variables }) => {
      const sent = JSON.stringify([String(document), input, variables]);
      const idempotencyKey = unanswered.get(sent) ?? uuid();
      unanswered.set(sent, idempotencyKey);
      const answer = await send<Result>(String(document), { ...variables, input: { ...input, idempotencyKey } });
      unanswered.delete(sent);
      return answer;
    },
    // Also after a refusal: somebody else may have been first. A request that never reached the server changed nothing.
    onSettled: (_, error) => {
      const read = codeOf(error) === 'OFFLINE' ? undefined : queries.invalidateQueries();
      return whenRead ? read : undefined;
    },
  });
}
