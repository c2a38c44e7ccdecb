// npm run test:soak -- --seconds 300: half an hour of use by default, during which no resource of the server may grow.
import { parseArgs } from 'node:util';
import { jest, suite } from './jest.mjs';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '1800' } } });
process.env.SOAK_SECONDS = values.seconds;
await jest(suite('test/soak/soak.int.test.ts', 86_400_000));
