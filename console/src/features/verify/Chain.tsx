import { ShieldAlert, ShieldCheck, ShieldQuestion } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ChainFragment } from '../../generated/graphql';
import { Hash, Instant } from '../../parts/atoms';
import { count } from '#text/words';
import { Panel } from './Panel';
import styles from './VerifyPage.module.css';

interface ChainProps {
  /** Whose log it is, as the subject of a sentence. */
  name: string;
  chain: ChainFragment | null | undefined;
  error: unknown;
  retry: () => void;
  /** Makes a link to a commit, if commits can be viewed. */
  commit?: (sequence: number) => ReactNode;
}

/** Whether a chain of commits verifies, and the evidence for it. */
export function Chain({ name, chain, error, retry, commit = String }: ChainProps) {
  if (!chain)
    return (
      <Panel
        icon={ShieldQuestion}
        title={error ? `${name} was not verified` : `Verifying ${name.replace(/^The/, 'the')} …`}
        error={error}
        retry={retry}
        rows={3}
      />
    );
  const { valid, problem, firstBrokenSequence, checkpointSequence, checkpointNotedAt, archivedSequence } = chain;
  return (
    <Panel
      icon={valid ? ShieldCheck : ShieldAlert}
      title={valid ? `${name} verifies` : `${name} does not verify`}
      good={valid}
    >
      {problem && <p className={styles.problem}>{problem}</p>}
      <dl>
        {firstBrokenSequence !== null && (
          <>
            <dt>First bad commit</dt>
            <dd>{commit(firstBrokenSequence)}</dd>
          </>
        )}
        <dt>Checked</dt>
        <dd>
          {count(chain.changeSetsChecked, 'commit')}, <Instant of={chain.checkedAt} />
        </dd>
        {chain.headHash && (
          <>
            <dt>Head</dt>
            <dd>
              <Hash value={chain.headHash} />
            </dd>
          </>
        )}
        {archivedSequence !== null && (
          <>
            <dt>Archived</dt>
            <dd>
              up to commit {commit(archivedSequence)}: hashes up to there were not recomputed, for what those commits
              changed is in {chain.archivedIn}. An operator verifies all of it with that file.
            </dd>
          </>
        )}
        <dt>Checkpoint</dt>
        <dd>
          {checkpointSequence === null ? (
            'There is none outside the database: the chain is consistent in itself, but would be even if it had been rewritten as a whole.'
          ) : (
            <>
              commit {commit(checkpointSequence)}
              {checkpointNotedAt && (
                <>
                  , noted <Instant of={checkpointNotedAt} />
                </>
              )}
              <p>Up to there, even a rewrite of the whole log would be detected.</p>
            </>
          )}
        </dd>
      </dl>
    </Panel>
  );
}
