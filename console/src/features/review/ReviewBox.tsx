import { useNavigate } from '@tanstack/react-router';
import * as common from '#text/common';
import * as t from '#text/review';
import { Button, Key, Meter } from '../../parts/atoms';
import { Requirements } from '../../parts/Requirements';
import { useAt } from '../../shell/use-at';
import { useMedia } from '../../shell/use-media';
import { useViewer } from '../../shell/use-viewer';
import styles from './ReviewPage.module.css';
import type { Decided, ReviewedVersion, Row } from './use-review';
import { Verdict } from './Verdict';

interface Props {
  version: ReviewedVersion;
  rows: readonly Row[];
  /** The last decision, which can be undone. */
  last: Decided | undefined;
  onTakeBack: () => void;
  onShowUndecided: () => void;
}

/** Always visible: the progress of the review, the rules that prevent approval, and the verdict. */
export function ReviewBox({ version, rows, last, onTakeBack, onShowUndecided }: Props) {
  const viewer = useViewer();
  const { at } = useAt();
  const isShort = useMedia('(max-width: 64rem)');
  const navigate = useNavigate();
  const undecided = rows.filter(({ reviewStatus }) => reviewStatus === 'PENDING').length;
  const seen = rows.filter((row) => row.seen).length;
  const open = version.approvalRequirements.filter(({ status }) => status === 'UNSATISFIED');
  const { versionId, availableActions } = version;
  const sign = () => void navigate({ to: '/v/$versionId/sign', params: { versionId } });
  return (
    <aside className={styles.box} aria-label={common.requirementsForApproval} tabIndex={0}>
      <div className={styles.progress}>
        <p>{t.ofSeenUndecided(seen, rows.length, undecided)}</p>
        <Meter done={rows.length - undecided} total={rows.length} />
        {last && (
          <p className={styles.last}>
            <span title={last.what}>{last.what}</span>
            <Button kind="quiet" aria-keyshortcuts="z" onClick={onTakeBack}>
              {t.takeBack(<Key>z</Key>)}
            </Button>
          </p>
        )}
      </div>
      <h2>{open.length === 0 ? t.allRequirementsAreMet : t.inTheWay(open.length)}</h2>
      <Requirements
        of={version.approvalRequirements}
        short={isShort}
        roles={at ? [] : (viewer?.roles ?? [])}
        jump={{
          ITEMS_DECIDED: { label: t.showThem, go: onShowUndecided },
          ...(!at && availableActions.includes('SIGN_OFF') && { SIGN_OFFS: { label: t.signIt, go: sign } }),
        }}
      />
      {!at && <Verdict version={version} rejected={rows.filter((one) => one.reviewStatus === 'REJECTED').length} />}
    </aside>
  );
}
