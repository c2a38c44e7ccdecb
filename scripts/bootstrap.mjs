// Prepares a clone to run: installs packages, generates clients and builds the code, each only if needed.
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { bin, contentHash, fail, inRoot, run } from './run.mjs';

const minimum = [20, 19];
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < minimum[0] || (major === minimum[0] && minor < minimum[1])) {
  fail(`PhaseLedger needs Node.js ${minimum.join('.')} or later; this is ${process.versions.node}.`);
}

/** Runs a step and reports its duration on stderr. The step's own output goes there too, because stdout is for results. */
async function step(label, command, args, env = {}, cwd = inRoot()) {
  const began = Date.now();
  console.error(`${label} …`);
  const code = await run(command, args, { cwd, stdio: ['ignore', 2, 2], env: { ...process.env, ...env } });
  if (code !== 0) fail(`${label} failed; the reason is above.`);
  console.error(`${label}: done in ${((Date.now() - began) / 1000).toFixed(1)} s`);
}

const node = (label, args, env, cwd) => step(label, process.execPath, args, env, cwd);

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** Whether node_modules matches the lock file, however it was installed. */
function isInstalled() {
  const installed = inRoot('node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  const there = readJson(installed).packages;
  const asked = readJson(inRoot('package-lock.json')).packages;
  return Object.entries(asked).every(
    ([name, { version, optional, devOptional }]) =>
      name === '' || (there[name] ? there[name].version === version : optional || devOptional),
  );
}

/** Installs the packages of the lock file if they are missing. */
export async function ensureInstalled() {
  if (isInstalled()) return;
  const label = 'Installing packages (the first time takes about a minute)';
  // With NODE_ENV=production, npm would omit the compiler.
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath; // Npm sets this for its scripts. It saves the search for npm.cmd on Windows.
  if (npm?.endsWith('.js')) await node(label, [npm, ...args]);
  else await step(label, 'npm', args);
}

/** Runs `work` if its sources changed since its last success, or if its result is missing. */
async function whenChanged({ stamp, sources, result }, work) {
  const hash = contentHash(...sources);
  const file = inRoot(stamp);
  if (existsSync(inRoot(result)) && existsSync(file) && readFileSync(file, 'utf8') === hash) return;
  rmSync(file, { force: true });
  await work();
  writeFileSync(file, hash);
}

/** Generates the Prisma client from the schema files. */
export function ensureGenerated() {
  const result = 'src/generated/prisma';
  const sources = [...schemaFiles(), 'prisma.config.ts', 'package-lock.json'];
  return whenChanged({ stamp: `${result}/.stamp`, sources, result: `${result}/client.ts` }, () =>
    node('Generating the database client', [inRoot('scripts', 'prisma.mjs'), 'generate', '--no-hints']),
  );
}

const filesIn = (folder, ending) =>
  readdirSync(inRoot(folder), { recursive: true })
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => `${folder}/${name}`);
const schemaFiles = () => filesIn('prisma', '.prisma');

/** Generates the types of the test operations, the Relay artifacts of the client examples, and the code from the docs. */
export function ensureTestTypes() {
  const result = 'test/generated';
  const documents = ['codegen.yml', 'test/operations', 'test/relay.config.json', 'test/clients', 'docs/clients.md'];
  const sources = ['schema.graphql', ...documents, 'package-lock.json'];
  return whenChanged({ stamp: `${result}/.stamp`, sources, result }, async () => {
    await node('Generating the types of GraphQL operations', [
      bin('@graphql-codegen/cli', 'graphql-codegen'),
      '--errors-only',
    ]);
    mkdirSync(inRoot(result, 'relay'), { recursive: true });
    const compiler = [bin('relay-compiler'), 'relay.config.json'];
    await node('Compiling the operations for Relay', compiler, {}, inRoot('test'));
    writeSnippets(inRoot('docs', 'clients.md'), inRoot(result, 'snippets'));
  });
}

/** Extracts the code blocks of a document to the files they name in their first line, so that they are compiled and tests can run them. */
function writeSnippets(document, folder) {
  mkdirSync(folder, { recursive: true });
  for (const [, code, name] of readFileSync(document, 'utf8').matchAll(/^```ts\n(\/\/ (\S+)\n.*?)^```$/gms))
    writeFileSync(path.join(folder, name), code);
}

