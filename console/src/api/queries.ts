import { QueryClient } from '@tanstack/react-query';
import { currentPerson, token } from './session';

// Without a connection, requests are sent all the same and the page reports the failure, instead of pausing silently.
const networkMode = 'always';
/** What was read, for all pages. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 15_000, retry: false, refetchOnWindowFocus: true, networkMode },
    mutations: { networkMode },
  },
});

/** What does not depend on who reads it. */
export const OF_NOBODY = 'of nobody';

/** The last person who was signed in; of a token that does not say whose it is, the token. */
let reader = currentPerson() ?? token.get();
token.listen(() => {
  const next = currentPerson() ?? token.get();
  if (next === null || next === reader) return;
  // What was read for one person is nothing for the next.
  queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== OF_NOBODY });
  reader = next;
});
