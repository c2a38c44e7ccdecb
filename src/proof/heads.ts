/**
 * Compares the chains with the heads recorded outside the database, looking only at those sequences: a database that was put back to an
 * earlier state lacks recorded commits, and a rewritten chain has another hash there. `verify.ts` recomputes whole chains.
 */
import type { Db } from '../database/connection/database';
import type { CheckpointHead } from './checkpoints';

export interface HeadProblem {
  readonly streamId: string;
  readonly sequence: number;
  /** `behind`: the chain ends before it; `other`: a different commit has this sequence. */
  readonly kind: 'behind' | 'other';
}

/** The recorded heads that the database does not confirm. */
export async function headProblems(db: Pick<Db, 'query'>, heads: readonly CheckpointHead[]): Promise<HeadProblem[]> {
  if (heads.length === 0) return [];
  return db.query<HeadProblem>(
    `select n.stream_id, n.sequence::int as sequence, case when c.hash is null then 'behind' else 'other' end as kind
     from jsonb_to_recordset($1::jsonb) as n(stream_id uuid, sequence bigint, hash text)
     left join log.change_set c on c.stream_id = n.stream_id and c.sequence = n.sequence
     where c.hash is null or encode(c.hash, 'hex') <> n.hash order by n.stream_id`,
    [JSON.stringify(heads.map(({ streamId, sequence, hash }) => ({ stream_id: streamId, sequence, hash })))],
  );
}

export const describeHead = ({ streamId, sequence, kind }: HeadProblem): string =>
  kind === 'behind'
    ? `the log of stream ${streamId} ends before commit ${sequence}, which a checkpoint recorded: the database was reset to an earlier state, or its log was truncated`
    : `commit ${sequence} of stream ${streamId} is not the one that a checkpoint recorded: its log was rewritten, or belongs to another database`;
