/** A database that was just restored: the end of its recovery, and what its log says of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { RECOVERY_SETTINGS } from '../../packages/embedded-postgres';
import { withClient } from '../../packages/pg-client';
import { Database } from '../database/database';
import { allStreams } from '../database/log-reader';
import type { Checkpoints } from '../proof/checkpoints';
import { headProblems, type HeadProblem } from '../proof/heads';
import { verifyStream } from '../proof/verify';

/** Waits until PostgreSQL has read all the WAL that it was given, and takes back what only that needed. */
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
  /** The instant of the last commit, in UTC; null of an empty log. */
  readonly lastCommitAt: string | null;
  readonly commits: number;
  /** What is wrong with chains, in sentences. */
  readonly broken: readonly string[];
  /** What was noted outside and is not there: the database was put back to the past. */
  readonly lost: readonly HeadProblem[];
}

/** Recomputes every chain, and holds the heads against what was noted. */
export async function lookAtRestored(serviceUrl: string, checkpoints: Checkpoints): Promise<Restored> {
  const db = new Database({ url: serviceUrl, poolSize: 4, statementTimeoutMs: 0 });
  try {
    const lost = await headProblems(db, checkpoints.heads());
    const broken: string[] = [];
    let commits = 0;
    for (const streamId of await db.snapshot(allStreams)) {
      // Without the notes: what they have and the chain has not is told once, as what was lost.
      const { valid, changeSetsChecked, problem } = await db.snapshot((tx) => verifyStream(tx, streamId, {}));
      commits += changeSetsChecked;
      if (!valid) broken.push(`${streamId}: ${problem}`);
    }
    for (const { streamId, kind } of lost)
      if (kind === 'other') broken.push(`${streamId}: it has another commit than was noted`);
    const [last] = await db.query<{ at: string | null }>(
      `select to_char(max(committed_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at from log.stream`,
    );
    return { lastCommitAt: last!.at, commits, broken, lost: lost.filter(({ kind }) => kind === 'behind') };
  } finally {
    await db.close();
  }
}
