import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { PresenceActivity, VersionHeadFragment } from '../../generated/graphql';
import { Age, Hash, Person } from '../../parts/atoms';
import { State } from '../../parts/Glyph';
import { Recorded } from '../../parts/Recorded';
import { capital, phaseNames, recordNames, versionTitle } from '#text/words';
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
      ? (['Decided by', reviewedBy, reviewedAt] as const)
      : submittedBy && submittedAt
        ? (['Submitted by', submittedBy, submittedAt] as const)
        : (['Started by', createdBy, createdAt] as const);
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
            {record ? `${capital(record)}, version\u00a0${version.versionNumber}` : versionTitle(version)}
          </h1>
          <State of={version.status} />
          {version.isDeleted && <span>Deleted</span>}
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
          <dt>Revision</dt>
          <dd>{version.revision}</dd>
        </div>
        {version.base && (
          <div>
            <dt>Based on</dt>
            <dd>
              <Link to="/v/$versionId" params={{ versionId: version.base.versionId }}>
                version {version.base.versionNumber}
              </Link>
            </dd>
          </div>
        )}
        <div>
          <dt>Content</dt>
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
