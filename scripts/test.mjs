// npm test: works in a fresh clone, and passes its arguments on to Jest. As with npm start, Node gets a larger young generation than by
// default, and Jest passes that on to its workers. `--long` (npm run test:long) increases the effort of open-ended tests.
import { readFileSync } from 'node:fs';
import { ensureTests } from './bootstrap.mjs';
import ensureSeed from '../test/support/seed.cjs';
import { bin, inRoot, run } from './run.mjs';

await ensureTests();
// Unpacked once, before several suites want it at the same time. Suites that require it report its absence themselves.
await run(process.execPath, [inRoot('scripts/chromium.mjs')], { stdio: 'ignore' });
const args = process.argv.slice(2);
if (args.includes('--long')) {
  args.splice(args.indexOf('--long'), 1);
  process.env.TEST_EFFORT = 'long';
  console.error('Besides what npm test does:');
  const efforts = JSON.parse(readFileSync(inRoot('test/support/effort.json'), 'utf8'));
  for (const { usual, long, what } of Object.values(efforts)) console.error(`  ${what}: ${long} instead of ${usual}`);
}
console.error(`Seed: ${ensureSeed()}`);
process.exitCode = await run(process.execPath, ['--max-semi-space-size=128', bin('jest'), ...args]);
