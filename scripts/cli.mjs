// Runs dist/src/cli/NAME.js with the remaining arguments, after bringing the build up to date. Progress goes to stderr:
// the command's output may be a token or a schema that somebody pipes on.
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { ensureAll } from './bootstrap.mjs';
import { fail, inRoot } from './run.mjs';

const [name] = process.argv.splice(2, 1);
await ensureAll();
const file = inRoot('dist', 'src', 'cli', `${name}.js`);
if (!existsSync(file)) fail(`There is no command "${name}".`);
process.argv[1] = file;
await import(pathToFileURL(file));
