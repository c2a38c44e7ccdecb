import { ShieldAlert, ShieldCheck, ShieldQuestion } from 'lucide-react';
import type { ReactNode } from 'react';
import * as common from '#text/common';
import * as t from '#text/verify';
import type { ChainFragment } from '../../generated/graphql';
import { Hash, Instant } from '../../parts/atoms';
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
        title={error ? t.wasNotVerified(name) : t.verifyingName(name)}
        error={error}
        retry={retry}
        rows={3}
      />
    );
  const { valid, problem, firstBrokenSequence, checkpointSequence, checkpointNotedAt, archivedSequence } = chain;
  return (
    <Panel
      icon={valid ? ShieldCheck : ShieldAlert}
      title={valid ? t.nameVerifies(name) : t.doesNotVerify(name)}
      good={valid}
    >
      {problem && <p className={styles.problem}>{problem}</p>}
      <dl>
        {firstBrokenSequence !== null && (
          <>
            <dt>{t.firstBadCommit}</dt>
            <dd>{commit(firstBrokenSequence)}</dd>
          </>
        )}
        <dt>{t.checked}</dt>
        <dd>
          {common.commitCount(chain.changeSetsChecked)}, <Instant of={chain.checkedAt} />
        </dd>
        {chain.headHash && (
          <>
            <dt>{t.head}</dt>
            <dd>
              <Hash value={chain.headHash} />
            </dd>
          </>
        )}
        {archivedSequence !== null && (
          <>
            <dt>{t.archived}</dt>
            <dd>{t.upToCommitHashesUp(commit(archivedSequence), chain.archivedIn)}</dd>
          </>
        )}
        <dt>{t.checkpoint}</dt>
        <dd>
          {checkpointSequence === null ? (
            t.thereIsNoneOutsideThe
          ) : (
            <>
              {t.commit(commit(checkpointSequence))}
              {checkpointNotedAt && t.notedInstant(<Instant of={checkpointNotedAt} />)}
              <p>{t.upToThereEvenA}</p>
            </>
          )}
        </dd>
      </dl>
    </Panel>
  );
}
