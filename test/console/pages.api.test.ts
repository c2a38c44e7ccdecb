import { request as httpRequest } from 'node:http';
import { json } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import type { Page, Request } from 'playwright-core';
import { peopleToBe } from '../../src/demo/content/to-try';
import { readEnv } from '../../src/env';
import { signInOf } from '../../src/transport/auth/sign-in';
import {
  api,
  cutOff,
  edgeless,
  jumped,
  openConsole,
  openDemo,
  openPage,
  settled,
  tooWide,
  unnamedTables,
  violationsOf,
  violationsInBothThemes,
  type Console,
} from './browser';
import { until } from '../support/until';

let console_: Console;
beforeAll(async () => {
  console_ = await openConsole();
});
afterAll(() => console_.close());

const workflow = '/w/0194d2a0-5c00-7000-8000-000000000001/0194d2a0-5c00-7000-8000-000000000002';
const reportId = workflow.slice(40);
const verifyWorkflow = `/verify?cycle=${workflow.slice(3, 39)}&report=${workflow.slice(40)}`;
const [olga, audrey] = [3, 8];

const pages: readonly [name: string, person: number | null, address: string, heading: string][] = [
  ['sign-in', null, '/', 'Who would you like to be?'],
  ['my work', olga, '/', 'Waits for you 3'],
  ['the workflows', olga, '/workflows', 'Workflows'],
  ['a workflow', olga, workflow, 'Domestic Credit Cards, monthly account schedule'],
  ['the commits', audrey, `${workflow}/log?commit=82`, 'Commit 82'],
  ['the verification of a workflow', audrey, verifyWorkflow, 'The log of the workflow verifies'],
  ['the verification of the rest', audrey, '/verify', 'The log of the reference data verifies'],
  ['a phase', olga, `${workflow}/SCOPING`, 'Scoping'],
  ['the records of a phase', olga, `${workflow}/REQUEST_INFO`, 'Request Info'],
  ['a version', olga, '/v/0194d2a0-5c00-7000-8000-000000000302', 'Scoping, version 2'],
  ['signatures', audrey, '/v/0194d2a0-5c00-7000-8000-000000000903?tab=signatures', 'Finalize Test Report, version 3'],
  ['a review', olga, '/v/0194d2a0-5c00-7000-8000-000000000402/review', 'Sample Selection, version 2'],
  ['a comparison', olga, '/v/0194d2a0-5c00-7000-8000-000000000102/diff?from=1', 'Planning, version 1 to 2'],
  ['what is signed', olga, '/v/0194d2a0-5c00-7000-8000-000000000903/sign', 'What is signed'],
  ['a rebase of nothing', 1, '/v/0194d2a0-5c00-7000-8000-000000000103/merge', 'Planning, version 3'],
  ['an item that is edited', 1, '/v/0194d2a0-5c00-7000-8000-000000000103', 'Planning, version 3'],
  ['the figures', olga, '/insights', 'Reports by phase'],
  ['a guide', olga, '/help/report-owner', 'A report owner'],
  ['an address that is none', olga, '/w/nowhere', 'There is no such page'],
  ['a version that is none', olga, '/v/0194d2a0-5c00-7000-8000-00000000ffff/review', 'There is no such version'],
  [
    'a workflow that was not there yet',
    olga,
    `${workflow}/log?at=2020-01-01T00%3A00%3A00.000Z`,
    'It was not there yet',
  ],
];

