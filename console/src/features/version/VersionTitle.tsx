import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import * as t from '#text/version';
import { phaseNames, recordNames, versionTitle } from '#text/words';
import type { PresenceActivity, VersionHeadFragment } from '../../generated/graphql';
import { Age, Hash, Person } from '../../parts/atoms';
import { State } from '../../parts/Glyph';
import { Recorded } from '../../parts/Recorded';
import { News } from './News';
import { Present } from './Present';
import styles from './VersionTitle.module.css';

interface VersionTitleProps {
  version: VersionHeadFragment;
  /** What the page is for, unless it is the page of the version itself: for its window and for screen readers. */
  page?: 'Review' | 'Rebase' | 'Signature';
  /** The viewer's activity, for others to see. */
  doing?: PresenceActivity;
  children?: ReactNode;
}

/** The head of a version: place, number, status, people, revision and hash. */
export function VersionTitle({ version, page, doing = 'VIEWING', children }: VersionTitleProps) {
  const { phase, report, cycle, submittedBy, submittedAt, createdBy, createdAt, reviewedBy, reviewedAt } = version;
  const params = { cycleId: cycle.cycleId, reportId: report.reportId };
  const [record] = recordNames[phase] ?? [];
  const [verb, who, when] =
    reviewedBy && reviewedAt
      ? ([t.decidedBy, reviewedBy, reviewedAt] as const)
      : submittedBy && submittedAt
        ? ([t.submittedBy, submittedBy, submittedAt] as const)
        : ([t.startedBy, createdBy, createdAt] as const);
  return (
    <header className={styles.head}>
      <div className={styles.title}>
        <p>
          <Link to="/w/$cycleId/$reportId" params={params}>
            {report.name}
          </Link>
          {' · '}
          <Link to="/w/$cycleId/$reportId/$phase" params={{ ...params, phase }}>
            {phaseNames[phase]}
          </Link>
        </p>
        <div className={styles.name}>
          <h1>
            {page && <b className="hidden">{page}: </b>}
            {record ? t.recordVersion(record, version.versionNumber) : versionTitle(version)}
          </h1>
          <State of={version.status} />
          {version.isDeleted && <span>{t.deleted}</span>}
          {version.basis === 'RECORDED' && <Recorded />}
        </div>
      </div>
      <dl className={styles.facts}>
        <div>
          <dt>{verb}</dt>
          <dd>
            <Person name={who.name} /> <Age of={when} />
          </dd>
        </div>
        <div>
          <dt>{t.revision}</dt>
          <dd>{version.revision}</dd>
        </div>
        {version.base && (
          <div>
            <dt>{t.basedOn}</dt>
            <dd>
              <Link to="/v/$versionId" params={{ versionId: version.base.versionId }}>
                {t.version(version.base.versionNumber)}
              </Link>
            </dd>
          </div>
        )}
        <div>
          <dt>{t.content}</dt>
          <dd>
            <Hash value={version.contentHash} />
          </dd>
        </div>
        <Present versionId={version.versionId} activity={doing} />
      </dl>
      {children && <div className={styles.actions}>{children}</div>}
      <News of={version} />
    </header>
  );
}
