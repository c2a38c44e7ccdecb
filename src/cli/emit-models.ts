/**
 * Writes the Prisma models generated from the phases' declarations; with --check, reports those that are out of date. It runs before there
 * is a client or a build, so it may import nothing that needs either.
 */
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { modelChanges } from '../database/deployment/phase-models';
import { projectRoot } from '../env';
import { phases } from '../phases';

const folder = path.join(projectRoot, 'prisma');
const { texts, orphans } = modelChanges(folder, phases);

if (process.argv.includes('--check')) {
  const wrong = [...texts.keys(), ...orphans];
  if (wrong.length > 0) {
    console.error(
      `These are not what the declarations of the phases say: ${wrong.join(', ')}. Run "npm run generate".`,
    );
    process.exitCode = 1;
  }
} else {
  for (const name of orphans) rmSync(path.join(folder, name));
  for (const [name, text] of texts) writeFileSync(path.join(folder, name), text);
}
