/** Signing in to the console at an identity provider: there and back again, by the authorization code flow with PKCE. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { AUDIENCE, TestProvider } from '../support/identity-provider';
import { openConsole, openPage, type Console } from './browser';

/** What a provider has besides its keys: where people sign in, and where a code becomes a token. */
let keys: TestProvider;
let provider: Server;
let issuer: string;
let asked: URLSearchParams;
let spoiled: Record<string, unknown> = {};
let console_: Console;

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', issuer);
  const json = (body: object, status = 200) =>
    response
      .writeHead(status, { 'content-type': 'application/json', 'access-control-allow-origin': '*' })
      .end(JSON.stringify(body));
  if (pathname === '/.well-known/openid-configuration')
    return void json({
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      id_token_signing_alg_values_supported: ['ES256'],
    });
  if (pathname === '/authorize') {
    asked = searchParams;
    const back = new URL(searchParams.get('redirect_uri')!);
    back.search = new URLSearchParams({ code: 'once', state: searchParams.get('state')! }).toString();
    return void response.writeHead(302, { location: back.toString() }).end();
  }
  const sent = new URLSearchParams(await text(request));
  const challenge = createHash('sha256').update(sent.get('code_verifier')!).digest('base64url');
  if (sent.get('code') !== 'once' || challenge !== asked.get('code_challenge'))
    return void json({ error: 'invalid_grant' }, 400);
  // Whoever is asked to prove themselves anew has signed in just now; others did an hour ago.
  const authTime = Math.floor(Date.now() / 1000) - (asked.get('prompt') === 'login' ? 0 : 3600);
  json({
    token_type: 'Bearer',
    access_token: await keys.token('a', { iss: issuer, sub: '3', auth_time: authTime }),
    id_token: await keys.token('a', { iss: issuer, sub: '3', aud: 'console', nonce: asked.get('nonce'), ...spoiled }),
  });
}

beforeAll(async () => {
  keys = await TestProvider.start();
  await keys.addKey('a');
  provider = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  console_ = await openConsole({
    tokens: keys.rules({ issuer, audience: AUDIENCE }),
    signIn: { kind: 'provider', issuer, clientId: 'console', scope: 'openid' },
  });
});
afterAll(async () => {
  await console_.close();
  provider.close();
  await keys.stop();
});

test('leads to the provider and back to the page that was wanted; the token is kept nowhere', async () => {
  const { page, complaints, close } = await openPage(console_, null, '/workflows?q=Liquidity');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: 'Liquidity Position, daily summary' }).waitFor();
  await page.getByRole('button', { name: /Olga Petrenko/ }).waitFor();
  expect(Object.fromEntries(asked)).toMatchObject({
    client_id: 'console',
    response_type: 'code',
    code_challenge_method: 'S256',
    redirect_uri: `${console_.url}/sign-in`,
  });
  expect(page.url()).toBe(`${console_.url}/workflows?q=Liquidity`);
  expect(await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])')).not.toMatch(
    /eyJ|verifier/,
  );
  expect(complaints).toEqual([]);
  await close();
});

test.each([
  ['an answer to another question', { nonce: 'another' }, /"nonce"/],
  ['a token for another client', { aud: 'another' }, /"aud"/],
])('%s is no sign-in', async (_, changes, words) => {
  spoiled = changes;
  const { page, close } = await openPage(console_, null, '/workflows');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').getByText(words).waitFor();
  expect(await page.getByRole('navigation').count()).toBe(0);
  spoiled = {};
  await close();
});

test('a code that nobody asked for is no sign-in', async () => {
  const { page, close } = await openPage(console_, null, '/sign-in?code=once&state=made-up');
  await page.getByText('This sign-in was started in another window.', { exact: false }).waitFor();
  await close();
});

test('what is signed takes a sign-in anew: the provider is asked for one, and the form is still filled in', async () => {
  const { page, close } = await openPage(console_, null, '/v/0194d2a0-5c00-7000-8000-000000000903/sign');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('What it stands for').fill('responsibility');
  await page.getByRole('button', { name: 'Sign', exact: true }).last().click();
  await page.getByText('Your sign-in is too old to sign with.', { exact: false }).waitFor();
  expect(asked.get('prompt')).toBeNull();
  const away = page.waitForEvent('framenavigated');
  await page.getByRole('button', { name: 'Sign in again and sign' }).click();
  await away; // until then the address is what it will be again
  await page.waitForURL(/\/sign$/);
  await page.getByRole('heading', { name: 'What is signed' }).waitFor();
  expect(asked.get('prompt')).toBe('login');
  expect(await page.getByLabel('What it stands for').inputValue()).toBe('responsibility');
  await page.getByRole('button', { name: 'Sign', exact: true }).last().click();
  await page.getByRole('listitem').filter({ hasText: 'Report owner' }).getByText('responsibility').waitFor();
  await close();
});
