/** npm run restore: restores the embedded database from a backup, verifies it, and checks it against the checkpoints. */
import { Command } from 'commander';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { restoreBackup } from '../../packages/embedded-postgres';
import { endRecovery, inspectRestored, type Restored } from '../backup/restored';
import { openEmbedded } from '../database/deployment/embedded';
import { product } from '../database/deployment/product';
import { ConfigurationError, readEnv } from '../env';
import { archiveFolder } from '../proof/archives';
import { checkpointFolder, Checkpoints } from '../proof/checkpoints';
import { zonedInstant } from './arguments';
import { runTool } from './run';
import { counted, plain } from './streams';

async function restore(folder: string, { wal, to }: { wal?: string; to?: Date }): Promise<void> {
  const env = readEnv();
  if (env.databaseUrl)
    throw new ConfigurationError(
      'This restores the embedded database, and DATABASE_URL is set. Restore your own PostgreSQL by its own means (docs/backup.md), then run npm run doctor.',
    );
  const checkpoints = checkpointFolder(env);
  const isNoted = existsSync(checkpoints);
  await restoreBackup(path.resolve(folder), env.dataDir, {
    product,
    ...(wal !== undefined && { wal: path.resolve(wal) }),
    ...(to && { to }),
    placeOf: (name) => {
      if (name === 'archives') return archiveFolder(env);
      if (name !== 'checkpoints') return path.join(env.dataDir, name);
      // Newer checkpoints must stay, because they show whether something is missing.
      return isNoted ? null : checkpoints;
    },
  });
  const opened = await openEmbedded(env.dataDir).catch((error: unknown) => {
    throw new Error(
      `${(error as Error).message}\nThe backup was put into ${env.dataDir}, and PostgreSQL could not bring it to its end: remove it before you restore again, to an instant that the WAL reaches.`,
    );
  });
  try {
    await endRecovery(opened.superuserUrl);
    tell(await inspectRestored(opened.serviceUrl, new Checkpoints(checkpoints), env));
  } finally {
    await opened.close();
  }
}

function tell({ lastCommitAt, commits, broken, lost, archives }: Restored): void {
  console.log(`Restored as of ${lastCommitAt ?? 'before its first commit'}: ${counted(commits, 'commit')}.`);
  for (const problem of broken) console.log(plain(`BROKEN  ${problem}`));
  if (broken.length > 0) process.exitCode = 1;
  else if (archives.length === 0) console.log('ok      every chain was recomputed.');
  else {
    process.exitCode = 1;
    for (const { problem, advice } of archives) console.log(plain(`MISSING ${problem} ${advice}`));
    console.log(
      'ok      every chain was verified; the hashes of what was archived in those files were not recomputed.',
    );
  }
  if (lost.length === 0) return console.log('ok      the log has everything that the checkpoints cover.');
  process.exitCode = 1;
  for (const { streamId, sequence } of lost)
    console.log(`PAST    ${streamId} ends before commit ${sequence}, which a checkpoint covers.`);
  console.log(
    'This state is earlier than the checkpoints: later commits are not in it. If that is what you want, keep the checkpoints as they are, and start new ones: set CHECKPOINT_DIR to another folder.',
  );
}

runTool(() =>
  new Command('npm run restore --')
    .description('Restores a backup into DATA_DIR, which must hold no database; verifies it.')
    .argument('<folder>', 'a backup that npm run backup made')
    .option('--wal <folder>', 'WAL that npm run backup -- wal kept')
    .option('--to <instant>', 'up to which instant; left out, everything there is', zonedInstant)
    .action(restore)
    .parseAsync(),
);
