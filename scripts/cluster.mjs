// npm run test:cluster: three PostgreSQL under Patroni, and everything that breaks between them, with a table of what came of it in
// docs/reliability.md.
import { ensureGenerated, ensureInstalled } from './bootstrap.mjs';
import { bin, inRoot, run } from './run.mjs';

await ensureInstalled();
await ensureGenerated();
process.env.CLUSTER_REPORT = inRoot('docs', 'reliability.md');
const test = ['-i', '--config', 'test/extras.jest.cjs', '--testTimeout=600000', 'test/cluster/patroni'];
process.exitCode = await run(process.execPath, [bin('jest'), ...test]);
if (process.exitCode === 0)
  process.exitCode = await run(process.execPath, [bin('prettier'), '--write', process.env.CLUSTER_REPORT]);
