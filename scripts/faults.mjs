// npm run test:faults: every fault by itself and often, with a table of what came of it in docs/reliability.md. FAULT_POINTS, FAULT_TIMES
// and FAULT_SECONDS ask for less or more (test/support/effort.json).
import { ensureGenerated, ensureInstalled } from './bootstrap.mjs';
import { bin, inRoot, run } from './run.mjs';

await ensureInstalled();
await ensureGenerated();
process.env.TEST_EFFORT = 'long';
process.env.FAULTS_REPORT = inRoot('docs', 'reliability.md');
const test = [
  '-i',
  '--selectProjects=database',
  '--testTimeout=3600000',
  '--runTestsByPath',
  'test/faults/faults.int.test.ts',
];
process.exitCode = await run(process.execPath, [bin('jest'), ...test]);
if (process.exitCode === 0)
  process.exitCode = await run(process.execPath, [bin('prettier'), '--write', process.env.FAULTS_REPORT]);
