/**
 * GraphQL over HTTP, as the reference implementation's own audits have it. The endpoint asks for a token, and for a header
 * that no page can send unasked; both are added to each of their requests.
 */
import { serverAudits } from 'graphql-http';
import { ada, World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.destroy());

const audits = serverAudits({
  url: () => `${world.server.url}/graphql`,
  fetchFn: async (url: string, init: RequestInit = {}) =>
    fetch(url, {
      ...init,
      headers: {
        ...Object.fromEntries(new Headers(init.headers)),
        authorization: `Bearer ${await world.tokenOf(ada)}`,
        'apollo-require-preflight': 'x',
      },
    }),
});

test('there are audits to pass', () => {
  expect(audits.length).toBeGreaterThan(50);
});

test.each(audits.map((audit) => [audit.name, audit] as const))('%s', async (_, audit) => {
  const result = await audit.fn();
  if (result.status !== 'ok') throw new Error(`${result.status}: ${result.reason}`);
});
