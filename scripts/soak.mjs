// npm run test:soak -- --seconds 300: half an hour of use, or as long as one says, in which nothing of a server may grow.
import { parseArgs } from 'node:util';
import { ensureGenerated, ensureInstalled } from './bootstrap.mjs';
import { bin, run } from './run.mjs';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '1800' } } });
await ensureInstalled();
await ensureGenerated();
process.env.SOAK_SECONDS = values.seconds;
const test = ['-i', '--selectProjects=database', '--testTimeout=86400000', '--runTestsByPath'];
process.exitCode = await run(process.execPath, [bin('jest'), ...test, 'test/soak/soak.int.test.ts']);
