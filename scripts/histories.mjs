// npm run test:histories -- --operations 1000000 --faults: checks the histories that clients of two servers record, with `--faults` while
// servers, databases and the network between them fail. Without it, bugs are seeded in the product as well, and have to be found.
import { parseArgs } from 'node:util';
import { jest, suite } from './jest.mjs';

const { values } = parseArgs({
  options: { operations: { type: 'string', default: '20000' }, faults: { type: 'boolean', default: false } },
});
process.env.TEST_EFFORT = 'long';
process.env.HISTORY_OPERATIONS = values.operations;
process.env.HISTORIES_REPORTED = 'yes';
await jest(suite(`test/histories/${values.faults ? 'faults' : 'histories'}.int.test.ts`, 86_400_000));
