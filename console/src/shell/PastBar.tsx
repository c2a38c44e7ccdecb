import { Link, useParams } from '@tanstack/react-router';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import * as t from '#text/shell';
import { instant } from '#text/time';
import { useApi } from '../api/client';
import { StepsOfVersionDocument, StepsOfWorkflowDocument } from '../generated/graphql';
import { Button } from '../parts/atoms';
import { commitSentence, type Commit } from '../parts/Commits';
import styles from './Time.module.css';
import { useAt } from './use-at';
import { useKeys } from './use-keys';

/** The commits to step through: those of the page's workflow, read in the present, since the past has no later ones. */
function useSteps(): Commit[] {
  const { cycleId, reportId, versionId } = useParams({ strict: false });
  const ofWorkflow = useApi(
    StepsOfWorkflowDocument,
    { cycleId: cycleId ?? '', reportId: reportId ?? '' },
    { now: true, enabled: cycleId !== undefined },
  );
  const ofVersion = useApi(
    StepsOfVersionDocument,
    { versionId: versionId ?? '' },
    { now: true, enabled: versionId !== undefined },
  );
  const found = ofWorkflow.data?.workflow ?? ofVersion.data?.phaseVersion?.workflow;
  return found?.changes.nodes.toReversed() ?? [];
}

/** The bar of a page in the past: the instant, the previous and next commit, and the way back to now. */
export default function PastBar() {
  const { at = '', go } = useAt();
  const steps = useSteps();
  const { versionId } = useParams({ strict: false });
  const here = steps.findLastIndex((step) => step.committedAt <= at);
  const step = (to: Commit | undefined) => to && go(to.committedAt);
  const [back, last, on] = [steps[here - 1], steps[here], steps[here + 1]];
  useKeys({ '[': () => step(back), ']': () => step(on) });
  return (
    <section className={styles.bar} aria-label={t.thePast}>
      <p className={styles.when}>{t.asOfReadOnly(instant(at))}</p>
      <div className={styles.steps}>
        {steps.length > 0 && (
          <>
            <button type="button" aria-label={t.aCommitBack} aria-disabled={!back} onClick={() => step(back)}>
              <ChevronLeft size={16} aria-hidden />
            </button>
            <span role="status" className={styles.commit}>
              {last ? (
                <>
                  <b>{last.sequence}</b> {commitSentence(last)}
                </>
              ) : (
                t.beforeTheseCommits
              )}
            </span>
            <button type="button" aria-label={t.aCommitOn} aria-disabled={!on} onClick={() => step(on)}>
              <ChevronRight size={16} aria-hidden />
            </button>
          </>
        )}
      </div>
      {versionId && (
        <Link to="/v/$versionId/diff" params={{ versionId }} search={{ since: at, at: undefined }}>
          {t.compareWithNow}
        </Link>
      )}
      <Button kind="quiet" onClick={() => go(undefined)}>
        {t.backToNow}
      </Button>
    </section>
  );
}
