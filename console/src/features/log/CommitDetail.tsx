import { X } from 'lucide-react';
import * as common from '#text/common';
import * as t from '#text/log';
import { bothZones } from '#text/time';
import { nouns } from '#text/words';
import { titleOfOrigin } from '../../../../src/versioning/titles';
import { usePages } from '../../api/use-pages';
import { CommitRowsDocument } from '../../generated/graphql';
import { Button, Hash } from '../../parts/atoms';
import { commitSentence } from '../../parts/Commits';
import { Failure, Waiting } from '../../parts/Notices';
import { Total } from '../../parts/Total';
import { useAt } from '../../shell/use-at';
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
    <section className={styles.detail} aria-label={t.commitSequence(sequence)} tabIndex={0}>
      <header>
        <h2>{t.commitSequence(sequence)}</h2>
        <Button kind="quiet" aria-label={t.closeTheCommit} onClick={onClose}>
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
            <dt>{t.committed}</dt>
            <dd>{bothZones(commit.committedAt)}</dd>
            <dt>{t.through}</dt>
            <dd>{titleOfOrigin(commit.origin)}</dd>
            <dt>{t.hash}</dt>
            <dd>
              <Hash value={commit.hash} />
            </dd>
            <dt>{t.after}</dt>
            <dd>{commit.previousHash ? <Hash value={commit.previousHash} /> : t.theFirstOfItsChain}</dd>
          </dl>
          <Button onClick={() => go(commit.committedAt)}>{t.seeEverythingAsItStood}</Button>
          <h3>{common.rowCount(list.totalCount)}</h3>
          {list.nodes.map((row) => (
            <RowChange key={row.id} row={row} />
          ))}
          <Total of={list} noun={nouns.row} />
        </>
      )}
    </section>
  );
}
