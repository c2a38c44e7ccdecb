// npm run screenshots: takes the pictures of docs/console.md from a running demo (npm start; set CONSOLE_URL if it is elsewhere).
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { inRoot } from './run.mjs';

const origin = process.env.CONSOLE_URL ?? 'http://127.0.0.1:4000';
const workflow = '/w/0194d2a0-5c00-7000-8000-000000000001/0194d2a0-5c00-7000-8000-000000000002';
const version = (end) => `/v/0194d2a0-5c00-7000-8000-000000000${end}`;
const [ada, olga, audrey] = [1, 3, 8];

/** Name, person, address, and what differs from a light window of 1280 × 800. */
const pictures = [
  ['my-work', olga, '/'],
  ['workflows', olga, '/workflows'],
  ['workflow', olga, workflow],
  ['workflow-dark', olga, workflow, { theme: 'dark' }],
  ['review', olga, `${version('402')}/review?show=changed`],
  ['review-phone', olga, `${version('402')}/review`, { width: 390, height: 760 }],
  ['comparison', olga, `${version('102')}/diff`],
  ['signing', olga, `${version('903')}/sign`],
  ['history', olga, `${workflow}/FINALIZE_TEST_REPORT`],
  ['draft', ada, version('103')],
  ['insights', olga, '/insights'],
  ['verification', audrey, `/verify?cycle=${workflow.slice(3, 39)}&report=${workflow.slice(40)}`],
  ['commits', audrey, `${workflow}/log?operation=rejectVersion&commit=64`],
];

const folder = inRoot('docs', 'console');
mkdirSync(folder, { recursive: true });
const executablePath = execFileSync(process.execPath, [inRoot('scripts', 'chromium.mjs')], { encoding: 'utf8' }).trim();
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
for (const [name, person, address, { theme = 'light', width = 1280, height = 800 } = {}] of pictures) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: 'reduce',
    locale: 'en-GB',
  });
  await context.addInitScript(`localStorage.setItem('phaseledger.demo-person', '${person}')`);
  const page = await context.newPage();
  await page.goto(origin + address, { waitUntil: 'networkidle' });
  await page.evaluate('document.fonts.ready');
  // How much waits is told by a subscription; for some nothing does.
  const waiting = page.getByRole('navigation', { name: 'Console' }).getByText(/^\d+$/);
  await waiting.waitFor({ timeout: 2_000 }).catch(() => undefined);
  await page.screenshot({ path: `${folder}/${name}.png` });
  await context.close();
  console.log(`docs/console/${name}.png`);
}
await browser.close();
