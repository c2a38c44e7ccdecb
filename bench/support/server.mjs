// The server as it is started everywhere, in a process of its own.
import { spawn } from 'node:child_process';
import { inRoot } from '../../scripts/run.mjs';

/**
 * Starts the built server with these settings, and waits until it says that it is ready.
 * @param {NodeJS.ProcessEnv} settings
 * @param {readonly string[]} node what Node is told
 */
export async function startServerProcess(settings, node = []) {
  const child = spawn(process.execPath, [...node, inRoot('dist/src/main.js')], {
    env: { PATH: process.env.PATH, ...settings },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  const url = await new Promise((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
      const ready = /GraphQL\s+(http\S+)\/graphql/.exec(said);
      if (ready) resolve(ready[1]);
    });
    child.once('exit', () => reject(new Error(said)));
  });
  const stop = async () => {
    child.kill('SIGTERM');
    if (child.exitCode === null) await new Promise((resolve) => child.once('exit', resolve));
  };
  return { child, url, stop };
}
