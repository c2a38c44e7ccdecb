import { Command } from 'commander';
import { requireOwnerUrl } from '../database/deployment/embedded';
import { createMigration, deployMigrations, migrationDrift, migrationStatus } from '../database/deployment/migrations';
import { rolesSql } from '../database/deployment/roles';
import { installWatch, watchSql } from '../database/deployment/watch';
import { ConfigurationError, readEnv } from '../env';
import { withOpened, withOwnerUrl } from './opened';
import { runTool } from './run';

const deploy = (): Promise<void> =>
  withOpened(async (opened) => {
    const ownerUrl = requireOwnerUrl(opened);
    const applied = await deployMigrations(ownerUrl, undefined, (progress) => console.error(`  ${progress}`));
    console.log(applied.length > 0 ? applied.map((name) => `applied ${name}`).join('\n') : 'Nothing to apply.');
    if (!(await installWatch(opened.superuserUrl ?? ownerUrl)))
      console.error(
        'Changes of the schema are not watched, because the owner may not create event triggers. For a superuser: npm run -s migrate -- --print-watch-sql',
      );
  });

async function status({ json }: { json?: boolean }): Promise<void> {
  const { unknown, ...known } = await withOwnerUrl(migrationStatus);
  if (known.failed.length + known.edited.length + unknown.length > 0) process.exitCode = 1;
  if (json) return console.log(JSON.stringify({ ...known, unknown }, null, 2));
  const lines = Object.entries({ ...known, unknown }).flatMap(([state, names]) =>
    // Edited migrations are among the applied ones too; list them once.
    names
      .filter((name) => state !== 'applied' || !known.edited.includes(name))
      .map((name) => `${state.padEnd(8)} ${name}`),
  );
  console.log(lines.sort((a, b) => a.slice(9).localeCompare(b.slice(9))).join('\n') || 'There are no migrations.');
}

async function drift(): Promise<void> {
  const found = await withOwnerUrl(migrationDrift);
  if (found.migrations)
    console.log(`-- The migrations lack this (npm run migrate -- create NAME):\n${found.migrations}`);
  if (found.database) console.log(`-- The database lacks this:\n${found.database}`);
  if (found.migrations || found.database) process.exitCode = 1;
  else console.log('Schema files, migrations and database agree.');
}

async function create(name: string, { empty }: { empty?: boolean }): Promise<void> {
  if (readEnv().nodeEnv === 'production') {
    throw new ConfigurationError('Migrations are created by developers: NODE_ENV must not be production.');
  }
  const folder = await withOwnerUrl((ownerUrl) => createMigration(ownerUrl, name, { empty }));
  console.log(folder ?? 'The migrations already lead to the schema files; --empty starts one to write by hand.');
}

const program = new Command('npm run migrate --')
  .description('Brings the database up to the schema.')
  .showHelpAfterError()
  .option('--print-roles-sql', 'print the SQL with which a DBA creates the roles and the database')
  .option('--print-watch-sql', 'print the SQL with which a superuser has schema changes recorded')
  .action(async ({ printRolesSql, printWatchSql }: { printRolesSql?: boolean; printWatchSql?: boolean }) => {
    if (printRolesSql) console.log(rolesSql().trimEnd());
    else if (printWatchSql) console.log(watchSql.trim());
    else await deploy();
  });
program.command('deploy').description('apply what is pending (the default)').action(deploy);
program
  .command('status')
  .description('list migrations: applied, pending, failed, edited or unknown')
  .option('--json', 'print JSON')
  .action(status);
program
  .command('drift')
  .description('print the SQL that would reconcile schema, migrations and database')
  .action(drift);
program
  .command('create <name>')
  .description('write a migration from what changed in the schema files')
  .option('--empty', 'leave the SQL to be written by hand')
  .action(create);

runTool(() => program.parseAsync());
