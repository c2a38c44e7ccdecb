import { once } from 'node:events';
import { Command } from 'commander';
import type { OcsfEvent } from '../proof/ocsf';
import { exportOcsf } from '../proof/ocsf-export';
import { instant } from './arguments';
import { withDatabase } from './opened';
import { runTool } from './run';
import { counted } from './streams';

interface Options {
  readonly since: Date;
  readonly until?: Date;
}

/** Writes one line per event, and waits if the reader is slow (backpressure). */
async function tell(event: OcsfEvent): Promise<void> {
  if (!process.stdout.write(`${JSON.stringify(event)}\n`)) await once(process.stdout, 'drain');
}

const write = ({ since, until: wanted }: Options): Promise<void> =>
  withDatabase(async (db) => {
    const { until, told } = await exportOcsf(db, { since, ...(wanted && { until: wanted }) }, tell);
    console.error(`${counted(told, 'event')} from ${since.toISOString()} until before ${until.toISOString()}.`);
  });

runTool(() =>
  new Command('npm run -s export:ocsf --')
    .description('Writes what was done, and what was refused, as OCSF events, one per line (docs/ocsf.md).')
    .requiredOption('--since <instant>', 'from then on', instant)
    .option('--until <instant>', 'and not any more then; if left out, ten seconds ago', instant)
    .action(write)
    .parseAsync(),
);
