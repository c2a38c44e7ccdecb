import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import * as common from '#text/common';
import * as t from '#text/review';
import { useCommand } from '../../api/command';
import { ApproveDocument, RejectDocument } from '../../generated/graphql';
import { Button } from '../../parts/atoms';
import { ReasonDialog } from '../../parts/ReasonDialog';
import styles from './ReviewPage.module.css';
import type { ReviewedVersion } from './use-review';

/** Approves or rejects a version: shows the consequence, asks for the reason, and shows the rule if the API refuses. */
export function Verdict({ version, rejected }: { version: ReviewedVersion; rejected: number }) {
  const [refused, setRefused] = useState('');
  const [asked, setAsked] = useState<'approve' | 'reject' | null>(null);
  const { versionNumber, availableActions, approvalRequirements } = version;
  const open = approvalRequirements.filter(({ status }) => status === 'UNSATISFIED');
  const askApproval = () => {
    const [first] = open;
    if (first) setRefused(t.notYet(first.explanation));
    else setAsked('approve');
  };
  const canReject = availableActions.includes('REJECT');
  const canApprove = availableActions.includes('APPROVE') || open.some(({ code }) => code === 'ITEMS_DECIDED');
  return (
    <>
      <div className={styles.verdict}>
        {canReject && (
          <Button kind="bad" onClick={() => setAsked('reject')}>
            {t.rejectDots}
          </Button>
        )}
        {(canReject || canApprove) && (
          <Button kind="main" aria-disabled={open.length > 0} onClick={askApproval}>
            {t.approveVersion(versionNumber)}
          </Button>
        )}
      </div>
      <p role="status" className={styles.refused}>
        {open.length > 0 && refused}
      </p>
      {asked && <VerdictDialog version={version} verdict={asked} rejected={rejected} onClose={() => setAsked(null)} />}
    </>
  );
}

interface DialogProps {
  version: ReviewedVersion;
  verdict: 'approve' | 'reject';
  rejected: number;
  onClose: () => void;
}
function VerdictDialog({ version, verdict, rejected, onClose }: DialogProps) {
  const { versionId, versionNumber, revision, base, submittedBy, createdBy, cycle, report, phase } = version;
  const isApproval = verdict === 'approve';
  const approve = useCommand(ApproveDocument);
  const reject = useCommand(RejectDocument);
  const command = isApproval ? approve : reject;
  const navigate = useNavigate();
  const title = t.decideVersion(isApproval, versionNumber);
  const then = isApproval
    ? t.itIsInForceFrom(base?.versionNumber, rejected)
    : t.getsItBackWithYour((submittedBy ?? createdBy).name, rejected, base?.versionNumber);
  const submit = (reason: string | null, taken: () => void) =>
    command.mutate(
      { input: { versionId, expectedRevision: revision, reason } },
      {
        onSuccess: () => {
          taken();
          void navigate({
            to: '/w/$cycleId/$reportId/$phase',
            params: { cycleId: cycle.cycleId, reportId: report.reportId, phase },
            state: { decided: { versionNumber, isApproval } },
          });
        },
      },
    );
  return (
    <ReasonDialog
      about={versionId}
      title={title}
      then={then}
      label={isApproval ? t.noteOptional : common.reason}
      isRequired={!isApproval}
      command={command}
      onSubmit={submit}
      onClose={onClose}
    />
  );
}
