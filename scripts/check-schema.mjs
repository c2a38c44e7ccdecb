// Checks that schema.graphql, which clients read and reviewers compare, is what the code serves.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fail, inRoot } from './run.mjs';

const emitted = spawnSync(process.execPath, [inRoot('scripts', 'cli.mjs'), 'emit-schema', '--stdout'], {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
  maxBuffer: 100_000_000,
});
if (emitted.status !== 0) fail('The schema could not be emitted; the reason is above.');

const committed = readFileSync(inRoot('schema.graphql'), 'utf8').trim().split('\n');
const fresh = emitted.stdout.trim().split('\n');
const line = fresh.findIndex((text, index) => text !== committed[index]);
if (line >= 0 || fresh.length !== committed.length) {
  const at = line >= 0 ? line : fresh.length;
  fail(
    `schema.graphql is not what the code serves; the first difference is in line ${at + 1}:\n` +
      `- ${committed[at] ?? '(end)'}\n+ ${fresh[at] ?? '(end)'}\nRun "npm run emit-schema".`,
  );
}
console.log('schema.graphql is what the code serves.');
