/** GraphQL over HTTP, as the reference implementation's own audits have it, with the token that the endpoint asks for. */
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
      },
    }),
});

test('there are 61 audits to pass, of what is demanded, recommended and allowed', () => {
  expect(audits).toHaveLength(61);
  expect(new Set(audits.map(({ name }) => name.split(' ')[0]))).toEqual(new Set(['MUST', 'SHOULD', 'MAY']));
});

test.each(audits.map((audit) => [audit.name, audit] as const))('%s', async (_, audit) => {
  const result = await audit.fn();
  if (result.status !== 'ok') throw new Error(`${result.status}: ${result.reason}`);
});
