// npm run fuzz -- --requests 1000000: the fuzzer of the test suite, for as long as one likes, with a progress bar.
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { ensureInstalled, ensureTestTypes } from './bootstrap.mjs';
import { jest } from './jest.mjs';

const { values } = parseArgs({
  options: { requests: { type: 'string', default: '100000' }, seed: { type: 'string' } },
});
await ensureInstalled();
await ensureTestTypes();
process.env.FUZZ_REQUESTS = values.requests;
// Without a seed, each run sends other requests.
process.env.FC_SEED = values.seed ?? process.env.FC_SEED ?? String(randomInt(2 ** 31));
await jest(['test/fuzz']);
