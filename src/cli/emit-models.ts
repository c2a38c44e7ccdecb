/**
 * Writes the Prisma models that follow from the declarations of the phases; with --check, says which of those that are there
 * do not. It runs before there is a client or a build, so it may import nothing that needs either.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { modelFiles, withBackRelations } from '../database/phase-models';
import { phases } from '../phases';

const folder = path.join(__dirname, '..', '..', 'prisma');
const schemaFiles = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.prisma'))
  .map((name) => name.replaceAll(path.sep, '/'));

const read = (name: string): string => readFileSync(path.join(folder, name), 'utf8').replaceAll('\r\n', '\n');
const made = modelFiles(phases);
const orphans = schemaFiles.filter((name) => name.startsWith('phases/') && !made.has(name));
for (const name of schemaFiles) if (!made.has(name)) made.set(name, withBackRelations(read(name), phases));
const outdated = [...made].filter(([name, text]) => !schemaFiles.includes(name) || read(name) !== text);

if (process.argv.includes('--check')) {
  const wrong = [...outdated.map(([name]) => name), ...orphans];
  if (wrong.length > 0) {
    console.error(
      `These are not what the declarations of the phases say: ${wrong.join(', ')}. Run "npm run generate".`,
    );
    process.exitCode = 1;
  }
} else {
  for (const name of orphans) rmSync(path.join(folder, name));
  for (const [name, text] of outdated) writeFileSync(path.join(folder, name), text);
}
