// npm run generate: generates everything that is derived: Prisma models from the phases' declarations, the client from the Prisma schema,
// and
// the operation types of tests and console from schema.graphql. It always generates, even if nothing seems to have changed. With --check,
// it
// compares the models, which are committed, instead of writing them.
import { rmSync } from 'node:fs';
import { ensureAllGenerated, ensureInstalled } from './bootstrap.mjs';
import { inRoot, run } from './run.mjs';

await ensureInstalled();
const models = ['-r', '@swc-node/register', inRoot('src', 'cli', 'emit-models.ts'), ...process.argv.slice(2)];
if ((await run(process.execPath, models)) !== 0) process.exit(1);
for (const folder of ['src/generated/prisma', 'test/generated', 'console/src/generated'])
  rmSync(inRoot(folder, '.stamp'), { force: true });
await ensureAllGenerated();
