/** What the commands about the log share: which streams they cover, and the display names of these. */
import { InvalidArgumentError } from 'commander';
import type { Database, Db } from '../database/connection/database';
import { allStreams } from '../database/log/log-reader';
import { REFERENCE_STREAM } from '../database/register/people';
import { UUID } from '../uuid';

/** `reference`, a workflow's id, or its cycle and report separated by a slash. */
function streamArgument(text: string): string {
  if (text.toLowerCase() === 'reference') return 'reference';
  if (new RegExp(`^${UUID}(/${UUID})?$`, 'i').test(text)) return text.toLowerCase();
  throw new InvalidArgumentError('Write a workflow id, CYCLE/REPORT (two UUIDs), or "reference".');
}

export const streamOption = [
  '--workflow <id>',
  'a workflow id, CYCLE/REPORT, or "reference" for the reference data',
  streamArgument,
] as const;

/** Resolves a stream. A deleted workflow still has a stream if it appears in the log, in live rows, or among those the caller knows. */
export async function streamOf(db: Database, name: string, known: readonly string[] = []): Promise<string> {
  if (name === 'reference') return REFERENCE_STREAM;
  const [cycleOrId, report] = name.split('/');
  const [found] = await db.query<{ workflowId: string }>(
    report === undefined
      ? 'select workflow_id from workflows where workflow_id = $1'
      : 'select workflow_id from workflows where cycle_id = $1 and report_id = $2',
    report === undefined ? [cycleOrId] : [cycleOrId, report],
  );
  if (found) return found.workflowId;
  if (report === undefined && [...known, ...(await db.snapshot(allStreams))].includes(name)) return name;
  throw new Error(`There is no workflow ${name}.`);
}

export const streamsOf = async (db: Database, name: string | undefined): Promise<string[]> =>
  name === undefined ? db.snapshot(allStreams) : [await streamOf(db, name)];

export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** Escapes text from a database or file that may have been tampered with, so that it cannot move the cursor or hide output. */
export const plain = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');

/** A workflow's display name: its report and cycle. */
export async function titleOf(db: Db, streamId: string): Promise<string> {
  if (streamId === REFERENCE_STREAM) return 'reference data';
  const [row] = await db.query<{ report: string; cycle: string }>(
    `select r.number || ' ' || r.name as report, c.name as cycle
     from workflows w join reports r using (report_id) join cycles c using (cycle_id) where w.workflow_id = $1`,
    [streamId],
  );
  return row ? plain(`${row.report} · ${row.cycle}`) : streamId;
}

export const commitCount = async (db: Db, streamId: string): Promise<number> =>
  (await db.query<{ sequence: number }>('select sequence from log.stream where stream_id = $1', [streamId]))[0]
    ?.sequence ?? 0;
