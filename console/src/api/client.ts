import { keepPreviousData, useMutation, useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { v4 as uuid } from 'uuid';
import type { TypedDocumentString } from '../generated/graphql';
import { useAt } from '../shell/use-at';
import { asOf } from './as-of';
import { ApiError, codeOf } from './error';
import { fetchJson } from './fetch-json';
import { currentToken, signOut } from './session';

/** Does something in the name of who is signed in; where that is over, the page that asks for another sign-in comes back to where this was. */
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
  /** What is read now, whatever instant the page is read at. */
  now?: boolean;
  enabled?: boolean;
  /** Old rows stay while the next are on their way; never over another version or another instant. */
  keep?: boolean;
  staleTime?: number;
  /** Read again so often, in milliseconds, while somebody looks at it; the past is not. */
  every?: number;
  /** What it was read of, by its hash: of another content it is read again. */
  of?: string;
}

/**
 * Every page reads at the instant of its address, without doing anything for it. One document, one entry of the cache for
 * each set of variables, of which the instant is one.
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

/** The keys of what was sent and not taken yet, by what was sent: sent again, it is done once, also if only its answer was lost. */
const unanswered = new Map<string, string>();

/**
 * A mutation; whatever was read before is read again when it is done, since a commit can change any of it.
 * @param whenRead it is not done before that was read: for pages that go on showing what was sent
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
    // Also where it was refused: somebody else may have been first. What never reached the server changed nothing.
    onSettled: (_, error) => {
      const read = codeOf(error) === 'OFFLINE' ? undefined : queries.invalidateQueries();
      return whenRead ? read : undefined;
    },
  });
}
