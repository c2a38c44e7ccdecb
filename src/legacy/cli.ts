import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Command, Option } from 'commander';
import { progress, type Progress } from '../cli/progress';
import { runTool } from '../cli/run';
import { plain } from '../cli/streams';
import { openDatabase, requireOwnerUrl } from '../database/deployment/embedded';
import { readEnv, type Env } from '../env';
import { mapUsersArgument, phaseArgument, phasesArgument, wholeNumber, zoneArgument } from './cli-arguments';
import { compare } from './compare';
import { asJson as compareJson, asMarkdown as compareMarkdown } from './compare-report';
import { digestOf } from './digest';
import { importFrom } from './import';
import { importSummary, SHOWN } from './import-report';
import type { ImportResult } from './import-run';
import { rollBack, WorkWouldBeLost } from './rollback';
import { OwnerSession } from './session';
import { openSource, type Source } from './source';
import { recordsOf } from './staging';
import { statusOf } from './status';
import { statusTable } from './status-report';
import { verify } from './verify';
import { asJson as verifyJson, asMarkdown as verifyMarkdown } from './verify-report';
import { recordVerified } from './verified';

async function withSession<T>(work: (session: OwnerSession, env: Env) => Promise<T>): Promise<T> {
  const env = readEnv();
  const opened = await openDatabase(env);
  try {
    const session = await OwnerSession.open(requireOwnerUrl(opened));
    try {
      const [schema] = await session.query<{ isThere: boolean }>(
        `select to_regclass('legacy.import') is not null as is_there`,
      );
      if (!schema!.isThere)
        throw new Error('The database lacks the tables of a migration: run "npm run migrate" first.');
      return await work(session, env);
    } finally {
      await session.close();
    }
  } finally {
    await opened.close();
  }
}

async function withSource<T>(from: string | undefined, work: (source: Source | null) => Promise<T>): Promise<T> {
  const source = from === undefined ? null : await openSource(from);
  try {
    return await work(source);
  } finally {
    await source?.close();
  }
}

const fromOption = [
  '--from <source>',
  'a folder with one JSON file a table, or postgresql://user:password@host/database',
] as const;

// ── import, sync ────────────────────────────────────────────────────────────────────────────────────────────────────────

interface ImportArguments {
  readonly from: string;
  readonly cycle?: number;
  readonly phases?: readonly string[];
  readonly mapUsers?: ReadonlyMap<number, number>;
  readonly sourceZone?: string;
  readonly dryRun?: boolean;
  readonly out?: string;
  readonly json?: boolean;
}

/** Two progress bars in turn: reading, measured in tables, and placing, measured in rows. */
function bars() {
  let bar: Progress | undefined;
  let shown = '';
  return {
    show(what: 'read' | 'place', done: number, total: number): void {
      if (what !== shown) {
        bar?.stop();
        shown = what;
        bar = progress(what === 'read' ? 'Reading tables' : 'Placing rows', total);
      }
      bar?.reach(done);
    },
    stop: () => bar?.stop(),
  };
}

async function bring({ from, dryRun, out, json, ...options }: ImportArguments, isSync: boolean): Promise<void> {
  await withSession((session, env) =>
    withSource(from, async (source) => {
      const shown = bars();
      const result: ImportResult = await importFrom(session, source!, {
        ...options,
        isDryRun: dryRun ?? false,
        isSync,
        progress: shown.show,
      }).finally(shown.stop);
      const digest = dryRun ? null : await digestOf(session);
      const text = JSON.stringify({ ...result, digest }, null, 2);
      console.log(json ? text : importSummary(result, digest, SHOWN));
      const name = dryRun ? 'dry-run' : isSync ? 'sync' : 'import';
      writeReport(reportFolder(env, out), name, importSummary(result, digest), `${text}\n`);
      if (!result.isWhole) process.exitCode = 1;
    }),
  );
}

// ── verify, compare ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** Writes both forms of a report, and prints where. */
function writeReport(folder: string, name: string, markdown: string, json: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [suffix, text] of [
    ['md', markdown],
    ['json', json],
  ] as const)
    writeFileSync(path.join(folder, `${name}.${suffix}`), text);
  console.error(`The report is in ${path.join(folder, name)}.md and .json.`);
}

const reportFolder = ({ dataDir }: Env, out: string | undefined): string => out ?? path.join(dataDir, 'legacy');

