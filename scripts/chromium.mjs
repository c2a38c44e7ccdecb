// Prints the path of a usable Chromium: CHROMIUM_PATH, or else the one of @sparticuz/chromium (Linux on x64), unpacked into a folder per
// version. If there is none, it says what to do and fails.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fail, inRoot } from './run.mjs';

const { CHROMIUM_PATH: given } = process.env;
if (given !== undefined) {
  if (!existsSync(given)) fail(`CHROMIUM_PATH is ${given}, and there is no such file.`);
  console.log(given);
} else {
  const installed = [
    '/usr/bin/chromium',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  ].find((file) => existsSync(file));
  if (process.platform === 'linux' && process.arch === 'x64') {
    // The package uses whatever version it finds in its folder below TMPDIR.
    const { version } = JSON.parse(readFileSync(inRoot('node_modules/@sparticuz/chromium/package.json'), 'utf8'));
    process.env.TMPDIR = path.join(os.tmpdir(), `phaseledger-chromium-${version}`);
    mkdirSync(process.env.TMPDIR, { recursive: true });
    const { default: chromium } = await import('@sparticuz/chromium');
    console.log(await chromium.executablePath());
  } else if (installed) console.log(installed);
  else fail('There is no Chromium for the tests of the console: install Chrome, or set CHROMIUM_PATH to one.');
}
