// npm run test:mutation: whether the unit tests of the core notice when it is changed. Stryker is fetched when it is asked for,
// in the version named here: it takes 168 packages that nobody else needs. Arguments are its own, such as --mutate FILE.
import { ensureGenerated, ensureInstalled } from './bootstrap.mjs';
import { run } from './run.mjs';

const version = '9.6.1';

await ensureInstalled();
await ensureGenerated();
const packages = ['core', 'jest-runner'].map((name) => `--package=@stryker-mutator/${name}@${version}`);
// npm names itself to its scripts, which saves the search for npm.cmd on Windows.
const npm = [process.env.npm_execpath, 'exec', '--yes', ...packages, '--'];
process.exitCode = await run(process.execPath, [...npm, 'stryker', 'run', ...process.argv.slice(2)]);
