// Runs dist/src/cli/NAME.js, or the command line of the extension in dist/src/NAME, with the remaining arguments, after updating the build.
// Progress goes to stderr, because the command's output may be a token or a schema that is piped on.
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { ensureCommands } from './bootstrap.mjs';
import { fail, inRoot } from './run.mjs';

const [name] = process.argv.splice(2, 1);
await ensureCommands();
const file = [`cli/${name}.js`, `${name}/cli.js`].map((each) => inRoot('dist', 'src', each)).find(existsSync);
if (!file) fail(`There is no command "${name}".`);
process.argv[1] = file;
await import(pathToFileURL(file));
