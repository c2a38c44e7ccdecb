import { QueryClient } from '@tanstack/react-query';

// Without a connection, requests are sent all the same and the page reports the failure, instead of pausing silently.
const networkMode = 'always';
/** What was read, for all pages. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 15_000, retry: false, refetchOnWindowFocus: true, networkMode },
    mutations: { networkMode },
  },
});