test.each(pages)(
  '%s: nothing that axe finds in either theme, nothing wider than a phone',
  async (_, person, address, heading) => {
    const { page, complaints, close } = await openPage(console_, person, address);
    await page.getByRole('heading', { name: heading }).first().waitFor();
    await page.waitForLoadState('networkidle');
    expect(await jumped(page)).toBeLessThan(0.1);
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await edgeless(page)).toEqual([]);
    // No link says of another page that it is this one.
    const here = `[...document.querySelectorAll('main a[aria-current=page]')].filter((one) => one.pathname !== location.pathname).length`;
    expect(await page.evaluate<number>(here)).toBe(0);
    expect(await unnamedTables(page)).toEqual([]);
    // Its window is named after it, so that tabs and the browser's history can be told apart.
    expect(await page.title()).toMatch(/^\S.* · PhaseLedger$/);
    expect(await tooWide(page, 360)).toBe(0);
    expect(await cutOff(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  },
);

test('what has no room is read whole under the pointer, as long as it has none', async () => {
  const { page, close } = await openPage(console_, olga);
  const report = page.getByRole('listitem').getByText('Domestic Credit Cards, monthly account schedule').first();
  await page.setViewportSize({ width: 360, height: 800 });
  await report.hover();
  expect(await report.getAttribute('title')).toBe('Domestic Credit Cards, monthly account schedule');
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.mouse.move(0, 0);
  await report.hover();
  expect(await report.getAttribute('title')).toBeNull();
  await close();
});

test('somebody who was not signed in is, as who they choose, and comes to the page they wanted', async () => {
  const { page, close } = await openPage(console_, null, '/workflows?q=Liquidity');
  await page.getByRole('button', { name: /Audrey Mbeki/ }).click();
  await page.getByRole('link', { name: 'Liquidity Position, daily summary' }).waitFor();
  expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe('/workflows?q=Liquidity');
  expect(await page.getByRole('row').count()).toBe(2); // the head, and the one that was searched for
  // No token is left behind in the browser.
  expect(await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])')).not.toMatch(/eyJ/);
  await close();
});

test('a page is read as of the instant of its address, says so, and steps to the commit before', async () => {
  const { page, close } = await openPage(console_, olga, workflow);
  await page.getByText('The log verifies').waitFor();
  const rows = page.getByRole('region', { name: 'Phases' }).getByRole('listitem');
  await page.keyboard.press('?');
  await page.getByRole('dialog').getByText('close, leave a field').waitFor();
  expect(await page.getByText('a commit back, on').count()).toBe(0); // only the keys of this page
  await page.keyboard.press('Escape');
  await page.goto(`${console_.url}${workflow}?at=${encodeURIComponent(new Date().toISOString())}`);
  const bar = page.getByRole('region', { name: 'The past' });
  await bar.getByText('read only').waitFor();
  await bar.getByText('refreshed the figures').waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog').getByText('a commit back, on').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' }); // keys are its own as long as it is there
  await page.keyboard.press('[');
  await bar.getByText(/Ada Lindqvist edited Planning/).waitFor();
  // The draft of Planning was begun a commit before; then nobody had.
  await page.keyboard.press('[');
  await page.keyboard.press('[');
  await rows.first().getByText('Complete').waitFor();
  await bar.getByRole('button', { name: 'Back to now' }).click();
  await rows.first().getByText('In progress').waitFor();
  await close();
});

