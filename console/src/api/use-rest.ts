import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { TypedDocumentString } from '../generated/graphql';
import { useAt } from '../shell/use-at';
import { asOf } from './as-of';
import { send } from './client';

interface Page<Node> {
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly nodes: readonly Node[];
}

/** The following pages, and the cursor after which they begin. */
interface Rest<Node> {
  readonly begin: string | null;
  readonly nodes: readonly Node[];
}

/**
 * A whole list that may be longer than one page: the first page, and the rest once it has loaded.
 * @param document takes `after` in addition to the variables
 * @param revision the revision the list belongs to; at a new one, the rest is read again
 */
export function useRest<Node, Result, Variables extends { after: string }>(
  first: Page<Node> | null | undefined,
  document: TypedDocumentString<Result, Variables>,
  given: Omit<Variables, 'after'>,
  revision: number | undefined,
  pageOf: (result: Result) => Page<Node> | null | undefined,
): readonly Node[] {
  const { at } = useAt();
  const text = at ? asOf(String(document)) : String(document);
  const begin = first?.pageInfo.endCursor ?? null;
  const { data: rest } = useQuery<Rest<Node>>({
    queryKey: [text, given, at, revision],
    enabled: first?.pageInfo.hasNextPage === true,
    // While the rest is read again, the old rows stay if they continue the same first page; never across instants.
    placeholderData: (before, query) => (before?.begin === begin && query?.queryKey[2] === at ? before : undefined),
    queryFn: async ({ signal }) => {
      const found: Node[] = [];
      for (let after = begin; after !== null;) {
        const page = pageOf(await send<Result>(text, { ...given, after, ...(at && { at }) }, signal));
        found.push(...(page?.nodes ?? []));
        after = page?.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
      }
      return { begin, nodes: found };
    },
  });
  return useMemo(() => [...(first?.nodes ?? []), ...(rest?.nodes ?? [])], [first, rest]);
}
