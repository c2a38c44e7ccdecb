/** npm run -s catalogue -- …: shows where the database differs from what the migrations create, and manages the allowed additions. */
import { Command } from 'commander';
import type { Db } from '../database/connection/database';
import { dbOn } from '../database/connection/statements';
import { withClient } from '../../packages/pg-client';
import { checkCatalogue } from '../proof/catalogue';
import { allow, forbid, listedExceptions } from '../proof/catalogue-exceptions';
import { withOwnerUrl } from './opened';
import { runTool } from './run';
import { plain } from './streams';

/** Runs work in one transaction as the owner. */
const asOwner = <T>(work: (tx: Db) => Promise<T>): Promise<T> =>
  withOwnerUrl((ownerUrl) =>
    withClient(ownerUrl, async (client) => {
      await client.query('begin');
      const result = await work(dbOn(client));
      await client.query('commit');
      return result;
    }),
  );

async function differences({ json }: { json?: boolean }): Promise<void> {
  const { differences: found, isWatched } = await asOwner(checkCatalogue);
  if (found.length > 0) process.exitCode = 1;
  if (json) return console.log(JSON.stringify({ isWatched, differences: found }, null, 2));
  for (const { problem } of found) console.log(plain(problem));
  if (found.length === 0) console.log('Everything is as the migrations make it, or was allowed.');
  console.log(
    `Changes of the schema are ${isWatched ? 'recorded as they happen' : 'not recorded: there is no watch'}.`,
  );
}

async function exceptions({ json }: { json?: boolean }): Promise<void> {
  const listed = await asOwner(listedExceptions);
  if (json) return console.log(JSON.stringify(listed, null, 2));
  for (const { object, reason } of listed) console.log(plain(`${object}: ${reason}`));
  if (listed.length === 0) console.log('Nothing is allowed beyond what the migrations make.');
}

const change =
  (work: typeof allow, done: string) =>
  async (object: string, { reason }: { reason: string }): Promise<void> => {
    for (const each of await asOwner((tx) => work(tx, object, reason))) console.log(plain(`${done} ${each}`));
  };

const program = new Command('npm run -s catalogue --').description(
  'Compares the database with what the migrations make of an empty one.',
);
const json = ['--json', 'print JSON'] as const;
program
  .command('differences', { isDefault: true })
  .description('what is missing, changed, or present although no migration made it (the default)')
  .option(...json)
  .action(differences);
program
  .command('exceptions')
  .description('the allowed exceptions')
  .option(...json)
  .action(exceptions);
const reason = ['--reason <text>', 'why; it is recorded'] as const;
program
  .command('allow')
  .description('allow an object as it is now, with everything on it')
  .argument('<object>', 'its name among the differences, such as "extension pg_trgm"')
  .requiredOption(...reason)
  .action(change(allow, 'Allowed'));
program
  .command('forbid')
  .description('take that back')
  .argument('<object>', 'its name among the exceptions')
  .requiredOption(...reason)
  .action(change(forbid, 'No longer allowed:'));

runTool(() => program.parseAsync());
