/** Checks the standbys of DATABASE_REPLICA_URLS: each one is asked for its position, which is compared with the primary's. */
import { withClient } from '../../packages/pg-client';
import { REPLAYED, WRITTEN, type WalPosition } from '../database/connection/standbys';
import type { Finding, Thresholds } from './finding';

const positionOf = (url: string, sql: string): Promise<WalPosition & { readonly hasFeedback: boolean }> =>
  withClient(url, async (client) => {
    const { rows } = await client.query<WalPosition & { hasFeedback: boolean }>(
      `select p.*, current_setting('hot_standby_feedback')::bool as "hasFeedback" from (${sql}) p`,
    );
    return rows[0]!;
  });

/** The first problem of a standby; the later checks mean something only if the earlier ones pass. */
async function problemOf(
  url: string,
  primary: WalPosition,
  { standbyBytes }: Thresholds,
): Promise<readonly [check: string, problem: string, advice: string] | null> {
  const { host } = new URL(url);
  let standby;
  try {
    standby = await positionOf(url, REPLAYED);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return [
      'standby unreachable',
      `The standby ${host} does not answer: ${code ?? message}. The others, or the primary, answer in its stead.`,
      'See whether it runs and can be reached from here, or take it out of DATABASE_REPLICA_URLS.',
    ];
  }
  if (standby.name !== primary.name)
    return [
      'standby stranger',
      `${host} is no copy of the database of DATABASE_URL: servers refuse to start.`,
      'Take it out of DATABASE_REPLICA_URLS, or build it anew with pg_basebackup.',
    ];
  // All nodes of a cluster may be named, so one of them is the primary.
  if (!standby.isStandby) return null;
  if (standby.timeline !== primary.timeline)
    return [
      'standby timeline',
      `The standby ${host} follows another timeline than the primary, and is not read from.`,
      'Let it follow the primary again: recovery_target_timeline = latest, or pg_rewind where it has gone on by itself.',
    ];
  const behind = primary.lsn - standby.lsn;
  if (behind > standbyBytes)
    return [
      'standby behind',
      `The standby ${host} is ${Math.ceil(behind / 2 ** 20)} MB of the log behind, and is not read from meanwhile.`,
      'See pg_stat_replication on the primary, and on the standby whether its replay is paused or waits for long reads.',
    ];
  return standby.hasFeedback
    ? null
    : [
        'standby feedback',
        `On the standby ${host} long reads are cancelled and run again on the primary, since hot_standby_feedback is off.`,
        'Set hot_standby_feedback = on there.',
      ];
}

/** @param primaryUrl the service's URL of the primary */
export async function standbyFindings(
  primaryUrl: string,
  urls: readonly string[],
  thresholds: Thresholds,
): Promise<Finding[]> {
  if (urls.length === 0) return [];
  const primary = await positionOf(primaryUrl, WRITTEN);
  const problems = await Promise.all(urls.map((url) => problemOf(url, primary, thresholds)));
  return problems.flatMap((found) => {
    if (!found) return [];
    const [check, problem, advice] = found;
    return [{ check, severity: check === 'standby stranger' ? 'error' : 'warning', problem, advice }] as const;
  });
}
