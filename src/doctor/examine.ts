/** Runs all checks of `npm run doctor`; read-only. */
import type pg from 'pg';
import { withClient } from '../../packages/pg-client';
import { Database } from '../database/connection/database';
import type { DatabaseAccess } from '../database/deployment/embedded';
import { WITHOUT_POOLER } from '../database/connection/sessions';
import { migrationStatus } from '../database/deployment/migrations';
import type { Env } from '../env';
import { checkCatalogue } from '../proof/catalogue';
import { CheckpointFault } from '../proof/checkpoint-files';
import { checkpointFolder, Checkpoints } from '../proof/checkpoints';
import { headProblems, describeHead } from '../proof/heads';
import { freeBytes } from '../proof/readiness';
import { archiveFindings } from './archives';
import { configurationFindings } from './configuration';
import { usual, type Finding, type SqlCheck, type Thresholds } from './finding';
import { roleChecks } from './roles';
import { settingChecks } from './settings';
import { standbyFindings } from './standbys';
import { trafficChecks } from './traffic';

export interface Examination {
  readonly thresholds?: Partial<Thresholds>;
  /** This machine's clock. */
  readonly now?: () => number;
}

/** All findings; empty if all is well. */
export async function examine(
  env: Env,
  opened: DatabaseAccess,
  { thresholds: given = {}, now = Date.now }: Examination = {},
): Promise<Finding[]> {
  const thresholds = { ...usual, ...given };
  const findings = [...configurationFindings(env), ...(await diskFindings(env, opened, thresholds))];
  try {
    await withClient(opened.serviceUrl, async (client) => {
      findings.push(...(await runChecks(client, [...settingChecks, ...roleChecks], thresholds)));
      findings.push(...(await sizeFindings(client, env)), ...(await clockFindings(client, thresholds, now)));
    });
    findings.push(...(await standbyFindings(opened.serviceUrl, env.databaseReplicaUrls, thresholds)));
  } catch (error) {
    return [...findings, unreachable('DATABASE_URL', error)];
  }
  try {
    // Uses the most privileged role available, because PostgreSQL hides other sessions' activity from ordinary roles.
    await withClient(opened.superuserUrl ?? opened.ownerUrl ?? opened.serviceUrl, async (client) =>
      findings.push(...(await runChecks(client, trafficChecks, thresholds))),
    );
    if (opened.ownerUrl) findings.push(...(await migrationFindings(opened.ownerUrl)));
  } catch (error) {
    findings.push(unreachable('DATABASE_OWNER_URL', error));
  }
  const db = new Database({ url: opened.serviceUrl, poolSize: 4, statementTimeoutMs: 0 });
  try {
    return [...findings, ...(await poolerFindings(db)), ...(await proofFindings(db, env, thresholds, now))];
  } finally {
    await db.close();
  }
}

/** A check that cannot run (a missing table, a missing right) is a finding itself. */
async function runChecks(client: pg.Client, checks: readonly SqlCheck[], thresholds: Thresholds): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { check, severity, sql, values, problem, advice } of checks)
    try {
      const { rows } = await client.query<{ detail: string }>(sql, [...(values?.(thresholds) ?? [])]);
      for (const { detail } of rows) findings.push({ check, severity, problem: problem(detail), advice });
    } catch (error) {
      if (!(error as { severity?: string }).severity) throw error;
      findings.push(unanswered(check, error));
    }
  return findings;
}

const unanswered = (check: string, error: unknown): Finding => ({
  check,
  severity: 'error',
  problem: `This could not be looked at: ${(error as Error).message}.`,
  advice: 'Run npm run migrate; if it stays so, the role may not read what it has to.',
});

const unreachable = (variable: string, error: unknown): Finding => {
  const { code, message } = error as NodeJS.ErrnoException;
  return {
    check: 'database unreachable',
    severity: 'error',
    problem: `The database does not answer: ${code ?? message}.`,
    advice: `See whether it runs, whether it can be reached from here, and whether role and password of ${variable} are right.`,
  };
};

async function poolerFindings(db: Database): Promise<Finding[]> {
  const problem = await db.askPooler().catch(() => null); // if it does not answer now, the next check reports it
  return problem === null
    ? []
    : [
        {
          check: 'connection pooler',
          severity: 'error',
          problem: `${problem.charAt(0).toUpperCase()}${problem.slice(1)}: servers refuse to start.`,
          advice: `Look at DATABASE_URL. ${WITHOUT_POOLER}`,
        },
      ];
}

async function sizeFindings(client: pg.Client, { databasePoolSize }: Env): Promise<Finding[]> {
  const { rows } = await client.query<{ most: number }>(
    `select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as most`,
  );
  const { most } = rows[0]!;
  if (databasePoolSize <= most) return [];
  return [
    {
      check: 'configuration pool size',
      severity: 'error',
      problem: `DATABASE_POOL_SIZE is ${databasePoolSize}, and the server has ${most} connections for all.`,
      advice: 'Lower DATABASE_POOL_SIZE so that all servers together fit, or raise max_connections.',
    },
  ];
}

