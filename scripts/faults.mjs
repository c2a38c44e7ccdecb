// npm run test:faults: every fault by itself and often, with a table of what came of it in docs/reliability.md. FAULT_POINTS, FAULT_TIMES
// and FAULT_SECONDS ask for less or more (test/support/effort.json).
import { jest, suite } from './jest.mjs';
import { inRoot } from './run.mjs';

process.env.TEST_EFFORT = 'long';
process.env.FAULTS_REPORT = inRoot('docs', 'reliability.md');
await jest(suite('test/faults/faults.int.test.ts', 3_600_000), process.env.FAULTS_REPORT);
