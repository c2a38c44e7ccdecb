// npm run check:takeover: checks that the takeover from the old system can be removed from the last commit, and leaves a product that
// generates, migrates, compiles and passes its tests. It works in a temporary worktree. Arguments name other test suites to run.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { bin, fail, inRoot, run } from './run.mjs';

const migration = readdirSync(inRoot('prisma/migrations')).find((name) => name.endsWith('_takeover'));
/** Everything that belongs to the takeover. */
const removed = [
  'src/legacy',
  'prisma/legacy.prisma',
  `prisma/migrations/${migration}`,
  'bench/legacy.mjs',
  'docs/migration.md',
  'docs/legacy-mapping.md',
  'docs/rest.md',
  'test/legacy',
  'test/past/importing.ts',
  'test/past/recorded.int.test.ts',
  'test/support/import.ts',
  'test/support/old-system.ts',
];
/** The lines where the product refers to it. */
const lines = [
  ['src/extensions/index.ts', /^import \{ takeover \}.*\n|(?<=\[)takeover(?=\])/gm],
  ['src/graphql/schema.ts', /^import \{ takeoverResolvers \}.*\n|, \.\.\.takeoverResolvers(?=\])/gm],
  ['src/transport/server.ts', /^import \{ restEndpoint \}.*\n|(?<=\[)restEndpoint(?=\])/gm],
  [
    'src/transport/server.ts',
    /(?: {2}\/\*\*.*facade.*\n)?.*restSunset: Date.*\n|^ {2}restSunset,\n|, restSunset(?= \})/gm,
  ],
  ['src/transport/http/endpoint.ts', /(?: {2}\/\*\*.*facade.*\n)?.*restSunset.*\n/g],
  [
    'test/api/kept-as-sent.api.test.ts',
    / {2}'a body of the REST facade'[^]*?\n {4}\}\),\n|, 'a body of the REST facade'/g,
  ],
  ['test/database/bulkheads.int.test.ts', / {4}const overRest = [^]*?retryAfterSeconds: 2 \}\);\n/g],
  ['src/env.ts', /.*\bparseSunset\b.*\n/g],
  ['.env.example', /#.*REST facade.*\nREST_SUNSET.*\n\n/g],
  ['test/env.unit.test.ts', /.*REST_SUNSET.*\n/g],
  ['test/fuzz/fuzz.ts', /.*\brestRequest\b.*\n/g],
  ['package.json', /.*cli\.mjs legacy".*\n|.*"emit-openapi".*\n/g],
  ['prisma/schema.prisma', /, "legacy"/g],
  ['test/access/places.ts', /.*\bimportUntidyAssignment\b.*\n/g],
];
const suites =
  process.argv.length > 2
    ? process.argv.slice(2)
    : [
        'test/versioning',
        'test/database/(capture|chain|coverage|migrations|statistics)',
        'test/past/(asking|ids|settling|visibility)',
        'test/proof/rebuild',
        'test/api/(four-eyes|lifecycle)',
        'test/transport/http',
      ];

const git = (...args) => execFileSync('git', args, { cwd: inRoot(), encoding: 'utf8' });
const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'without-takeover-')));
const place = path.join(folder, 'product');
const inPlace = (...parts) => path.join(place, ...parts);

async function step(label, ...args) {
  console.log(`\n=== ${label}`);
  if ((await run(process.execPath, args, { cwd: place })) !== 0)
    throw new Error(`Without the takeover: ${label} failed.`);
}

try {
  git('worktree', 'add', '--detach', place, 'HEAD');
  symlinkSync(inRoot('node_modules'), inPlace('node_modules'));
  for (const name of removed) rmSync(inPlace(name), { recursive: true });
  for (const [name, pattern] of lines) {
    const text = readFileSync(inPlace(name), 'utf8');
    const without = text.replace(pattern, '');
    if (without === text) throw new Error(`${name} has no line of the takeover: ${pattern} does not fit.`);
    writeFileSync(inPlace(name), without);
  }
  await step('the build', 'scripts/build.mjs');
  await step('the schema', 'scripts/cli.mjs', 'emit-schema');
  await step('the migrations, and what they make', 'scripts/check-migrations.mjs', '--emit-catalogue');
  await step('the clients of the tests', 'scripts/generate.mjs');
  await step('the types', bin('typescript-7', 'tsc'), '-p', 'test');
  await step('the tests', bin('jest'), '--maxWorkers=1', ...suites);
} catch (error) {
  process.exitCode = 1;
  console.error(error.message);
} finally {
  git('worktree', 'remove', '--force', place);
  rmSync(folder, { recursive: true, force: true });
}
if (process.exitCode) fail('The takeover cannot be taken out.');
console.log('\nWithout the takeover the product builds, migrates, and passes these tests.');
