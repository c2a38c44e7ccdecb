import { useQuery } from '@tanstack/react-query';
import * as t from '#text/verify';
import { isUuid } from '../../../../src/uuid';
import { send } from '../../api/client';
import {
  CommitHashDocument,
  LogHereDocument,
  ReferenceCommitHashDocument,
  type CommitHashQuery,
  type LogHereQuery,
  type ReferenceCommitHashQuery,
} from '../../generated/graphql';
import { REFERENCE } from './log-file';

export interface LogHere {
  /** The name of the log's subject. */
  readonly name: string;
  /** The workflow's id; null for the reference data. */
  readonly ids: { readonly cycleId: string; readonly reportId: string } | null;
  /** The hash of the commit on this server; null if there is no commit with that sequence. */
  readonly hash: string | null;
}

async function find(streamId: string, sequence: number, signal: AbortSignal): Promise<LogHere | null> {
  if (streamId === REFERENCE) {
    const { referenceChanges } = await send<ReferenceCommitHashQuery>(
      String(ReferenceCommitHashDocument),
      { sequence },
      signal,
    );
    return { name: t.theReferenceData, ids: null, hash: referenceChanges?.nodes[0]?.hash ?? null };
  }
  if (!isUuid(streamId)) return null;
  const { workflows }: LogHereQuery = await send(String(LogHereDocument), { workflowId: streamId }, signal);
  const workflow = workflows?.nodes[0];
  if (!workflow) return null;
  const ids = { cycleId: workflow.cycle.cycleId, reportId: workflow.report.reportId };
  const answer = await send<CommitHashQuery>(String(CommitHashDocument), { ...ids, sequence }, signal);
  return {
    name: `${workflow.report.name}, ${workflow.cycle.name}`,
    ids,
    hash: answer.workflow?.changeSet?.hash ?? null,
  };
}

/** The log on this server that a file belongs to, at a commit; null if there is none that the viewer can see. */
export const useLogHere = (streamId: string | null, sequence: number) =>
  useQuery({
    queryKey: ['log here', streamId, sequence],
    enabled: streamId !== null && sequence > 0,
    queryFn: ({ signal }) => find(streamId!, sequence, signal),
  });
