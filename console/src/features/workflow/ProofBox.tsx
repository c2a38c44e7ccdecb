import { Link } from '@tanstack/react-router';
import { ShieldAlert, ShieldCheck } from 'lucide-react';
import * as common from '#text/common';
import * as t from '#text/workflow';
import { useApi } from '../../api/client';
import { messageOf } from '../../api/error';
import { ProofDocument } from '../../generated/graphql';
import { Hash, Instant } from '../../parts/atoms';
import { useAt } from '../../shell/use-at';
import styles from './WorkflowPage.module.css';

const MINUTE_MS = 60_000;

/** Whether the log verifies. A separate request, since its duration grows with the log. */
export function ProofBox({ ids }: { ids: { cycleId: string; reportId: string } }) {
  const { at } = useAt();
  const { data, error } = useApi(ProofDocument, ids, { now: true, staleTime: MINUTE_MS });
  const proof = data?.verifyChangeLog;
  const isBroken = proof?.valid === false;
  const Icon = isBroken ? ShieldAlert : ShieldCheck;
  const title = error
    ? t.theLogWasNotVerified
    : !proof
      ? t.verifyingTheLog
      : isBroken
        ? t.theLogBreaksAtCommit(proof.firstBrokenSequence)
        : t.theLogVerifies;
  return (
    <section className={styles.proof} data-valid={proof?.valid} aria-live="polite">
      <Icon size={18} strokeWidth={1.75} aria-hidden />
      <div>
        <h2>{title}</h2>
        {error && <p>{messageOf(error)}</p>}
        {isBroken && <p>{proof.problem}</p>}
        {proof?.valid && (
          <p>
            {t.checkedJustNow(proof.changeSetsChecked, at && t.upToToday)}
            <br />
            {proof.checkpointSequence === null ? (
              t.noCheckpointOutsideTheDatabase
            ) : (
              <>
                {t.checkpointAtCommit(proof.checkpointSequence)}
                {proof.checkpointNotedAt && (
                  <>
                    , <Instant of={proof.checkpointNotedAt} />
                  </>
                )}
              </>
            )}
            {proof.headHash && (
              <>
                <br />
                {t.headHash(<Hash value={proof.headHash} />)}
              </>
            )}
          </p>
        )}
        <Link to="/verify" search={{ cycle: ids.cycleId, report: ids.reportId }} className={styles.all}>
          {common.verification}
        </Link>
      </div>
    </section>
  );
}
