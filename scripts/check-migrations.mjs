// Checks that the migrations, applied to an empty database, produce exactly the schema files and the catalogue that live databases are
// compared with. With --emit-catalogue, it writes the catalogue instead.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { ensureCommands } from './bootstrap.mjs';
import { fail, inRoot } from './run.mjs';

await ensureCommands();
const require = createRequire(import.meta.url);
const { openEmbedded } = require(inRoot('dist/src/database/deployment/embedded.js'));
const { deployMigrations, migrationDrift } = require(inRoot('dist/src/database/deployment/migrations.js'));
const { installWatch } = require(inRoot('dist/src/database/deployment/watch.js'));
const { Database } = require(inRoot('dist/src/database/connection/database.js'));
const { catalogueFile, madeCatalogue } = require(inRoot('dist/src/proof/catalogue.js'));
const { differencesOf, parseCatalogue, printCatalogue } = require(inRoot('dist/packages/pg-catalogue'));

const folder = mkdtempSync(path.join(os.tmpdir(), 'phaseledger-check-'));
chmodSync(folder, 0o755); // As root, PostgreSQL runs as another user, who must be able to pass through here.
const scratch = await openEmbedded(folder, { volatile: true });
let found;
let applied;
let made;
try {
  applied = await deployMigrations(scratch.ownerUrl);
  await installWatch(scratch.superuserUrl);
  const db = new Database({ url: scratch.serviceUrl, poolSize: 1, statementTimeoutMs: 0 });
  made = printCatalogue(await db.snapshot(madeCatalogue).finally(() => db.close()));
  found = await migrationDrift(scratch.ownerUrl);
} finally {
  await scratch.close();
  for (const place of [scratch.cluster, folder]) rmSync(place, { recursive: true, force: true });
}
if (found.migrations || found.database) {
  fail(`The migrations do not lead to the schema files; this is missing:\n${found.migrations || found.database}`);
}
if (process.argv.includes('--emit-catalogue')) writeFileSync(catalogueFile, made);
const committed = readFileSync(catalogueFile, 'utf8');
if (committed !== made) {
  const differences = differencesOf(parseCatalogue(committed), parseCatalogue(made)).map(
    ({ problem }) => `  ${problem}`,
  );
  fail(
    `prisma/catalogue.txt is not what the migrations make:\n${differences.slice(0, 20).join('\n') || '  it is written otherwise'}\n` +
      'Run "npm run emit-catalogue", and look at what it changes: it is what the migration does.',
  );
}
console.log(
  `${applied.length} migrations lead from an empty database to exactly what the schema files and prisma/catalogue.txt say.`,
);
