// Helpers for the scripts beside this file. They use only Node, because they run before anything is installed.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');
export const inRoot = (...parts) => path.join(root, ...parts);

/** Runs a program and resolves to its exit code. Ctrl-C reaches the program directly, so this process only waits for it. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const wait = () => {};
    process.on('SIGINT', wait);
    spawn(command, args, { cwd: root, stdio: 'inherit', ...options })
      .once('error', reject)
      .once('close', (code, signal) => {
        process.off('SIGINT', wait);
        resolve(code ?? (signal === 'SIGINT' ? 130 : 1));
      });
  });
}

/** The file behind a package's command, to be run with this same Node. */
export function bin(name, command = name) {
  const folder = inRoot('node_modules', name);
  const { bin: commands } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  return path.join(folder, typeof commands === 'string' ? commands : commands[command]);
}

/** Hashes the contents of files and folders. Unlike dates, contents survive a clone, a checkout and a copy. */
export function contentHash(...sources) {
  const hash = createHash('sha256');
  const add = (file) => {
    if (!existsSync(file)) return;
    if (statSync(file).isDirectory()) {
      for (const name of readdirSync(file).sort()) {
        if (name !== 'node_modules' && name !== 'generated') add(path.join(file, name));
      }
    } else hash.update(`${path.relative(root, file)}\0`).update(readFileSync(file));
  };
  for (const source of sources) add(inRoot(source));
  return hash.digest('hex');
}

/** Ends the process with a message that says what to do. */
export function fail(message) {
  console.error(message);
  process.exit(1);
}
