// npm test: works in a fresh clone, and passes its arguments on to Jest. As with npm start, Node gets more room for young
// objects than by default; Jest hands that on to its workers. `--long` (npm run test:long) tries more of what is endless.
import { readFileSync } from 'node:fs';
import { ensureConsole, ensureGenerated, ensureInstalled, ensureTestTypes } from './bootstrap.mjs';
import { bin, inRoot, run } from './run.mjs';

await ensureInstalled();
await ensureGenerated();
await ensureTestTypes();
await ensureConsole();
// Unpacked once, before suites want it at the same time. Those that cannot do without it say so themselves.
await run(process.execPath, [inRoot('scripts/chromium.mjs')], { stdio: 'ignore' });
const args = process.argv.slice(2);
if (args.includes('--long')) {
  args.splice(args.indexOf('--long'), 1);
  process.env.TEST_EFFORT = 'long';
  console.error('Besides what npm test does:');
  const efforts = JSON.parse(readFileSync(inRoot('test/support/effort.json'), 'utf8'));
  for (const { usual, long, what } of Object.values(efforts)) console.error(`  ${what}: ${long} instead of ${usual}`);
}
process.exitCode = await run(process.execPath, ['--max-semi-space-size=128', bin('jest'), ...args]);
