/** Checks that archives are in the configured folder. `npm run verify` checks their content. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Db } from '../database/connection/database';
import type { Env } from '../env';
import { archiveFolder, archiveRecords } from '../proof/archives';
import type { Finding } from './finding';

export async function archiveFindings(db: Db, env: Env): Promise<Finding[]> {
  const folder = archiveFolder(env);
  const findings: Finding[] = [];
  for (const { file, bytes, workflowId } of await archiveRecords(db)) {
    const size = await stat(path.join(folder, file)).then(
      (found) => found.size,
      () => null,
    );
    if (size === bytes) continue;
    findings.push({
      check: 'archive',
      severity: 'error',
      problem:
        size === null
          ? `${file}, which has what was archived of the log of ${workflowId}, is not in ${folder}.`
          : `${file} in ${folder} has ${size} bytes; it was written with ${bytes}.`,
      advice: 'Put the file back from a copy, or set ARCHIVE_DIR to where it is: what is in it is nowhere else.',
    });
  }
  return findings;
}