/** Generates the types of the console's operations. */
export function ensureConsoleTypes() {
  const result = 'console/src/generated';
  const documents = filesIn('console/src', '.graphql');
  const sources = ['schema.graphql', 'codegen.console.yml', ...documents, 'package-lock.json'];
  return whenChanged({ stamp: `${result}/.stamp`, sources, result }, () =>
    node('Generating the types of the console', [
      bin('@graphql-codegen/cli', 'graphql-codegen'),
      '--config',
      inRoot('codegen.console.yml'),
      '--errors-only',
    ]),
  );
}

/** Builds the console's pages, which tests open in a browser. */
export async function ensureConsole() {
  await ensureConsoleTypes();
  const sources = ['console', 'docs/guide', 'docs/console', 'schema.graphql', 'package-lock.json'];
  await whenChanged({ stamp: 'dist/console/.stamp', sources, result: 'dist/console/index.html' }, async () => {
    await node('Building the console', [bin('vite'), 'build', 'console', '--logLevel', 'warn']);
    compressed('dist/console');
  });
}

/** Writes a compressed copy beside each text file of the built pages, once and at the highest level, for browsers that accept it. */
function compressed(folder) {
  for (const name of readdirSync(inRoot(folder), { recursive: true })) {
    if (!/\.(js|css|html|svg)$/.test(name)) continue;
    const file = inRoot(folder, name);
    writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), { level: 9 }));
  }
}

/** Compiles the server. */
async function ensureCompiled() {
  const sources = ['src', 'packages', ...schemaFiles(), 'tsconfig.json', 'package-lock.json'];
  await whenChanged({ stamp: 'dist/.stamp', sources, result: 'dist/src/main.js' }, async () => {
    removeOutput();
    // Whoever starts it waits for this, so types are left to `npm run check:types`; what is written is the same.
    await node('Compiling', [bin('typescript', 'tsc'), '-p', inRoot(), '--noCheck']);
    copyData();
  });
}

async function ensurePlayground() {
  if (!existsSync(inRoot('playground'))) return console.error('There is no playground/ to build.');
  const sources = ['playground', 'package-lock.json'];
  await whenChanged({ stamp: 'dist/pages/.stamp', sources, result: 'dist/pages/index.html' }, async () => {
    await node('Building the playground', [bin('vite'), 'build', 'playground', '--logLevel', 'warn']);
    compressed('dist/pages');
  });
}

/** Output of a deleted source must not be loaded. Pages have their own builds. */
function removeOutput() {
  if (!existsSync(inRoot('dist'))) return;
  for (const name of readdirSync(inRoot('dist'))) {
    if (!['pages', 'console'].includes(name)) rmSync(inRoot('dist', name), { recursive: true });
  }
}

/** Copies the files that the compiler does not compile. */
function copyData() {
  mkdirSync(inRoot('dist', 'src'), { recursive: true });
  const isFolder = /(^|[\\/])[^.\\/]+$/;
  const isData = /\.(json|sql|csv|txt|html|md)$/;
  cpSync(inRoot('src'), inRoot('dist', 'src'), {
    recursive: true,
    filter: (file) => isFolder.test(file) || isData.test(file),
  });
}

/** Prepares what commands need. They show no pages. */
export async function ensureCommands() {
  await ensureInstalled();
  await ensureGenerated();
  await ensureCompiled();
}

/** Prepares everything; what needs nothing of the others, beside them. */
export async function ensureAll() {
  await ensureInstalled();
  await Promise.all([ensureGenerated().then(ensureCompiled), ensurePlayground(), ensureConsole()]);
}

/** Prepares what the tests need. */
export async function ensureTests() {
  await ensureInstalled();
  await Promise.all([ensureGenerated(), ensureTestTypes(), ensureConsole()]);
}

/** Generates everything that is generated from the schema files, from schema.graphql and from the operations. */
export async function ensureAllGenerated() {
  await Promise.all([ensureGenerated(), ensureTestTypes(), ensureConsoleTypes()]);
}
