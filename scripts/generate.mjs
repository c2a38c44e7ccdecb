// npm run generate: what follows from the declarations of the phases (their Prisma models), from the Prisma schema (the client)
// and from schema.graphql (the types of the operations of tests and of the console); also when nothing seems to have changed. With --check, the
// models, which are committed, are compared instead of written.
import { rmSync } from 'node:fs';
import { ensureConsoleTypes, ensureGenerated, ensureInstalled, ensureTestTypes } from './bootstrap.mjs';
import { inRoot, run } from './run.mjs';

await ensureInstalled();
const models = ['-r', '@swc-node/register', inRoot('src', 'cli', 'emit-models.ts'), ...process.argv.slice(2)];
if ((await run(process.execPath, models)) !== 0) process.exit(1);
for (const folder of ['src/generated/prisma', 'test/generated', 'console/src/generated'])
  rmSync(inRoot(folder, '.stamp'), { force: true });
await ensureGenerated();
await ensureTestTypes();
await ensureConsoleTypes();