test('what is loaded comes compressed to browsers that take it, and as it is to others', async () => {
  const page = await (await fetch(console_.url)).text();
  const [script] = /assets\/[^"]+\.js/.exec(page)!;
  const encodingOf = async (accepted: string) => {
    const answer = await fetch(`${console_.url}/${script}`, { headers: { 'accept-encoding': accepted } });
    return [answer.headers.get('content-encoding'), (await answer.text()).length];
  };
  const [zipped, length] = await encodingOf('gzip');
  expect(zipped).toBe('gzip');
  expect(await encodingOf('identity')).toEqual([null, length]);
});

describe('verification', () => {
  test('leads from the workflow to who read its log, which only some may see', async () => {
    const auditor = await openPage(console_, audrey, workflow);
    await auditor.page.getByRole('link', { name: 'Verification' }).click();
    const reads = auditor.page.getByRole('region', { name: 'Who read the log' });
    await reads
      .getByRole('row', { name: /Audrey Mbeki/ })
      .first()
      .waitFor();
    await auditor.page.getByRole('region', { name: 'Every write is recorded' }).waitFor();
    await auditor.close();
    const owner = await openPage(console_, olga, '/verify');
    await owner.page.getByText('It is open to administrators and auditors.').nth(1).waitFor();
    await owner.page.getByRole('region', { name: 'Every write is recorded' }).waitFor();
    expect(owner.complaints).toEqual([]); // nothing was asked that had to be refused
    await owner.close();
  });

  test('has what an auditor takes away: the pack is made while they wait or not, and downloaded', async () => {
    const { page, complaints, close } = await openPage(console_, audrey, '/workflows?q=Liquidity');
    await page.getByRole('link', { name: 'Liquidity Position, daily summary' }).click();
    await page.getByRole('link', { name: 'Verification' }).click();
    const panel = page.getByRole('region', { name: 'To take away' });
    await panel.getByRole('button', { name: 'Make the auditor’s pack' }).click();
    await panel.getByText(/Waits for its turn|steps are done/).waitFor();
    expect(await violationsOf(page)).toEqual([]);
    const button = panel.getByRole('button', { name: /^Download .* of the pack$/ });
    await button.waitFor();
    for (const [pressed, name] of [
      [button, /^pack.*\.zip$/],
      [panel.getByRole('button', { name: 'The log as a file' }), /\.jsonl$/],
    ] as const) {
      const download = page.waitForEvent('download');
      await pressed.click();
      expect((await download).suggestedFilename()).toMatch(name);
    }
    expect(await violationsOf(page)).toEqual([]);
    expect(await tooWide(page, 360)).toBe(0);
    expect(complaints).toEqual([]);
    await close();
    const owner = await openPage(console_, olga, verifyWorkflow);
    await owner.page.getByRole('button', { name: 'The workpaper as PDF' }).waitFor();
    expect(await owner.page.getByRole('button', { name: 'Make the auditor’s pack' }).count()).toBe(0);
    expect(owner.complaints).toEqual([]);
    await owner.close();
  });

  test('says where a log breaks, and leads to that commit', async () => {
    const { page, close } = await openPage(console_, olga, '/workflows');
    await page.route('**/graphql', async (route) => {
      if (!route.request().postData()?.includes('query VerifyWorkflow')) return route.continue();
      const response = await route.fetch();
      const answer = (await response.json()) as { data: { verifyChangeLog: object } };
      const broken = { valid: false, firstBrokenSequence: 7, problem: 'Its content is not what was hashed.' };
      Object.assign(answer.data.verifyChangeLog, broken);
      await route.fulfill({ response, json: answer });
    });
    await page.goto(`${console_.url}${verifyWorkflow}`);
    const panel = page.getByRole('region', { name: 'The log of the workflow does not verify' });
    await panel.getByText('Its content is not what was hashed.').waitFor();
    await panel.getByRole('link', { name: '7', exact: true }).click();
    await page.getByRole('heading', { name: 'Commit 7' }).waitFor();
    await page.unrouteAll({ behavior: 'wait' });
    await close();
  });
});

/** The whole log of the workflow, as an auditor takes it away from a server. */
async function logOf(url: string): Promise<string> {
  const post = async (path: string, body: object) =>
    (await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }).then((answer) => answer.json())) as { token: string };
  const { token } = await post('/console/sign-in', { userId: audrey });
  const headers = { authorization: `Bearer ${token}` };
  return (await fetch(`${url}/files/workflows${workflow.slice(2)}/log.jsonl`, { headers })).text();
}