async function clockFindings(client: pg.Client, { clockSeconds }: Thresholds, now: () => number): Promise<Finding[]> {
  const before = now();
  const { rows } = await client.query<{ at: number }>(
    'select extract(epoch from clock_timestamp())::float8 * 1000 as at',
  );
  const after = now();
  const { at } = rows[0]!;
  // Discounts the round trip.
  const apart = at < before ? before - at : Math.max(0, at - after);
  if (apart <= clockSeconds * 1000) return [];
  return [
    {
      check: 'clock',
      severity: 'error',
      problem: `The clocks of this machine and of the database are ${Math.round(apart / 1000)} seconds apart: tokens are refused or accepted wrongly.`,
      advice: 'Let NTP hold both clocks (timedatectl status, chronyc tracking).',
    },
  ];
}

async function diskFindings(env: Env, { embedded }: DatabaseAccess, { minFreeBytes }: Thresholds): Promise<Finding[]> {
  const folders = new Set([...(embedded ? [env.dataDir] : []), checkpointFolder(env)]);
  const findings: Finding[] = [];
  for (const folder of folders) {
    const free = await freeBytes(folder);
    if (free >= minFreeBytes) continue;
    findings.push({
      check: 'disk',
      severity: 'error',
      problem: `${folder} has ${Math.floor(free / 2 ** 20)} MB left.`,
      advice: 'Make room, or move DATA_DIR or CHECKPOINT_DIR to a larger disk.',
    });
  }
  return findings;
}

async function migrationFindings(ownerUrl: string): Promise<Finding[]> {
  const { pending, failed, edited, unknown } = await migrationStatus(ownerUrl);
  const each = (names: readonly string[], state: string, why: string, advice: string): Finding[] =>
    names.map((name) => ({ check: `migration ${state}`, severity: 'error', problem: `${name} ${why}.`, advice }));
  return [
    ...each(pending, 'pending', 'was not applied', 'Run npm run migrate.'),
    ...each(failed, 'failed', 'began and did not finish', 'Run npm run migrate: it says why, and tries again.'),
    ...each(edited, 'edited', 'was applied, and its file was changed since', 'Put the file of this release back.'),
    ...each(unknown, 'unknown', 'was applied by a newer release', 'Run the release that brought it, or a later one.'),
  ];
}

async function proofFindings(db: Database, env: Env, thresholds: Thresholds, now: () => number): Promise<Finding[]> {
  const findings: Finding[] = [];
  const add = (check: string, severity: Finding['severity'], problem: string, advice: string) =>
    findings.push({ check, severity, problem, advice });
  try {
    const { differences, isWatched } = await db.snapshot(checkCatalogue);
    for (const { problem } of differences)
      add(
        'catalogue',
        'error',
        `${problem}.`,
        'Run npm run migrate, or undo it; npm run -s catalogue -- allow lets it be, with a reason.',
      );
    if (!isWatched)
      add(
        'watch',
        'warning',
        'Changes of the schema are not recorded as they happen.',
        'Let a superuser run the SQL of npm run -s migrate -- --print-watch-sql.',
      );
  } catch (error) {
    findings.push(unanswered('catalogue', error));
  }
  try {
    const checkpoints = new Checkpoints(checkpointFolder(env));
    const { count, lastNotedAt } = checkpoints.summary();
    for (const head of await headProblems(db, checkpoints.heads()))
      add(
        head.kind === 'behind' ? 'log behind checkpoints' : 'log differs from checkpoints',
        'error',
        `In ${describeHead(head)}.`,
        'Run npm run verify. After a restore on purpose, see docs/backup.md: the old checkpoints are kept, and new ones begun in another CHECKPOINT_DIR.',
      );
    const [log] = await db.query<{ commits: number; newest: number }>(
      `select coalesce(sum(sequence), 0)::int as commits, coalesce(extract(epoch from max(committed_at)), 0)::float8 as newest from log.stream`,
    );
    const old = lastNotedAt === null ? 0 : Date.parse(lastNotedAt);
    if (
      log!.commits > 0 &&
      env.checkpointSeconds > 0 &&
      log!.newest * 1000 > old &&
      now() - old > thresholds.checkpointHours * 3_600_000
    )
      add(
        'checkpoints',
        'warning',
        count === 0
          ? 'No checkpoint of the log was written yet.'
          : `The log went on since the last checkpoint (${lastNotedAt}).`,
        'Start a server, and see that its CHECKPOINT_DIR is the one that was looked at.',
      );
  } catch (error) {
    if (error instanceof CheckpointFault)
      add(
        'checkpoints broken',
        'error',
        error.message,
        'Run npm run verify, keep the folder as it is, and find out who changed it.',
      );
    else findings.push(unanswered('checkpoints', error));
  }
  const archives = await archiveFindings(db, env).catch((error: unknown) => [unanswered('archive', error)]);
  return [...findings, ...archives];
}
