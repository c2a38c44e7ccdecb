// The servers under comparison, each in its own process on the loopback interface, started as its vendor would start it.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createWriteStream, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bin, contentHash, fail, inRoot, run } from '../../scripts/run.mjs';
import { tokensSignedWith } from '../fixture.mjs';
import { Connection } from '../support/http.mjs';
import { dialects } from './workloads.mjs';

const require = createRequire(import.meta.url);
const peers = inRoot('bench', 'peers');

/** Installs the peers' packages beside them, unless they match the lock file. */
export async function ensurePeers() {
  const stamp = path.join(peers, 'node_modules', '.stamp');
  const hash = contentHash('bench/peers/package-lock.json', 'bench/peers/schema.prisma');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  console.error('Installing the peers …');
  const inPeers = async (command, ...args) => {
    // Any executable file replaces an engine that Prisma would download and never call.
    const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1' };
    const code = await run(command, args, { cwd: peers, stdio: ['ignore', 2, 2], env });
    if (code !== 0) fail('The peers could not be installed; the reason is above.');
  };
  await inPeers('npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error');
  await inPeers(process.execPath, bin('prisma'), 'generate', '--no-hints', '--schema=schema.prisma');
  compile(path.join(peers, 'node_modules', 'neutral-client'));
  writeFileSync(stamp, hash);
}

/** Prisma's client comes as TypeScript. */
function compile(folder) {
  const { transformFileSync } = require('@swc/core');
  const options = {
    swcrc: false,
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'es6' },
  };
  for (const name of readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.ts'))) {
    const { code } = transformFileSync(path.join(folder, name), options);
    writeFileSync(path.join(folder, name.replace(/ts$/, 'js')), code);
  }
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
}

const peer = (file, letter, name, title, dialect = dialects.neutral) => ({
  letter,
  name,
  title,
  dialect,
  command: ({ neutralUrl }) => ({ args: [path.join(peers, `${file}.mjs`)], env: { DATABASE_URL: neutralUrl } }),
  headersOf: async () => ({}),
});

/** The process of `npm start`, with its flags. */
function productCommand({ serviceUrl, secret, folder }) {
  const { scripts } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  const [, args] = /^exec node (.*)$/.exec(scripts.start);
  return {
    args: args.split(' ').map((part) => (part.endsWith('.mjs') ? inRoot(part) : part)),
    env: {
      DATABASE_URL: serviceUrl,
      AUTH_JWT_SECRET: secret,
      DATA_DIR: path.join(folder, 'server'),
      COST_PER_MINUTE: '2000000000', // Counted, but never reached.
    },
  };
}

/** All contenders, in the order of the first round. */
export function contenders() {
  const secret = randomBytes(24).toString('hex');
  const tokenOf = tokensSignedWith(secret);
  return [
    peer('limit', 'L', 'limit', 'the limit: bare node:http, one prepared statement'),
    peer('postgraphile', 'C', 'PostGraphile', 'PostGraphile 5', dialects.postgraphile),
    peer('mercurius', 'M', 'Mercurius', 'Mercurius with graphql-jit'),
    peer(
      'tutorial',
      'A',
      'tutorial stack',
      'Apollo, express, type-graphql, Prisma and DataLoader as tutorials have them',
    ),
    {
      letter: 'P',
      name: 'PhaseLedger',
      title: 'PhaseLedger as shipped',
      dialect: dialects.product,
      command: (places) => productCommand({ ...places, secret }),
      headersOf: async (userId) => ({ authorization: `Bearer ${await tokenOf(userId)}` }),
    },
  ];
}

/** Starts a contender and resolves once it accepts connections. */
export async function start(contender, places, port) {
  const { args, env } = contender.command(places);
  const log = path.join(places.folder, `${contender.letter}.log`);
  const child = spawn(process.execPath, args, {
    cwd: inRoot(),
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'production', PORT: String(port), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  process.once('exit', () => child.kill('SIGKILL')); // It must not outlive the measuring process.
  const output = createWriteStream(log);
  child.stdout.pipe(output, { end: false });
  child.stderr.pipe(output, { end: false });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const server = {
    port,
    pid: child.pid,
    stop: async () => {
      child.kill('SIGTERM');
      await Promise.race([ended, sleep(10_000)]);
      child.kill('SIGKILL');
    },
  };
  for (let patience = 300; patience > 0; patience--) {
    if (child.exitCode !== null) throw new Error(`${contender.title} has ended: see ${log}`);
    const connection = await Connection.open(port).catch(() => undefined);
    if (connection) {
      connection.close();
      return server;
    }
    await sleep(200);
  }
  await server.stop();
  throw new Error(`${contender.title} does not listen: see ${log}`);
}
