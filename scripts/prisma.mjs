// Runs Prisma's command line without its native engine, which it would otherwise try to download. `generate`, `validate` and `format` never
// call the engine. Migrations have their own command: npm run migrate.
import { bin, run } from './run.mjs';

process.exitCode = await run(process.execPath, [bin('prisma'), ...process.argv.slice(2)], {
  env: {
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, // Any file that exists and can be executed.
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    ...process.env,
  },
});
