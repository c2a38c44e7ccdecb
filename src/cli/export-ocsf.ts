import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Command } from 'commander';
import { refusalEvent, type OcsfEvent } from '../proof/ocsf';
import { exportOcsf } from '../proof/ocsf-export';
import { instant } from './arguments';
import { withDatabase } from './opened';
import { runTool } from './run';
import { counted } from './streams';

interface Options {
  readonly since: Date;
  readonly until?: Date;
  readonly requests: readonly string[];
}

/** Writes one line per event, and waits if the reader is slow (backpressure). */
async function tell(event: OcsfEvent): Promise<void> {
  if (!process.stdout.write(`${JSON.stringify(event)}\n`)) await once(process.stdout, 'drain');
}

async function tellRefusals(file: string, since: Date, until: Date): Promise<number> {
  let told = 0;
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Infinity });
  for await (const line of lines) {
    const event = refusalEvent(line);
    if (!event || event.time < since.getTime() || event.time >= until.getTime()) continue;
    await tell(event);
    told++;
  }
  return told;
}

const write = ({ since, until: wanted, requests }: Options): Promise<void> =>
  withDatabase(async (db) => {
    const span = await exportOcsf(db, { since, ...(wanted && { until: wanted }) }, tell);
    const { until } = span;
    let { told } = span;
    for (const file of requests)
      told += await tellRefusals(file, since, until).catch((error: NodeJS.ErrnoException) => {
        throw error.syscall ? new Error(`${file} cannot be read (${error.code}).`) : error;
      });
    console.error(`${counted(told, 'event')} from ${since.toISOString()} until before ${until.toISOString()}.`);
  });

runTool(() =>
  new Command('npm run -s export:ocsf --')
    .description('Writes what was done, and what was refused, as events of OCSF, one a line (docs/ocsf.md).')
    .requiredOption('--since <instant>', 'from then on', instant)
    .option('--until <instant>', 'and not any more then; if left out, ten seconds ago', instant)
    .option('--requests <file...>', 'logs of servers, from which the requests come that were refused', [] as string[])
    .action(write)
    .parseAsync(),
);