describe('a log file is verified in the browser', () => {
  let log: string;
  beforeAll(async () => {
    log = await logOf(console_.url);
  });
  const edited = (line: number, from: string | RegExp, to: string) => {
    const lines = log.split('\n');
    expect(lines[line]).toMatch(from);
    lines[line] = lines[line]!.replace(from, to);
    return lines.join('\n');
  };
  const file = (name: string, content: string) => ({
    name,
    mimeType: 'application/jsonl',
    buffer: Buffer.from(content),
  });

  test('a good one, a damaged one, and foreign ones, each is told; nothing of it is sent', async () => {
    const { page, complaints, close } = await openPage(console_, audrey, verifyWorkflow);
    await page.getByRole('heading', { name: 'The log of the workflow verifies' }).waitFor();
    const sent: string[] = [];
    page.on('request', (request) => void sent.push(request.postData() ?? ''));
    const choose = page.getByLabel('Verify a log file').or(page.getByLabel('Verify another log file'));
    const panel = (title: string) => page.getByRole('region', { name: title });

    await choose.setInputFiles(file('good.jsonl', log));
    const good = panel('good.jsonl verifies');
    await good.getByText(/commit \d+ has the same hash, so up to there the log is what the file says/).waitFor();
    expect(await violationsInBothThemes(page)).toEqual([]);

    await choose.setInputFiles(file('damaged.jsonl', edited(40, /"operation":"[a-z]/, '"operation":"X')));
    const damaged = panel('damaged.jsonl does not verify');
    await damaged.getByText('Commit 40 does not have the content it was sealed with.').waitFor();
    await damaged.getByText('39 commits').waitFor();
    expect(await damaged.getByRole('link', { name: '40', exact: true }).getAttribute('href')).toContain('commit=40');

    await choose.setInputFiles(file('cut.jsonl', `${log.split('\n').slice(0, -5).join('\n')}\n`));
    await panel('cut.jsonl does not verify')
      .getByText(/^The chain ends at commit \d+; its head says/)
      .waitFor();

    // Of a stream that nobody has here; dropped, as people do it.
    const elsewhere = edited(0, /"streamId":"[^"]+"/, '"streamId":"0194d2a0-5c00-7000-8000-0000000000ff"');
    await page.evaluate(
      `((text) => {
        const data = new DataTransfer();
        data.items.add(new File([text], 'elsewhere.jsonl'));
        for (const type of ['dragover', 'drop'])
          document.querySelector('input[type=file]').closest('label').dispatchEvent(
            new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: data }));
      })(${JSON.stringify(elsewhere)})`,
    );
    await panel('elsewhere.jsonl does not verify').getByText('Line 2 is not a commit of this stream.').waitFor();

    // The whole log of another server: right in itself, and of the same workflow, until somebody did something else there.
    const other = await openDemo();
    const refresh = `mutation { refreshMetrics(reportId: "${reportId}") }`;
    for (const server of [other, console_]) await api(server, olga)(refresh);
    await choose.setInputFiles(file('other.jsonl', await logOf(other.url)));
    await other.close();
    await panel('other.jsonl verifies')
      .getByText(/commit \d+ has another hash/)
      .waitFor();

    await choose.setInputFiles(file('letter.pdf', '%PDF-1.7\n'));
    await panel('letter.pdf does not verify').getByText('This is not a log file of PhaseLedger.').waitFor();
    expect(sent.join()).not.toMatch(/rowChanges|previousHash/);
    expect(await tooWide(page, 360)).toBe(0);
    expect(complaints).toEqual([]);
    await close();
  });
});

/** How often a page asks for something while something is done to it. */
async function askedBy(page: Page, what: string, act: () => Promise<void>): Promise<number> {
  let asked = 0;
  const count = (request: Request) => {
    const { query } = (request.postDataJSON() ?? {}) as { query?: string };
    if (query?.includes(`query ${what}(`)) asked++;
  };
  page.on('request', count);
  await act();
  await page.waitForTimeout(300);
  await page.waitForLoadState('networkidle');
  page.off('request', count);
  return asked;
}

test('what a page reads is there before its link is clicked, and is asked for once', async () => {
  const { page, complaints, close } = await openPage(console_, olga, `${workflow}/SCOPING`);
  const link = page.locator('main a[href="/v/0194d2a0-5c00-7000-8000-000000000302"]').first();
  await link.waitFor();
  expect(await askedBy(page, 'Version', () => link.hover())).toBe(1);
  const open = async () => {
    await link.click();
    await page.getByRole('heading', { name: 'Scoping, version 2' }).waitFor();
  };
  expect(await askedBy(page, 'Version', open)).toBe(0);
  expect(complaints).toEqual([]);
  await close();
});

test('nobody reads a log by pointing at the link to it, since who reads it is recorded', async () => {
  const { page, close } = await openPage(console_, audrey, '/workflows');
  const link = page.locator(`main a[href="${workflow}"]`).first();
  await link.waitFor();
  expect(await askedBy(page, 'Workflow', () => link.hover())).toBe(0);
  expect(await askedBy(page, 'Workflow', () => link.click())).toBe(1);
  await close();
});

test('the first page is asked for with its code, before anything of it is shown', async () => {
  const { page, close } = await openPage(console_, olga, '/help/report-owner');
  await page.addInitScript(`new MutationObserver(() => {
    if (document.querySelector('main')) performance.mark('shown');
  }).observe(document, { childList: true, subtree: true })`);
  await page.goto(console_.url + workflow);
  await page.getByRole('region', { name: 'Phases' }).waitFor();
  const order = await page.evaluate<string[]>(`[
    ...performance.getEntriesByType('resource').filter((one) => one.name.endsWith('/graphql')).slice(0, 1),
    performance.getEntriesByName('shown')[0],
  ].sort((a, b) => a.startTime - b.startTime).map((one) => one.entryType)`);
  expect(order).toEqual(['resource', 'mark']);
  await close();
});

test('a page is shown without the code of menus, which then change nothing in its header', async () => {
  const { page, close } = await openPage(console_, olga, '/help/report-owner');
  let letGo = () => {};
  const later = new Promise<void>((resolve) => (letGo = resolve));
  await page.route(/controls-[^/]*\.js$/, async (route) => {
    await later;
    await route.continue();
  });
  await page.goto(console_.url + workflow);
  await page.getByRole('region', { name: 'Phases' }).waitFor();
  const look = () => page.locator('header').first().screenshot();
  await page.getByText('Olga Petrenko').first().waitFor();
  expect(await page.getByRole('button', { name: /signed in/ }).count()).toBe(0);
  const before = await look();
  letGo();
  await page.getByRole('button', { name: /signed in/ }).waitFor();
  await page.getByRole('button', { name: /Now/ }).waitFor();
  expect((await look()).equals(before)).toBe(true);
  await close();
});

test('no page takes more than 230 kB of JavaScript', async () => {
  const visit = await openPage(console_, olga, '/workflows');
  const { page } = visit;
  await settled(page);
  const scripts = new Map<string, Promise<number>>();
  page.on('response', (response) => {
    if (response.url().endsWith('.js'))
      scripts.set(response.url(), response.body().then((body) => gzipSync(body).length, () => 0)); // prettier-ignore
  });
  for (const address of ['/v/0194d2a0-5c00-7000-8000-000000000402/review', '/v/0194d2a0-5c00-7000-8000-000000000103']) {
    scripts.clear();
    await page.goto(console_.url + address);
    await settled(page);
    let size = 0;
    await until('they are counted', async () => {
      size = (await Promise.all(scripts.values())).reduce((sum, bytes) => sum + bytes, 0);
      return size > 100_000;
    });
    expect(size).toBeLessThan(230_000);
  }
  await visit.close();
});

describe('signing in as a person of the demo', () => {
  /** As a client with these headers would; `host` is not for a browser to set, but a name can be made to lead here. */
  const ask = (headers: Record<string, string>, body: object = { userId: 3 }) =>
    new Promise<[status: number | undefined, code: string | undefined]>((resolve, reject) => {
      const request = httpRequest(
        `${console_.url}/console/sign-in`,
        { method: 'POST', headers: { 'content-type': 'application/json', ...headers } },
        (response) =>
          void json(response).then((answer) => {
            const { errors } = answer as { errors?: [{ extensions: { code: string } }] };
            resolve([response.statusCode, errors?.[0].extensions.code]);
          }, reject),
      );
      request.once('error', reject);
      request.end(JSON.stringify(body));
    });

  test('each is offered with something of their own to try', () => {
    expect(new Set(peopleToBe.map(({ toTry }) => toTry)).size).toBe(peopleToBe.length);
  });

  test.each([
    ['a page of ours', { 'sec-fetch-site': 'same-origin' }, undefined, [200, undefined]],
    ['a program on this machine', {}, undefined, [200, undefined]],
    ['a page of another site', { 'sec-fetch-site': 'cross-site' }, undefined, [403, 'FORBIDDEN']],
    ['a page under a name that was made to lead here', { host: 'evil.example' }, undefined, [403, 'FORBIDDEN']],
    [
      'a form, which no browser asks about first',
      { 'content-type': 'text/plain' },
      undefined,
      [415, 'UNSUPPORTED_MEDIA_TYPE'],
    ],
    ['somebody who is not of the demo', {}, { userId: 12 }, [400, 'BAD_REQUEST']],
    ['nothing', {}, [], [400, 'BAD_REQUEST']],
  ])('%s', async (_, headers, body, answer) => {
    expect(await ask(headers as Record<string, string>, body)).toEqual(answer);
  });

  const env = (settings: NodeJS.ProcessEnv) => signInOf(readEnv(settings), peopleToBe, () => 'secret').kind;
  const provider = { AUTH_JWKS_URL: 'https://id.example/keys', AUTH_ISSUER: 'https://id.example', AUTH_AUDIENCE: 'us' };
  test.each([
    ['the demo on this machine', {}, 'demo'],
    ['the demo for a whole network', { HOST: '0.0.0.0' }, 'token'],
    ['a database of somebody’s own', { DATABASE_URL: 'postgresql://u:p@127.0.0.1/d' }, 'token'],
    ['an identity provider that does not know the console', provider, 'token'],
    ['an identity provider', { ...provider, CONSOLE_CLIENT_ID: 'console' }, 'provider'],
  ])('is offered for the demo on its own machine only: %s', (_, settings, kind) => {
    expect(env(settings)).toBe(kind);
  });
});
