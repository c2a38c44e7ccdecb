/** The console where only certain documents are executed: its own are among them, as they are read now and at an instant. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { consoleDocuments } from '../../src/transport/http/pages';
import { temporaryFolder } from '../support/temporary';
import type { Response } from 'playwright-core';
import { openConsole, openPage, settled, type Console } from './browser';

const manifest = path.join(temporaryFolder(), 'trusted-documents.json');
const theirs = 'query Theirs { viewer { name } }';
const workflow = '/w/0194d2a0-5c00-7000-8000-000000000001/0194d2a0-5c00-7000-8000-000000000002';
const olga = 3;

let console_: Console;
beforeAll(async () => {
  writeFileSync(manifest, JSON.stringify({ [createHash('sha256').update(theirs).digest('hex')]: theirs }));
  console_ = await openConsole({ trustedDocuments: manifest });
});
afterAll(() => console_.close());

test('it asks only what it says that it asks, now and at an instant', async () => {
  const refusals: string[] = [];
  const asked = new Set<string>();
  const own = new Set(consoleDocuments());
  const { page, complaints, close } = await openPage(console_, olga, '/');
  const isAsked = (response: Response) => response.url().endsWith('/graphql');
  const queryOf = (response: Response) => (response.request().postDataJSON() as { query: string }).query;
  page.on('response', (response) => {
    if (!isAsked(response)) return;
    const query = queryOf(response);
    asked.add(query);
    if (!response.ok() || !own.has(query)) refusals.push(`${response.status()} ${query}`);
  });
  const at = `?at=${encodeURIComponent(new Date().toISOString())}`;
  for (const address of [
    '/workflows',
    workflow,
    `${workflow}/log`,
    `${workflow}/SCOPING`,
    '/v/0194d2a0-5c00-7000-8000-000000000302',
    '/v/0194d2a0-5c00-7000-8000-000000000102/diff',
  ])
    for (const search of ['', at]) {
      // Some pages have their heading before what they are about.
      const answered = page.waitForResponse(
        (response) => isAsked(response) && (search === '' || queryOf(response).includes('@asOf')),
      );
      await page.goto(console_.url + address + search);
      await answered;
      await settled(page);
    }
  expect(refusals).toEqual([]);
  expect(complaints).toEqual([]);
  expect([...asked].filter((text) => text.includes('@asOf')).length).toBeGreaterThanOrEqual(6);
  await close();
});

test('what neither it nor the manifest asks is refused, as without it', async () => {
  const { token } = (await fetch(`${console_.url}/console/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ userId: olga }),
  }).then((response) => response.json())) as { token: string };
  const ask = async (query: string) => {
    const response = await fetch(`${console_.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query }),
    });
    return ((await response.json()) as { errors?: [{ extensions: { code: string } }] }).errors?.[0].extensions.code;
  };
  expect(await ask(theirs)).toBeUndefined();
  expect(await ask('{ viewer { userId name roles } }')).toBe('DOCUMENT_NOT_TRUSTED');
  const mine = consoleDocuments().find((text) => text.includes('query Viewer'))!;
  expect(await ask(mine)).toBeUndefined();
  expect(await ask(`${mine} `)).toBe('DOCUMENT_NOT_TRUSTED');
});
