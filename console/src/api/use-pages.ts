import { useInfiniteQuery } from '@tanstack/react-query';
import type { TypedDocumentString } from '../generated/graphql';
import { useAt } from '../shell/use-at';
import { askedAt, send } from './client';

/** A page of a list, as far as reading on needs it. */
export interface ListPage<Node> {
  readonly totalCount: number;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly nodes: readonly Node[];
}
/** What has been read of a list. */
export interface PartOfList<Node> {
  readonly nodes: readonly Node[];
  readonly totalCount: number;
  /** Reads the next page; undefined if there is none. */
  readonly more: (() => void) | undefined;
}

/**
 * A list that is read page by page, the next one on request, at the instant of the page.
 * @param document takes `after` in addition to the variables
 */
export function usePages<Result, Variables extends { after?: string | null | undefined }, Node>(
  document: TypedDocumentString<Result, Variables>,
  variables: Omit<Variables, 'after'>,
  pageOf: (result: Result) => ListPage<Node> | null | undefined,
  { enabled = true } = {},
) {
  const { at } = useAt();
  const { text, given } = askedAt(document, variables, at);
  const { data, error, refetch, hasNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: [text, given, 'pages'],
    initialPageParam: null as string | null,
    queryFn: ({ signal, pageParam }) => send<Result>(text, { ...given, after: pageParam }, signal),
    getNextPageParam: (last) => {
      const page = pageOf(last);
      return page?.pageInfo.hasNextPage ? page.pageInfo.endCursor : undefined;
    },
    enabled,
  });
  const pages = data?.pages.map(pageOf) ?? [];
  const list: PartOfList<Node> = {
    nodes: pages.flatMap((page) => page?.nodes ?? []),
    totalCount: pages[0]?.totalCount ?? 0,
    more: hasNextPage ? () => void fetchNextPage() : undefined,
  };
  return { data: data?.pages[0], list, error, refetch };
}
