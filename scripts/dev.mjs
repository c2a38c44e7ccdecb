// npm run dev: compiles at every change, and restarts the server when there are no errors.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { ensureAll } from './bootstrap.mjs';
import { bin, inRoot } from './run.mjs';

await ensureAll();

// From here on the compiler writes output that no stamp covers.
rmSync(inRoot('dist/.stamp'), { force: true });

// The embedded database stops with its last user. This process is one of them, which keeps it running between two servers.
const require = createRequire(import.meta.url);
const { openDatabase } = require(inRoot('dist/src/database/deployment/embedded.js'));
const { readEnv } = require(inRoot('dist/src/env.js'));
const database = await openDatabase(readEnv());

const isRunning = (child) => child !== undefined && child.exitCode === null && child.signalCode === null;
let server;
let turn = Promise.resolve();

async function stopServer() {
  if (!isRunning(server)) return;
  server.kill('SIGTERM');
  await once(server, 'exit');
}

async function restartServer() {
  await stopServer();
  // Its own process group, so that Ctrl-C reaches it once, through this process.
  server = spawn(process.execPath, [inRoot('dist/src/main.js')], {
    stdio: 'inherit',
    detached: process.platform !== 'win32',
  });
}

const compiler = spawn(
  process.execPath,
  [bin('typescript', 'tsc'), '-p', inRoot(), '--watch', '--preserveWatchOutput'],
  {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: process.platform !== 'win32',
  },
);
createInterface({ input: compiler.stdout }).on('line', (line) => {
  if (line.trim()) console.error(line);
  if (line.includes('Found 0 errors')) turn = turn.then(restartServer);
});

let stopping = false;
async function stop() {
  if (stopping) return;
  stopping = true;
  compiler.kill();
  turn = turn.then(stopServer).then(() => database.close());
  await turn;
  process.exit(0);
}
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
