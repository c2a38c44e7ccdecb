/** The console in a real browser, against a real server with the demo. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import axe from 'axe-core';
import { chromium, type Browser, type Page } from 'playwright-core';
import { Database } from '../../src/database/connection/database';
import { peopleToBe } from '../../src/demo/content/to-try';
import { projectRoot } from '../../src/env';
import type { RunningServer, ServerOptions } from '../../src/transport/server';
import { createDemoDatabase } from '../support/demo';
import { JWT_SECRET, startTestServer, TEST_STATEMENT_TIMEOUT_MS } from '../support/server';

export interface Console {
  readonly url: string;
  readonly browser: Browser;
  readonly close: () => Promise<void>;
}

/** A server that serves the console, with a demo of its own. */
export async function openDemo(options: Partial<ServerOptions> = {}): Promise<Omit<Console, 'browser'>> {
  const { serviceUrl } = await createDemoDatabase();
  const db = new Database({ url: serviceUrl, poolSize: 10, statementTimeoutMs: TEST_STATEMENT_TIMEOUT_MS });
  const server: RunningServer = await startTestServer(db, {
    console: true,
    signIn: { kind: 'demo', people: peopleToBe, secret: JWT_SECRET },
    ...options,
  });
  return {
    url: server.url,
    close: async () => {
      await server.stop();
      await db.close();
    },
  };
}

/** Such a server, and a browser to look at it. */
export async function openConsole(options: Partial<ServerOptions> = {}): Promise<Console> {
  const { url, close } = await openDemo(options);
  const executablePath = execFileSync(process.execPath, [path.join(projectRoot, 'scripts', 'chromium.mjs')], {
    encoding: 'utf8',
  }).trim();
  // Of our own: those that come with the package make the browser end with the first page that is closed.
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  return {
    url,
    browser,
    close: async () => {
      await browser.close();
      await close();
    },
  };
}

/** Asks the API as a person of the demo, for what a story needs to have happened before it begins. */
export const api =
  ({ url }: Pick<Console, 'url'>, userId: number) =>
  async (query: string, variables: object = {}): Promise<any> => {
    const ask = async (path: string, body: object, headers: Record<string, string> = {}) => {
      const sent = { 'content-type': 'application/json', ...headers };
      return (await fetch(url + path, { method: 'POST', headers: sent, body: JSON.stringify(body) })).json();
    };
    const { token } = (await ask('/console/sign-in', { userId })) as { token: string };
    const answer = (await ask('/graphql', { query, variables }, { authorization: `Bearer ${token}` })) as any;
    expect(answer.errors).toBeUndefined();
    return answer.data;
  };

/** Ends a hang, and nothing else: many times what a page takes on a busy machine. */
const PATIENCE_MS = 300_000;

/** A network interface came or went on this machine, as when a container starts: the browser then begins its requests again. */
const ofTheMachine = /net::ERR_NETWORK_CHANGED/;

/** A page of somebody, or of nobody; what the browser complains about fails the test that asks for it. */
export async function openPage({ browser, url }: Console, userId: number | null, address = '/'): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
  if (userId !== null) await context.addInitScript(`localStorage.setItem('phaseledger.demo-person', '${userId}')`);
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    const text = message.text();
    if (message.type() === 'error' && !ofTheMachine.test(text)) complaints.push(text);
  });
  page.on('pageerror', (error) => void complaints.push(String(error)));
  await page.goto(url + address);
  return { page, complaints, close: () => context.close() };
}
export interface Visit {
  readonly page: Page;
  readonly complaints: readonly string[];
  readonly close: () => Promise<void>;
}

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

const everyRule = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** What axe asks of colours: all else is the same in each theme. */
const rulesOfColours = axe
  .getRules(['cat.color'])
  .filter(({ tags }) => tags.some((tag) => everyRule.includes(tag)))
  .map(({ ruleId }) => ruleId);

/** What is wrong with a page for those who cannot see it, or hardly; in the words of axe. */
export const violationsOf = (page: Page): Promise<string[]> => violations(page, everyRule);

/** The same in the light theme, and in the dark one what depends on colours. */
export async function violationsInBothThemes(page: Page): Promise<string[]> {
  await setTheme(page, 'light');
  const found = await violationsOf(page);
  await setTheme(page, 'dark');
  return [...found, ...(await violations(page, rulesOfColours))];
}

async function violations(page: Page, rules: readonly string[]): Promise<string[]> {
  if (!(await page.evaluate<boolean>("'axe' in globalThis"))) await page.evaluate(axe.source);
  // Of what is right it need not say where it is, which takes longer than to look.
  const options = JSON.stringify({ runOnly: rules, resultTypes: ['violations'] });
  const found = await page.evaluate<Violation[]>(`axe.run(${options}).then((all) => all.violations)`);
  return found.map(({ id, nodes: [first] }) => `${id}: ${first?.html} ${first?.failureSummary ?? ''}`);
}

