import { useState } from 'react';
import * as t from '#text/admin';
import * as common from '#text/common';
import { nouns, registerAct } from '#text/words';
import { usePages } from '../../api/use-pages';
import { RegisterCommitsDocument, RegisterRowsDocument, type CommitFragment } from '../../generated/graphql';
import { Age } from '../../parts/atoms';
import { Failure, Waiting } from '../../parts/Notices';
import { Total } from '../../parts/Total';
import { RowChange } from '../log/RowChange';
import styles from './AdminPage.module.css';
import type { Register } from './register';

/** The commits that touched a register list, newest first. They load on request only, because reading the log is itself recorded. */
export function History({ tables }: Pick<Register, 'tables'>) {
  const { data, list, error, refetch } = usePages(
    RegisterCommitsDocument,
    { tables: [...tables] },
    (read) => read.referenceChanges,
  );
  if (error && !data) return <Failure error={error} retry={() => void refetch()} />;
  return (
    <section className={styles.history} aria-labelledby="history">
      <h2 id="history">{t.whatWasChanged}</h2>
      {!data ? (
        <Waiting bare rows={3} />
      ) : (
        <>
          <ol>
            {list.nodes.map((commit) => (
              <Change key={commit.sequence} commit={commit} />
            ))}
          </ol>
          <Total of={list} noun={nouns.commit} />
        </>
      )}
    </section>
  );
}

function Change({ commit }: { commit: CommitFragment }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <li>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <b>{commit.actor?.name ?? common.theDatabase}</b> {registerAct(commit.operation)}
          <small>
            {t.commitSequence(commit.sequence)} <Age of={commit.committedAt} />
          </small>
        </summary>
        {isOpen && <Rows sequence={commit.sequence} />}
      </details>
      {commit.reason && <p>{commit.reason}</p>}
    </li>
  );
}

/** The rows of one commit, before and after. */
function Rows({ sequence }: { sequence: number }) {
  const { data, list, error, refetch } = usePages(
    RegisterRowsDocument,
    { sequence },
    (read) => read.referenceChanges?.nodes[0]?.rowChanges,
  );
  if (error && !data) return <Failure error={error} retry={() => void refetch()} />;
  if (!data) return <Waiting bare rows={2} />;
  return (
    <>
      {list.nodes.map((row) => (
        <RowChange key={row.id} row={row} />
      ))}
      <Total of={list} noun={nouns.row} />
    </>
  );
}
