import { Command, Option } from 'commander';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { archiveFault } from '../proof/archive';
import { archiveFolder, archiveRecords, describeArchive } from '../proof/archives';
import { CheckpointFault } from '../proof/checkpoint-files';
import { checkpointFolder, Checkpoints, type CheckpointHeads } from '../proof/checkpoints';
import { checkCatalogue } from '../proof/catalogue';
import { verifyFile } from '../proof/log-file';
import { unverified, verifyStream, type Verification } from '../proof/verify';
import type { Database } from '../database/connection/database';
import { allStreams } from '../database/log/log-reader';
import { readEnv } from '../env';
import { progress } from './progress';
import { withDatabase } from './opened';
import { runTool } from './run';
import { commitCount, counted, plain, streamOf, streamOption, titleOf } from './streams';

function report(title: string, found: Verification): void {
  const { valid, changeSetsChecked, firstBrokenSequence, problem, archived } = found;
  if (valid && archived)
    return console.log(
      plain(
        `ARCHIVED ${title}: ${counted(changeSetsChecked, 'commit')}; the hashes of those up to ${archived.sequence} were not recomputed, for what they changed is in ${describeArchive(archived.archive)}. Put it into ARCHIVE_DIR to verify all of it.`,
      ),
    );
  if (valid) return console.log(plain(`ok      ${title}: ${counted(changeSetsChecked, 'commit')}`));
  process.exitCode = 1;
  const where = firstBrokenSequence === null ? '' : ` at commit ${firstBrokenSequence}`;
  console.log(plain(`BROKEN  ${title}${where}: ${problem}`));
}

/** Reads the checkpoints. If they are broken, the rest is verified without them. */
function readCheckpoints(): ReadonlyMap<string, CheckpointHeads> {
  const checkpoints = new Checkpoints(checkpointFolder(readEnv()));
  try {
    const { count, lastNotedAt, fingerprint } = checkpoints.summary();
    console.log(
      count === 0
        ? 'There are no checkpoints: a chain that was rewritten as a whole, or cut, would not be noticed.'
        : `ok      ${counted(count, 'checkpoint')}, the last of ${lastNotedAt}, signed with the key ${fingerprint}`,
    );
    return checkpoints.read();
  } catch (error) {
    if (!(error instanceof CheckpointFault)) throw error;
    report('checkpoints', unverified(error.message));
    return new Map();
  }
}

/** Checks the database objects around the log against what the migrations create. */
async function verifyCatalogue(db: Database): Promise<void> {
  const { differences, exceptions, objects, isWatched } = await db.snapshot(checkCatalogue);
  for (const { problem } of differences) report('catalogue', unverified(`${problem}.`));
  if (differences.length > 0) return;
  const allowed = exceptions.length > 0 ? `, and ${counted(exceptions.length, 'exception')}` : '';
  const watch = isWatched ? 'changes of the schema are recorded' : 'changes of the schema are NOT recorded';
  console.log(`ok      catalogue: ${counted(objects, 'object')} as the migrations make them${allowed}; ${watch}`);
}

async function verify({ workflow, file }: { workflow?: string; file?: string }): Promise<void> {
  // Read before any snapshot is taken, so that the chains are at least as long as the checkpoints.
  const checkpointHeads = readCheckpoints();
  if (file !== undefined) {
    const found = await verifyFile(file, checkpointHeads).catch((error: NodeJS.ErrnoException) => {
      throw error.code ? new Error(`${file} cannot be read (${error.code}).`) : error;
    });
    return report(`${file}${found.streamId ? ` (${found.streamId})` : ''}`, found);
  }
  await withDatabase(async (db, env) => {
    if (workflow === undefined) await verifyCatalogue(db);
    const archives = await archiveRecords(db);
    const streams =
      workflow === undefined
        ? new Set([...(await db.snapshot(allStreams)), ...checkpointHeads.keys()])
        : [await streamOf(db, workflow, [...checkpointHeads.keys()])];
    for (const streamId of streams) {
      const title = await titleOf(db, streamId);
      const bar = progress(title, await commitCount(db, streamId));
      const archive = archives.find(({ workflowId }) => workflowId === streamId);
      const file = archive && path.join(archiveFolder(env), archive.file);
      const isAtHand = file !== undefined && existsSync(file);
      const problem = isAtHand ? await archiveFault(file, archive!, checkpointHeads) : null;
      if (problem !== null) report(`${title}: ${file}`, unverified(problem));
      const found = await db
        .snapshot((tx) =>
          verifyStream(tx, streamId, {
            checkpointHeads: checkpointHeads.get(streamId),
            onCommit: bar.step,
            ...(isAtHand && problem === null && { archive: file }),
          }),
        )
        .finally(bar.stop);
      report(title, found);
    }
  });
}

runTool(() =>
  new Command('npm run verify --')
    .description(
      'Recomputes the commit log, value by value, holds it against checkpoints and the live rows, and the database against what the migrations make.',
    )
    .option(...streamOption)
    .addOption(
      new Option('--file <file>', 'verify a file that export:log wrote, without the database').conflicts('workflow'),
    )
    .action(verify)
    .parseAsync(),
);
