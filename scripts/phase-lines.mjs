// npm run phase-lines: counts the lines of TypeScript per phase. ARCHITECTURE.md quotes the result, and a test compares it.
import { readdirSync, readFileSync } from 'node:fs';
import { inRoot } from './run.mjs';

const lines = (folder) =>
  readdirSync(inRoot('src/phases', folder))
    .filter((name) => name.endsWith('.ts'))
    .map(
      (name) =>
        readFileSync(inRoot('src/phases', folder, name), 'utf8')
          .trimEnd()
          .split('\n').length,
    )
    .reduce((sum, count) => sum + count, 0);

const folders = readdirSync(inRoot('src/phases'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !entry.name.startsWith('_'))
  .map(({ name }) => name);
console.log(folders.map((folder) => `${folder} ${lines(folder)}`).join(' · '));