async function prove({ from, out, json }: { from?: string; out?: string; json?: boolean }): Promise<void> {
  await withSession((session, env) =>
    withSource(from, async (source) => {
      const [{ count }] = (await session.query<{ count: number }>(
        'select count(*)::int as count from legacy.source_row',
      )) as [{ count: number }];
      const bar = progress('Verifying rows', count);
      const report = await session
        .snapshot((tx) =>
          verify(tx, { ...(source && { source: recordsOf(source), counts: source.counts }), onRow: bar.step }),
        )
        .finally(bar.stop);
      const proven = await recordVerified(session, report);
      await session.query(
        "insert into legacy.run (command, finished_at, result) values ('verify', clock_timestamp(), $1)",
        [JSON.stringify({ ok: report.ok, proven, differences: report.differences.total })],
      );
      const [markdown, text] = [verifyMarkdown(report), verifyJson(report)];
      console.log(json ? text : markdown);
      writeReport(reportFolder(env, out), 'verify', markdown, text);
      if (!report.ok) process.exitCode = 1;
    }),
  );
}

async function compareSides({
  from,
  sample,
  seed,
  out,
  json,
}: {
  from: string;
  sample: number;
  seed?: string;
  out?: string;
  json?: boolean;
}): Promise<void> {
  await withSession((session, env) =>
    withSource(from, async (source) => {
      const drawn = seed ?? new Date().toISOString();
      const report = await session.snapshot((tx) => compare(tx, { sample, seed: drawn, source: recordsOf(source!) }));
      const [markdown, text] = [compareMarkdown(report), compareJson(report)];
      console.log(json ? text : markdown);
      writeReport(reportFolder(env, out), 'compare', markdown, text);
      if (!report.ok) process.exitCode = 1;
    }),
  );
}

// ── rollback, status ────────────────────────────────────────────────────────────────────────────────────────────────────

async function takeBack({ phase, import: importId }: { phase: string; import: number }): Promise<void> {
  await withSession(async (session) => {
    try {
      const { workflows, versions, sourceRows } = await rollBack(session, phase, importId);
      console.log(
        `Taken back: ${versions} versions and ${sourceRows} source rows of ${workflows} workflows. The commit log keeps what was there.`,
      );
    } catch (error) {
      if (!(error instanceof WorkWouldBeLost)) throw error;
      console.error(error.message);
      for (const { report, versionNumber, status, operation, actor, origin, committedAt, sequence } of error.work)
        console.error(
          plain(
            `  ${report} version ${versionNumber} (${status}): ${operation} by ${actor ?? origin}, ${committedAt.toISOString()}, commit ${sequence}`,
          ),
        );
      process.exitCode = 1;
    }
  });
}

async function showStatus({ json }: { json?: boolean }): Promise<void> {
  const status = await withSession(statusOf);
  console.log(json ? JSON.stringify(status, null, 2) : statusTable(status));
}

const jsonOption = ['--json', 'print JSON'] as const;
const outOption = ['--out <folder>', 'where the reports are written; DATA_DIR/legacy if left out'] as const;

const program = new Command('npm run legacy --')
  .description(
    'Takes over from the old system: brings its data, proves it, runs beside it, and goes back. docs/migration.md tells the whole way.',
  )
  .showHelpAfterError();

for (const [name, description, isSync] of [
  ['import', 'bring the old system’s data; goes on where it was stopped', false],
  ['sync', 'bring what has changed in the old system since, but for phases that were rolled back', true],
] as const)
  program
    .command(name)
    .description(description)
    .requiredOption(...fromOption)
    .option('--cycle <id>', 'only this cycle of the old system', wholeNumber)
    .option('--phases <names>', 'only these phases, with commas between them; old names will do', phasesArgument)
    .option(
      '--map-users <file>',
      'who of the old system is which user here: lines like 3,1 or {"3": 1}',
      mapUsersArgument,
    )
    .option('--source-zone <zone>', 'of times that name none, e.g. Europe/Zurich or +02:00; UTC at first', zoneArgument)
    .option('--dry-run', 'say what would be done, and write nothing but the report')
    .option(...outOption)
    .option(...jsonOption)
    .action((options: ImportArguments) => bring(options, isSync));

program
  .command('verify')
  .description(
    'prove that nothing was lost: every row by its hash, through the old tables’ views; exits with 1 on any difference',
  )
  .option('--from <source>', 'hold the source itself against what was taken over as well')
  .option(...outOption)
  .option(...jsonOption)
  .action(prove);

program
  .command('compare')
  .description('compare samples of both systems while they run side by side')
  .requiredOption(...fromOption)
  .addOption(new Option('--sample <n>', 'rows of each table').argParser(wholeNumber).default(50))
  .option('--seed <text>', 'the same rows for the same text')
  .option(...outOption)
  .option(...jsonOption)
  .action(compareSides);

program
  .command('rollback')
  .description('take one phase of an import back, unless it has been worked on since')
  .requiredOption('--phase <name>', 'the phase; its old name will do', phaseArgument)
  .requiredOption('--import <id>', 'the import, as status lists it', wholeNumber)
  .action(takeBack);

program
  .command('status')
  .description('how far each phase of each workflow has come')
  .option(...jsonOption)
  .action(showStatus);

runTool(() => program.parseAsync());
