// npm run phase-lines: how many lines of TypeScript each phase takes. ARCHITECTURE.md quotes it, and a test compares.
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
