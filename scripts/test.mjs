// npm test: works in a fresh clone, and passes its arguments on to Jest.
import { ensureGenerated, ensureInstalled, ensureTestTypes } from './bootstrap.mjs';
import { bin, run } from './run.mjs';

await ensureInstalled();
await ensureGenerated();
await ensureTestTypes();
process.exitCode = await run(process.execPath, [bin('jest'), ...process.argv.slice(2)]);
