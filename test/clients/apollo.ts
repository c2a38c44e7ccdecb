import type { OperationVariables } from '@apollo/client';
import { apolloClient } from '../generated/snippets/apollo';
import { cursorOf, itemsIn, page, pagesOf, type MakeClient, type Variables } from './client';
import { documentOf, type ShownDocument } from './shown';

export const apollo: MakeClient = (url, token, schema) => {
  const client = apolloClient(url, token, schema);
  const ask = (document: ShownDocument, variables: Variables) =>
    client.query({
      query: documentOf(document),
      variables: variables,
      fetchPolicy: 'network-only',
    });
  let paging: ReturnType<typeof client.watchQuery>;
  let end: 'start' | 'end';
  const shownPages = () => itemsIn(client.readQuery({ query: paging.query, variables: paging.variables }));

  return {
    ask: async (document, variables) => void (await ask(document, variables)),
    send: async (mutation, variables) =>
      void (await client.mutate({ mutation: documentOf(mutation), variables: variables })),
    shown: (document, variables) =>
      client.readQuery({ query: documentOf(document), variables: variables }) ?? undefined,
    async startPages(versionId, from, count) {
      end = from;
      const options = {
        query: documentOf('shownPagesQuery'),
        variables: { versionId, ...page(from, count) } as OperationVariables,
      };
      await client.query(options);
      paging = client.watchQuery(options);
      paging.subscribe({}); // as a mounted component does
    },
    async morePages(count) {
      await paging.fetchMore({ variables: page(end, count, cursorOf(shownPages(), end)) });
    },
    pages: () => pagesOf(shownPages()),
  };
};
