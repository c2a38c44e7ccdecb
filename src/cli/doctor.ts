/** npm run doctor: reports what is wrong around this product, each with advice. */
import { Command } from 'commander';
import { openDatabase } from '../database/deployment/embedded';
import { examine } from '../doctor/examine';
import type { Finding } from '../doctor/finding';
import { CONFIGURATION_EXIT_CODE, ConfigurationError, readEnv, type Env } from '../env';
import { runTool } from './run';
import { counted, plain } from './streams';

/** The settings, or findings about them. */
function settings(): Env | Finding[] {
  try {
    return readEnv();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.message.split('\n').map((problem) => ({
      check: 'configuration',
      severity: 'error' as const,
      problem,
      advice: 'See .env.example: it has every variable, with its default.',
    }));
  }
}

async function look(): Promise<{ findings: Finding[]; isConfigured: boolean }> {
  const env = settings();
  if ('length' in env) return { findings: env, isConfigured: false };
  const opened = await openDatabase(env);
  try {
    return { findings: await examine(env, opened), isConfigured: true };
  } finally {
    await opened.close();
  }
}

async function doctor({ json }: { json?: boolean }): Promise<void> {
  const { findings, isConfigured } = await look();
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (!isConfigured) process.exitCode = CONFIGURATION_EXIT_CODE;
  else if (errors.length > 0) process.exitCode = 1;
  if (json) return console.log(JSON.stringify({ healthy: errors.length === 0, findings }, null, 2));
  for (const { severity, check, problem, advice } of findings)
    console.log(plain(`${severity.toUpperCase().padEnd(8)}${check}: ${problem}`) + `\n        ${plain(advice)}`);
  console.log(
    findings.length === 0
      ? 'Nothing was found.'
      : `${counted(errors.length, 'error')}, ${counted(findings.length - errors.length, 'warning')}.`,
  );
}

runTool(() =>
  new Command('npm run doctor --')
    .description('Checks settings, database, roles, log and disk; only reads. Exits with 1 if there are errors.')
    .option('--json', 'print JSON')
    .action(doctor)
    .parseAsync(),
);
