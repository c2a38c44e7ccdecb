/** The folder of a test run, and folders in it for tests: all of them are removed when the run is over. */
import { chmodSync, existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Tells the folder of the run to the processes of it. */
export const runFolderVariable = 'PHASELEDGER_TEST_FOLDER';

/** More than a run ever takes. */
const ENOUGH_BYTES = 4 * 2 ** 30;

/** Where the folders of runs are: in memory where there is much of it, since databases come and go, otherwise on disk. */
export function placeOfRuns(): string {
  const memory = '/dev/shm';
  if (!existsSync(memory)) return os.tmpdir();
  const { bavail, bsize } = statfsSync(memory);
  return bavail * bsize > ENOUGH_BYTES ? memory : os.tmpdir();
}

/** Makes the folder of the run, and tells the workers, which inherit the environment. */
export function makeRunFolder(prefix: string): string {
  const folder = mkdtempSync(path.join(placeOfRuns(), prefix));
  chmodSync(folder, 0o755); // As root, PostgreSQL runs as another user, who must be able to pass through here.
  process.env[runFolderVariable] = folder;
  return folder;
}

export function removeRunFolder(): void {
  const folder = process.env[runFolderVariable];
  if (folder) rmSync(folder, { recursive: true, force: true });
}

/** A folder of a test's own. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(process.env[runFolderVariable]!, 'test-'));
  chmodSync(folder, 0o755);
  return folder;
}
