import { Command } from 'commander';
import { openDatabase, requireOwnerUrl } from '../database/embedded';
import { readEnv } from '../env';
import { importFrom } from '../legacy/import';
import { OwnerSession } from '../legacy/session';
import { openSource } from '../legacy/source';
import { runCommand } from './run';

async function run({ from }: { from: string }): Promise<void> {
  const opened = await openDatabase(readEnv());
  const session = await OwnerSession.open(requireOwnerUrl(opened));
  const source = await openSource(from);
  try {
    console.log(await importFrom(session, source, {}));
  } finally {
    await source.close();
    await session.close();
    await opened.close();
  }
}
const program = new Command('npm run legacy --');
program.command('import').requiredOption('--from <source>').action(run);
runCommand(() => program.parseAsync());
