// npm run fuzz -- --requests 1000000: the fuzzer of the test suite, for as long as one likes, with a progress bar.
import { parseArgs } from 'node:util';
import { ensureGenerated, ensureInstalled, ensureTestTypes } from './bootstrap.mjs';
import { bin, run } from './run.mjs';

const { values } = parseArgs({
  options: { requests: { type: 'string', default: '100000' }, seed: { type: 'string' } },
});
await ensureInstalled();
await ensureGenerated();
await ensureTestTypes();
process.env.FUZZ_REQUESTS = values.requests;
if (values.seed) process.env.FC_SEED = values.seed;
// In this process's own terminal, for the bar.
process.exitCode = await run(process.execPath, [bin('jest'), '--runInBand', 'test/fuzz']);
