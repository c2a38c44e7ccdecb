/** A database that was just restored: ends its recovery, and verifies its log. */
import { setTimeout as sleep } from 'node:timers/promises';
import { RECOVERY_SETTINGS } from '../../packages/embedded-postgres';
import { withClient } from '../../packages/pg-client';
import { Database } from '../database/connection/database';
import { allStreams } from '../database/log/log-reader';
import { archiveFindings } from '../doctor/archives';
import type { Finding } from '../doctor/finding';
import type { Env } from '../env';
import { archiveFile, archiveFolder } from '../proof/archives';
import type { Checkpoints } from '../proof/checkpoints';
import { headProblems, type HeadProblem } from '../proof/heads';
import { verifyStream } from '../proof/verify';

/** Waits until PostgreSQL has replayed all the WAL it was given, then removes the settings that only recovery needed. */
export async function endRecovery(superuserUrl: string): Promise<void> {
  for (;;) {
    const isOver = await withClient(superuserUrl, async (client) => {
      const { rows } = await client.query<{ over: boolean }>('select not pg_is_in_recovery() as over');
      if (!rows[0]!.over) return false;
      for (const setting of RECOVERY_SETTINGS) await client.query(`alter system reset ${setting}`);
      await client.query('select pg_reload_conf()');
      return true;
    });
    if (isOver) return;
    await sleep(100);
  }
}

export interface Restored {
  /** The instant of the last commit, in UTC; null if the log is empty. */
  readonly lastCommitAt: string | null;
  readonly commits: number;
  /** A sentence for each broken chain. */
  readonly broken: readonly string[];
  /** Commits that checkpoints outside the database cover and that are missing: the database went back in time. */
  readonly lost: readonly HeadProblem[];
  /** Archives that are not in the folder of archives. */
  readonly archives: readonly Finding[];
}

/** Recomputes every chain, and checks the heads against the checkpoints. */
export async function inspectRestored(serviceUrl: string, checkpoints: Checkpoints, env: Env): Promise<Restored> {
  const db = new Database({ url: serviceUrl, poolSize: 4, statementTimeoutMs: 0 });
  try {
    const lost = await headProblems(db, checkpoints.heads());
    const broken: string[] = [];
    let commits = 0;
    for (const streamId of await db.snapshot(allStreams)) {
      // Without checkpoints: a head that they have and the chain lacks is already reported as lost.
      const { valid, changeSetsChecked, problem } = await db.snapshot(async (tx) => {
        const archive = await archiveFile(tx, streamId, archiveFolder(env));
        return verifyStream(tx, streamId, { ...(archive !== undefined && { archive }) });
      });
      commits += changeSetsChecked;
      if (!valid) broken.push(`${streamId}: ${problem}`);
    }
    for (const { streamId, kind } of lost)
      if (kind === 'other') broken.push(`${streamId}: it has another commit than a checkpoint recorded`);
    const [last] = await db.query<{ at: string | null }>(
      `select to_char(max(committed_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at from log.stream`,
    );
    const archives = await archiveFindings(db, env);
    return { lastCommitAt: last!.at, commits, broken, lost: lost.filter(({ kind }) => kind === 'behind'), archives };
  } finally {
    await db.close();
  }
}
