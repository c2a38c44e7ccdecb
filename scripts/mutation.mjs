// npm run test:mutation: checks that the core's unit tests notice mutations. Stryker is fetched on demand, in the version named here,
// because
// it brings 168 packages that nothing else needs. Arguments are Stryker's own, such as --mutate FILE.
import { ensureGenerated, ensureInstalled } from './bootstrap.mjs';
import { run } from './run.mjs';

const version = '9.6.1';

await ensureInstalled();
await ensureGenerated();
const packages = ['core', 'jest-runner'].map((name) => `--package=@stryker-mutator/${name}@${version}`);
// Npm passes its path to its scripts, which saves the search for npm.cmd on Windows.
const npm = [process.env.npm_execpath, 'exec', '--yes', ...packages, '--'];
process.exitCode = await run(process.execPath, [...npm, 'stryker', 'run', ...process.argv.slice(2)]);
