// Whether the migrations, applied to an empty database, lead to exactly what the schema files say.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { ensureAll } from './bootstrap.mjs';
import { fail, inRoot } from './run.mjs';

await ensureAll();
const require = createRequire(import.meta.url);
const { openEmbedded } = require(inRoot('dist/database/embedded.js'));
const { deployMigrations, migrationDrift } = require(inRoot('dist/database/migrations.js'));

const folder = mkdtempSync(path.join(os.tmpdir(), 'phaseledger-check-'));
chmodSync(folder, 0o755); // as root, PostgreSQL runs as another user, who has to pass through here
const scratch = await openEmbedded(folder, { volatile: true });
let found;
let applied;
try {
  applied = await deployMigrations(scratch.ownerUrl);
  found = await migrationDrift(scratch.ownerUrl);
} finally {
  await scratch.close();
  for (const place of [scratch.cluster, folder]) rmSync(place, { recursive: true, force: true });
}
if (found.migrations || found.database) {
  fail(`The migrations do not lead to the schema files; this is missing:\n${found.migrations || found.database}`);
}
console.log(`${applied.length} migrations lead from an empty database to exactly what the schema files say.`);
