// npm run fuzz -- --requests 1000000: the fuzzer of the test suite, for as long as one likes, with a progress bar.
import { parseArgs } from 'node:util';
import { ensureInstalled, ensureTestTypes } from './bootstrap.mjs';
import { jest } from './jest.mjs';

const { values } = parseArgs({
  options: { requests: { type: 'string', default: '100000' }, seed: { type: 'string' } },
});
await ensureInstalled();
await ensureTestTypes();
process.env.FUZZ_REQUESTS = values.requests;
if (values.seed) process.env.FC_SEED = values.seed;
await jest(['test/fuzz']);
