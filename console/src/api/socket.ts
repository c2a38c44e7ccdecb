import { createClient, type Client } from 'graphql-ws';
import { currentToken } from './session';

/** The longest delay between reconnection attempts, in milliseconds. */
const LATER_MS = 30_000;

/**
 * One connection for all subscriptions of a page: browsers allow few connections to a server, and several pages may be open. It opens with
 * the first subscription and closes with the last.
 */
export const socket: Client = createClient({
  url: () => new URL('/graphql', location.href.replace(/^http/, 'ws')).href,
  connectionParams: () => ({ authorization: `Bearer ${currentToken() ?? ''}` }),
  lazyCloseTimeout: 1_000,
  // A lost connection is reopened with a growing delay.
  retryAttempts: Infinity,
  retryWait: (retries) =>
    new Promise((resolve) => setTimeout(resolve, Math.min(LATER_MS, 500 * 2 ** retries) * (0.5 + Math.random() / 2))),
  shouldRetry: () => currentToken() !== null,
});
