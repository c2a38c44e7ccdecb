// npm run test:cluster: three PostgreSQL under Patroni, and everything that breaks between them, with a table of what came of it in
// docs/reliability.md.
import { jest } from './jest.mjs';
import { inRoot } from './run.mjs';

process.env.CLUSTER_REPORT = inRoot('docs', 'reliability.md');
const test = ['--config', 'test/extras.jest.cjs', '--testTimeout=600000', 'test/cluster/patroni'];
await jest(test, process.env.CLUSTER_REPORT);
