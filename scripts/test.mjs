// npm test: works in a fresh clone, and passes its arguments on to Jest. As with npm start, Node gets more room for young
// objects than by default; Jest hands that on to its workers.
import { ensureGenerated, ensureInstalled, ensureTestTypes } from './bootstrap.mjs';
import { bin, run } from './run.mjs';

await ensureInstalled();
await ensureGenerated();
await ensureTestTypes();
process.exitCode = await run(process.execPath, ['--max-semi-space-size=32', bin('jest'), ...process.argv.slice(2)]);
