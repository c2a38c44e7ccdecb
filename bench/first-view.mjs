// Measures how long a real browser takes to show the nine phases of a workflow, at a fourfold CPU slowdown, with a cold and with a warm
// cache, and compares that with a page of one line of text. Each time is from the navigation to the frame that shows the content.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { ensureAll } from '../scripts/bootstrap.mjs';
import { inRoot } from '../scripts/run.mjs';
import { table } from './fixture.mjs';
import { startServerProcess } from './support/server.mjs';

const SLOWDOWN = 4;
const ROUNDS = 9;
const WORKFLOW = '/w/0194d2a0-5c00-7000-8000-000000000001/0194d2a0-5c00-7000-8000-000000000002';
const OLGA = 3;

await ensureAll();
const folder = mkdtempSync(path.join(os.tmpdir(), 'phaseledger-first-view-'));
const server = await startServerProcess({ HOME: process.env.HOME, PORT: '0', DATA_DIR: folder, LOG_LEVEL: 'fatal' });
const executablePath = execFileSync(process.execPath, [inRoot('scripts', 'chromium.mjs')], { encoding: 'utf8' }).trim();
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });

/** A script that records when the page shows the expected number of elements, at the end of that frame. */
const watch = (selector, many) => `(() => {
  const look = () => document.querySelectorAll(${JSON.stringify(selector)}).length >= ${many}
    ? requestAnimationFrame(() => setTimeout(() => { window.shownAt = performance.now(); }))
    : requestAnimationFrame(look);
  look();
})()`;

async function shownAfter(page, address) {
  const slow = await page.context().newCDPSession(page);
  const cpu = async () => {
    const { metrics } = await slow.send('Performance.getMetrics');
    return 1000 * metrics.find(({ name }) => name === 'ThreadTime').value;
  };
  await slow.send('Performance.enable');
  await slow.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN });
  await page.goto(server.url + address, { waitUntil: 'commit' });
  const shown = await page.waitForFunction(() => globalThis.shownAt);
  const time = await shown.jsonValue();
  const times = { time, cpu: await cpu() };
  await slow.detach();
  return times;
}

/** Times the first visit of a new browser, and its second visit. */
async function visit(address, selector, many) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  await context.addInitScript(`localStorage.setItem('phaseledger.demo-person', '${OLGA}')`);
  await context.addInitScript(watch(selector, many));
  const first = await context.newPage();
  await first.route('**/empty', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Empty</title><p>One line.' }),
  );
  const times = { cold: await shownAfter(first, address) };
  // Otherwise, work that the browser does after the page is shown would count towards the next visit.
  await first.waitForLoadState('networkidle');
  times.warm = await shownAfter(first, address);
  await context.close();
  return times;
}

const median = (times) => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];
try {
  const empty = [];
  const phases = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const taken = [await visit('/empty', 'p', 1), await visit(WORKFLOW, 'section[aria-label="Phases"] li', 9)];
    if (round === 0) continue; // the first round warms up the server and the disk
    empty.push(taken[0]);
    phases.push(taken[1]);
  }
  const rows = ['cold', 'warm'].map((kind) => {
    const [nothing, nine] = [empty, phases].map((all) => median(all.map((one) => one[kind].time)));
    const cpu = median(phases.map((one) => one[kind].cpu));
    return [kind, Math.round(nothing), Math.round(nine), (nine / nothing).toFixed(1), Math.round(cpu)];
  });
  console.log(`The nine phases of a workflow, at ${SLOWDOWN}x CPU slowdown, medians of ${ROUNDS}:`);
  table(['browser', 'empty page ms', 'nine phases ms', 'ratio', 'CPU of it ms'], rows);
} finally {
  await browser.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
