// For the scripts that run certain suites: in this process's terminal, so that they can show their progress.
import { ensureGenerated, ensureInstalled } from './bootstrap.mjs';
import { bin, run } from './run.mjs';

/**
 * Runs Jest, one suite after another.
 * @param report the document into which the suites write their results; formatted if they pass
 */
export async function jest(args, report) {
  await ensureInstalled();
  await ensureGenerated();
  process.exitCode = await run(process.execPath, [bin('jest'), '--runInBand', ...args]);
  if (report && process.exitCode === 0)
    process.exitCode = await run(process.execPath, [bin('prettier'), '--write', report]);
}

/** The arguments for one suite that needs a database, and may take so long. */
export const suite = (file, timeoutMs) => [
  '--selectProjects=database',
  `--testTimeout=${timeoutMs}`,
  '--runTestsByPath',
  file,
];
