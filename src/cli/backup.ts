/** npm run backup: copies the embedded database as it is now into a folder, and archives the WAL written after that. */
import { Command } from 'commander';
import path from 'node:path';
import { archiveWal, endArchive, makeBackup } from '../../packages/embedded-postgres';
import { openEmbedded, type EmbeddedDatabase } from '../database/deployment/embedded';
import { ConfigurationError, readEnv, type Env } from '../env';
import { archiveFolder } from '../proof/archives';
import { checkpointFolder } from '../proof/checkpoints';
import { runTool } from './run';
import { counted } from './streams';

async function onEmbedded<T>(work: (opened: EmbeddedDatabase, env: Env) => Promise<T>): Promise<T> {
  const env = readEnv();
  if (env.databaseUrl)
    throw new ConfigurationError(
      'This backs up the embedded database, and DATABASE_URL is set. Back up your own PostgreSQL with pg_basebackup and WAL archiving (docs/backup.md).',
    );
  const opened = await openEmbedded(env.dataDir);
  try {
    return await work(opened, env);
  } finally {
    await opened.close();
  }
}

const backup = (folder: string): Promise<void> =>
  onEmbedded(async ({ superuserUrl, cluster }, env) => {
    const beside = { 'secrets.json': path.join(env.dataDir, 'secrets.json'), checkpoints: checkpointFolder(env) };
    const named = { archives: archiveFolder(env) };
    const { files, holdsUntil } = await makeBackup(path.resolve(folder), { superuserUrl, cluster, beside, named });
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    console.log(
      `${folder}: ${counted(files.length, 'file')}, ${(bytes / 2 ** 20).toFixed(1)} MB, as of ${holdsUntil}.`,
    );
    console.error('It holds passwords and the key of the checkpoints: keep it as you keep those.');
  });

const wal = (folder: string, { end }: { end?: boolean }): Promise<void> =>
  onEmbedded(async ({ superuserUrl, cluster }) => {
    console.log(
      `${folder}: ${counted(await archiveWal(superuserUrl, cluster, path.resolve(folder)), 'segment')} added.`,
    );
    if (end) await endArchive(superuserUrl);
  });

const program = new Command('npm run backup --').description(
  'Backs up the embedded database while it runs, into a folder that must not exist yet.',
);
program
  .command('base', { isDefault: true })
  .description('everything as it is now (the default)')
  .argument('<folder>')
  .action(backup);
program
  .command('wal')
  .description('what was written since the last time, so that a backup can be restored to any instant; run it often')
  .argument('<folder>', 'always the same one')
  .option('--end', 'stop archiving: PostgreSQL keeps no WAL for it any longer')
  .action(wal);

runTool(() => program.parseAsync());
