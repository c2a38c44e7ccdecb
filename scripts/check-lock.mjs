// Checks the lock file as other machines will see it. Npm silently omits what its registry did not offer at the time, such as the binary of
// a platform. "npm ci" then fails, but only on other machines.
import { readFileSync } from 'node:fs';
import { inRoot } from './run.mjs';

const { packages } = JSON.parse(readFileSync(inRoot('package-lock.json'), 'utf8'));
const problems = [];

/** Resolves a package the way Node does: in the folder's own node_modules, then in each one above. */
function isLocked(from, name) {
  const steps = (from && `${from}/`).split('node_modules/');
  return steps.some((_, index) => [...steps.slice(0, index + 1), name].join('node_modules/') in packages);
}

for (const [folder, entry] of Object.entries(packages)) {
  for (const name of Object.keys(entry.optionalDependencies ?? {})) {
    if (!isLocked(folder, name)) problems.push(`${folder || 'package.json'} wants ${name}, which is not locked`);
  }
  if (entry.resolved && !entry.resolved.startsWith('https://registry.npmjs.org/')) {
    problems.push(`${folder} comes from ${new URL(entry.resolved, 'file:').host || entry.resolved}`);
  }
  if (folder && !entry.link && !entry.integrity) problems.push(`${folder} has no integrity hash`);
}

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log(`package-lock.json: ${Object.keys(packages).length - 1} packages, complete.`);
