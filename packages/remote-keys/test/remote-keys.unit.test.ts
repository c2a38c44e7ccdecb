/** Tests a provider that answers, is slow, or is down. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { RemoteKeys, type KeyTiming } from '..';

const LONG = 3_600_000;
const keys = new Map<string, JWK>();
let server: Server;
let asked = 0;
let isDown = false;
beforeAll(async () => {
  server = createServer((_, response) => {
    asked++;
    if (isDown) response.writeHead(500).end();
    else response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [...keys.values()] }));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(async () => {
  [asked, isDown] = [0, false];
  keys.clear();
  await addKey('first');
});

async function addKey(kid: string): Promise<void> {
  const { publicKey } = await generateKeyPair('ES256');
  keys.set(kid, { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' });
}

function keysWith(timing: Partial<KeyTiming>) {
  const reports: unknown[] = [];
  const { port } = server.address() as AddressInfo;
  const remote = new RemoteKeys(
    `http://127.0.0.1:${port}/jwks`,
    { refreshAfter: LONG, keptFor: LONG, cooldown: 0, timeout: 3_000, ...timing },
    () => new Error('unavailable'),
    (error) => reports.push(error),
  );
  const find = (kid: string) => remote.find({ alg: 'ES256', kid }, { payload: '', signature: '' });
  return { remote, find, reports };
}

test('keys are fetched once for many who ask at the same time, and then known', async () => {
  const { remote, find } = keysWith({});
  expect(await Promise.all([remote.current(), remote.current(), remote.current()])).toEqual([1, 1, 1]);
  await find('first');
  expect(await remote.current()).toBe(1);
  expect(asked).toBe(1);
});

test('a key that is not among them is fetched, and a name that was made up is one request in a cooldown', async () => {
  const { remote, find } = keysWith({ cooldown: LONG / 2 });
  await remote.current();
  await addKey('second');
  await expect(find('second')).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
  expect(asked).toBe(1);
  const later = performance.now() + LONG / 2 + 1;
  const clock = jest.spyOn(performance, 'now').mockReturnValue(later);
  await find('second');
  for (const name of ['a', 'b', 'c'])
    await expect(find(name)).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
  clock.mockRestore();
  expect(asked).toBe(2);
});

test('a removed key is forgotten when the keys are due', async () => {
  const { remote, find } = keysWith({ refreshAfter: 0 });
  await remote.current();
  keys.clear();
  await addKey('second');
  expect(await remote.current()).toBe(2);
  await expect(find('first')).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
});

test('while the provider is down the known keys go on, for a while', async () => {
  const { remote, find, reports } = keysWith({ refreshAfter: 0 });
  await remote.current();
  isDown = true;
  expect(await remote.current()).toBe(1);
  await find('first');
  expect(reports.length).toBeGreaterThan(0);
  const clock = jest.spyOn(performance, 'now').mockReturnValue(performance.now() + LONG);
  await expect(remote.current()).rejects.toThrow('unavailable');
  clock.mockRestore();
});

test('a key that is not among those of a provider that is down may be one of its keys: nobody can tell', async () => {
  const { remote, find } = keysWith({});
  await remote.current();
  isDown = true;
  await expect(find('second')).rejects.toThrow('unavailable');
});
