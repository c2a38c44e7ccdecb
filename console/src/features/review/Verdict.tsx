import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useCommand } from '../../api/command';
import { ApproveDocument, RejectDocument } from '../../generated/graphql';
import { Button } from '../../parts/atoms';
import { ReasonDialog } from '../../parts/ReasonDialog';
import { count } from '#text/words';
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
    if (first) setRefused(`Not yet. ${first.explanation}`);
    else setAsked('approve');
  };
  const canReject = availableActions.includes('REJECT');
  const canApprove = availableActions.includes('APPROVE') || open.some(({ code }) => code === 'ITEMS_DECIDED');
  return (
    <>
      <div className={styles.verdict}>
        {canReject && (
          <Button kind="bad" onClick={() => setAsked('reject')}>
            Reject…
          </Button>
        )}
        {(canReject || canApprove) && (
          <Button kind="main" aria-disabled={open.length > 0} onClick={askApproval}>
            Approve version {versionNumber}
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
  const title = `${isApproval ? 'Approve' : 'Reject'} version ${versionNumber}`;
  const then = isApproval
    ? `It is in force from now on${base ? `, and version ${base.versionNumber} is superseded` : ''}.${rejected > 0 ? ` It contains ${count(rejected, 'rejected item')}.` : ''}`
    : `${(submittedBy ?? createdBy).name} gets it back with your notes${rejected > 0 ? ` on ${count(rejected, 'rejected item')}` : ''}.${base ? ` Version ${base.versionNumber} stays in force.` : ''}`;
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
      label={isApproval ? 'Note (optional)' : 'Reason'}
      isRequired={!isApproval}
      command={command}
      onSubmit={submit}
      onClose={onClose}
    />
  );
}
