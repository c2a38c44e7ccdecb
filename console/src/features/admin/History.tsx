import { useState } from 'react';
import { useApi } from '../../api/client';
import { RegisterCommitsDocument, RegisterRowsDocument, type CommitFragment } from '../../generated/graphql';
import { Age, Button } from '../../parts/atoms';
import { Failure, Waiting } from '../../parts/Notices';
import { count, registerAct } from '../../text/words';
import { RowChange } from '../log/RowChange';
import styles from './AdminPage.module.css';
import type { Register } from './register';

const STEP = 20;

/** The commits that touched a register list, newest first. They load on request only, because reading the log is itself recorded. */
export function History({ tables }: Pick<Register, 'tables'>) {
  const [first, setFirst] = useState(STEP);
  const { data, error, refetch } = useApi(RegisterCommitsDocument, { tables: [...tables], first }, { keep: true });
  if (error && !data) return <Failure error={error} retry={() => void refetch()} />;
  const changes = data?.referenceChanges;
  return (
    <section className={styles.history} aria-labelledby="history">
      <h2 id="history">What was changed</h2>
      {!changes ? (
        <Waiting bare rows={3} />
      ) : (
        <>
          <ol>
            {changes.nodes.map((commit) => (
              <Change key={commit.sequence} commit={commit} />
            ))}
          </ol>
          <p className={styles.total}>
            {count(changes.totalCount, 'commit')}
            {changes.totalCount > changes.nodes.length && (
              <Button onClick={() => setFirst(first + STEP)}>Older ones</Button>
            )}
          </p>
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
          <b>{commit.actor?.name ?? 'The database'}</b> {registerAct(commit.operation)}
          <small>
            commit {commit.sequence}, <Age of={commit.committedAt} />
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
  const { data, error, refetch } = useApi(RegisterRowsDocument, { sequence });
  if (error && !data) return <Failure error={error} retry={() => void refetch()} />;
  const rows = data?.referenceChanges?.nodes[0]?.rowChanges;
  if (!rows) return <Waiting bare rows={2} />;
  return (
    <>
      {rows.nodes.map((row) => (
        <RowChange key={row.id} row={row} />
      ))}
      {rows.totalCount > rows.nodes.length && (
        <p>
          {rows.nodes.length} of {rows.totalCount} rows.
        </p>
      )}
    </>
  );
}
