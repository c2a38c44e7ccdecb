import { urqlClient } from '../generated/snippets/urql';
import { cursorOf, itemsIn, page, pagesOf, type Client, type MakeClient } from './client';
import { documentOf } from './shown';

export const urql: MakeClient = (url, token, schema) => {
  const client = urqlClient(url, token, schema);
  const read = (...[document, variables]: Parameters<Client['shown']>) =>
    client.readQuery(documentOf(document), variables, { requestPolicy: 'cache-only' });
  let versionId: string;
  let end: 'start' | 'end';
  let variables: Record<string, unknown>;
  const shownPages = () => itemsIn(read('shownPagesQuery', variables)?.data);
  const load = async (count: number, cursor?: string | null) => {
    variables = { versionId, ...page(end, count, cursor) };
    const { error } = await client.query(documentOf('shownPagesQuery'), variables).toPromise();
    if (error) throw error;
  };

  return {
    async ask(document, variables) {
      const { error } = await client
        .query(documentOf(document), variables, { requestPolicy: 'network-only' })
        .toPromise();
      if (error) throw error;
    },
    async send(mutation, variables) {
      const { error } = await client.mutation(documentOf(mutation), variables).toPromise();
      if (error) throw error;
    },
    shown: (document, variables) => (read(document, variables)?.data as unknown) ?? undefined,
    startPages(of, from, count) {
      [versionId, end] = [of, from];
      return load(count);
    },
    morePages: (count) => load(count, cursorOf(shownPages(), end)),
    pages: () => pagesOf(shownPages()),
  };
};
