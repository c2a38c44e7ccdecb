// npm run generate: the Prisma client and the types of the tests' operations; also when nothing seems to have changed.
import { rmSync } from 'node:fs';
import { ensureGenerated, ensureInstalled, ensureTestTypes } from './bootstrap.mjs';
import { inRoot } from './run.mjs';

await ensureInstalled();
for (const folder of ['src/generated/prisma', 'test/generated']) rmSync(inRoot(folder, '.stamp'), { force: true });
await ensureGenerated();
await ensureTestTypes();