/** Waits until a page shows what it is about, and asks for nothing more: on a busy machine it may ask for nothing before that, too. */
export async function settled(page: Page): Promise<void> {
  await page.getByRole('main').getByRole('heading').first().waitFor();
  await page.waitForLoadState('networkidle');
}

const setTheme = (page: Page, theme: 'light' | 'dark') =>
  page.evaluate(`document.documentElement.dataset.theme = '${theme}'`);

/** What stands out by its shadow, and would have no edge where the system sets the colours, which takes shadows away. */
export async function edgeless(page: Page): Promise<string[]> {
  const lifted = `[...document.querySelectorAll('body *')].filter((one) => /px [1-9]\\d*px -?\\d+px/.test(getComputedStyle(one).boxShadow))`;
  await page.evaluate(`globalThis.lifted = ${lifted}`);
  await page.emulateMedia({ forcedColors: 'active' });
  const found = await page.evaluate<string[]>(`lifted
    .filter((one) => one.isConnected && ['borderTopStyle', 'outlineStyle'].every((edge) => getComputedStyle(one)[edge] === 'none'))
    .map((one) => one.tagName + ' ' + one.className)`);
  await page.emulateMedia({ forcedColors: 'none' });
  return found;
}

/** How much of a page jumped while it was loaded, as browsers count it (cumulative layout shift). */
export const jumped = (page: Page): Promise<number> =>
  page.evaluate<number>(`(() => {
    const observer = new PerformanceObserver(() => {});
    observer.observe({ type: 'layout-shift', buffered: true });
    return observer.takeRecords().reduce((sum, { value }) => sum + value, 0);
  })()`);

/** What of these elements holds more than it shows, by its text. */
export const overflowing = (page: Page, selector: string): Promise<string[]> =>
  page.evaluate<string[]>(`[...document.querySelectorAll('${selector}')]
    .filter((one) => one.scrollWidth > one.clientWidth + 1)
    .map((one) => one.textContent.slice(0, 60))`);

/** What of a page lies outside of what holds it, and cannot be scrolled to: its text, as far as it helps to find it. */
export const cutOff = (page: Page): Promise<string[]> =>
  page.evaluate<string[]>(`[...document.querySelectorAll('main *')].flatMap((one) => {
    const { overflowX, textOverflow } = getComputedStyle(one);
    const cuts = /hidden|clip/.test(overflowX) && textOverflow !== 'ellipsis' && one.clientWidth > 1;
    return cuts && one.scrollWidth > one.clientWidth + 1 ? [one.tagName + ' ' + one.textContent.slice(0, 60)] : [];
  })`);

/** What is missing of the ring around what has the focus: all of it, or what its scroller or the window cuts. Empty if it is whole. */
export const ringMissing = (page: Page): Promise<string> =>
  page.evaluate<string>(`(() => {
    const one = document.activeElement;
    if (one === document.body) return ''; // past the last of the page, before the first
    const name = one.tagName + ' ' + (one.ariaLabel || one.textContent).slice(0, 60);
    const { outlineStyle, outlineWidth, outlineOffset } = getComputedStyle(one);
    if (outlineStyle === 'none') return name;
    const grown = parseFloat(outlineWidth) + parseFloat(outlineOffset) - 0.6;
    const box = one.getBoundingClientRect();
    const isOut = ({ left, top, right, bottom }) =>
      box.left - grown < left || box.top - grown < top || box.right + grown > right || box.bottom + grown > bottom;
    if (isOut({ left: 0, top: 0, right: innerWidth, bottom: innerHeight })) return name;
    for (let holder = one.parentElement; holder !== document.body; holder = holder.parentElement)
      if (getComputedStyle(holder).overflowX !== 'visible' && isOut(holder.getBoundingClientRect())) return name;
    return '';
  })()`);

/** The tables of a page that a list of tables would show without a name. */
export const unnamedTables = (page: Page): Promise<string[]> =>
  page.evaluate<string[]>(`[...document.querySelectorAll('table')]
    .filter((one) => !one.matches('[aria-label], [aria-labelledby], :has(> caption)') && one.checkVisibility())
    .map((one) => one.textContent.slice(0, 60))`);

/** How far a page is wider than its window: the document, and what scrolls in it as a whole. */
export const tooWide = async (page: Page, width: number): Promise<number> => {
  await page.setViewportSize({ width, height: 800 });
  return page.evaluate<number>(`Math.max(
    document.documentElement.scrollWidth - innerWidth,
    ...[...document.querySelectorAll('main, [role=dialog]')].map((one) => one.scrollWidth - one.clientWidth),
  )`);
};
