// npm run bench -- NAME: runs one of the measurements in bench/.
import { readdirSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { fail, inRoot } from './run.mjs';

const names = readdirSync(inRoot('bench'))
  .filter((file) => file.endsWith('.mjs') && file !== 'fixture.mjs')
  .map((file) => file.replace('.mjs', ''));
const [name] = process.argv.slice(2);
if (!names.includes(name)) fail(`Say which measurement: npm run bench -- ${names.join(' | ')}`);
await import(pathToFileURL(inRoot('bench', `${name}.mjs`)));
