import { Command } from 'commander';
import { rebuild } from '../proof/rebuild';
import { progress } from './progress';
import { withDatabase } from './opened';
import { runTool } from './run';
import { commitCount, streamOption, streamsOf, titleOf } from './streams';

async function compare({ workflow, dryRun }: { workflow?: string; dryRun?: boolean }): Promise<void> {
  if (!dryRun)
    throw new Error(
      'Only --dry-run is available: it replays the log and compares. Writing live rows back would be a change like any other, and is made through the API.',
    );
  await withDatabase(async (db) => {
    for (const streamId of await streamsOf(db, workflow)) {
      const title = await titleOf(db, streamId);
      const bar = progress(title, await commitCount(db, streamId));
      const tables = await db.snapshot((tx) => rebuild(tx, streamId, bar.step)).finally(bar.stop);
      console.log(title);
      for (const { table, equal, different, missing, unknown } of tables) {
        const faults = [
          different && `${different} different`,
          missing && `${missing} missing`,
          unknown && `${unknown} the log does not know`,
        ].filter(Boolean);
        if (faults.length > 0) process.exitCode = 1;
        console.log(
          `  ${table.padEnd(28)} ${String(equal).padStart(7)} equal${faults.map((fault) => `, ${fault}`).join('')}`,
        );
      }
    }
  });
}

runTool(() =>
  new Command('npm run rebuild --')
    .description('Replays the commit log and compares the result with the live rows.')
    .option(...streamOption)
    .option('--dry-run', 'compare, and write nothing')
    .action(compare)
    .parseAsync(),
);
