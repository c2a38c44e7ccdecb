// npm run test:cluster: tests failures among three PostgreSQL servers under Patroni, and writes the table of results to
// docs/reliability.md.
import { jest } from './jest.mjs';
import { inRoot } from './run.mjs';

process.env.CLUSTER_REPORT = inRoot('docs', 'reliability.md');
const test = ['--config', 'test/extras.jest.cjs', '--testTimeout=600000', 'test/cluster/patroni'];
await jest(test, process.env.CLUSTER_REPORT);
