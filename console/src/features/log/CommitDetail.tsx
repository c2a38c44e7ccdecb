import { X } from 'lucide-react';
import { titleOfOrigin } from '../../../../src/versioning/titles';
import { usePages } from '../../api/use-pages';
import { CommitRowsDocument } from '../../generated/graphql';
import { Button, Hash } from '../../parts/atoms';
import { commitSentence } from '../../parts/Commits';
import { Failure, Waiting } from '../../parts/Notices';
import { Total } from '../../parts/Total';
import { useAt } from '../../shell/use-at';
import { bothZones } from '#text/time';
import { count } from '#text/words';
import styles from './LogPage.module.css';
import { RowChange } from './RowChange';

interface Props {
  ids: { cycleId: string; reportId: string };
  sequence: number;
  onClose: () => void;
}
/** One commit: its hash, the previous hash, and every row before and after. */
export function CommitDetail({ ids, sequence, onClose }: Props) {
  const { data, list, error, refetch } = usePages(
    CommitRowsDocument,
    { ...ids, sequence },
    (read) => read.workflow?.changeSet?.rowChanges,
  );
  const { go } = useAt();
  const commit = data?.workflow?.changeSet;
  return (
    <section className={styles.detail} aria-label={`Commit ${sequence}`} tabIndex={0}>
      <header>
        <h2>Commit {sequence}</h2>
        <Button kind="quiet" aria-label="Close the commit" onClick={onClose}>
          <X size={16} aria-hidden />
        </Button>
      </header>
      {error && !data && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Waiting bare rows={4} />}
      {commit && (
        <>
          <p>{commitSentence(commit)}</p>
          {commit.reason && <blockquote>{commit.reason}</blockquote>}
          <dl className={styles.facts}>
            <dt>Committed</dt>
            <dd>{bothZones(commit.committedAt)}</dd>
            <dt>Through</dt>
            <dd>{titleOfOrigin(commit.origin)}</dd>
            <dt>Hash</dt>
            <dd>
              <Hash value={commit.hash} />
            </dd>
            <dt>After</dt>
            <dd>{commit.previousHash ? <Hash value={commit.previousHash} /> : 'the first of its chain'}</dd>
          </dl>
          <Button onClick={() => go(commit.committedAt)}>See everything as it stood then</Button>
          <h3>{count(list.totalCount, 'row')}</h3>
          {list.nodes.map((row) => (
            <RowChange key={row.id} row={row} />
          ))}
          <Total of={list} one="row" />
        </>
      )}
    </section>
  );
}
