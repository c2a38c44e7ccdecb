import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useApi } from '../../api/client';
import { NOW_AND_THEN_MS } from '../../api/live';
import { MyWorkDocument, type MyWorkQuery, type OpenVersionFragment, type Phase } from '../../generated/graphql';
import { Age, Person } from '../../parts/atoms';
import { Commits } from '../../parts/Commits';
import { Glyph } from '../../parts/Glyph';
import { Failure, Notice, Waiting } from '../../parts/Notices';
import { day } from '../../text/time';
import { capital, versionName } from '../../text/words';
import { turnOf } from '../turn';
import { groupsOf } from './asked';
import styles from './MyWorkPage.module.css';

type Workflow = NonNullable<MyWorkQuery['workflows']>['nodes'][number];
interface Open {
  workflow: Workflow;
  version: OpenVersionFragment;
}

/** What is asked of me, since when, and why; then what waits for others, and what moved. */
export default function MyWorkPage() {
  const { data, error, refetch } = useApi(MyWorkDocument, {}, { every: NOW_AND_THEN_MS });
  if (error && !data) return <Failure page error={error} retry={() => void refetch()} />;
  if (!data) return <Waiting rows={10} />;
  const me = data.viewer?.name ?? '';
  const groups = groupsOf(data.myWork?.nodes ?? []);
  const waiting = groups.reduce((sum, { rows }) => sum + rows.length, 0);
  const mine = new Set(groups.flatMap(({ rows }) => rows.map(({ version }) => version.versionId)));
  const workflows = data.workflows?.nodes ?? [];
  const others: Open[] = workflows.flatMap((workflow) =>
    workflow.phases.flatMap((phase) =>
      phase.open.nodes.flatMap((version) => (mine.has(version.versionId) ? [] : [{ workflow, version }])),
    ),
  );
  return (
    <div className={styles.page}>
      <h1 className="hidden">My work</h1>
      <div className={styles.lists}>
        <section aria-labelledby="for-me">
          <h2 id="for-me" className={styles.title}>
            Waits for you <span>{waiting}</span>
          </h2>
          {waiting === 0 && (
            <Notice title="Nothing waits for you">
              What others are asked to do is below; what moved is beside it.
            </Notice>
          )}
          {groups.map(({ title, rows }) => (
            <Group key={title} title={title} of={rows.length}>
              {rows.map(({ version, workflow, reason, since }) => (
                <Row
                  key={version.versionId}
                  version={version}
                  report={workflow.report.name}
                  why={reason}
                  who={[(version.submittedBy ?? version.createdBy).name]}
                  since={since}
                />
              ))}
            </Group>
          ))}
        </section>
        {others.length > 0 && (
          <section aria-labelledby="for-others">
            <h2 id="for-others" className={styles.title}>
              Waits for others <span>{others.length}</span>
            </h2>
            <ul className={styles.rows}>
              {others.map((one) => (
                <OpenRow key={one.version.versionId} {...one} />
              ))}
            </ul>
          </section>
        )}
      </div>
      <Moved workflows={workflows} me={me} />
    </div>
  );
}

const Group = ({ title, of, children }: { title: string; of: number; children: ReactNode }) => (
  <div className={styles.group}>
    <h3>
      {title} <span>{of}</span>
    </h3>
    <ul className={styles.rows}>{children}</ul>
  </div>
);

interface RowProps {
  version: { versionId: string; phase: Phase; versionNumber: number; status: string };
  report: string;
  why: string;
  who: readonly string[];
  since: string;
}
/** The whole row is one link to the place where it is done. */
function Row({ version, report, why, who, since }: RowProps) {
  return (
    <li>
      <Link
        to={version.status === 'PENDING_APPROVAL' ? '/v/$versionId/review' : '/v/$versionId'}
        params={{ versionId: version.versionId }}
        className={styles.row}
      >
        <Glyph shape={version.status === 'DRAFT' ? 'working' : 'waiting'} />
        <span className={styles.what}>
          <b>{capital(versionName(version))}</b>
          <small>{report}</small>
        </span>
        <span className={styles.why}>{why}</span>
        <span className={styles.who}>
          {who.slice(0, 2).map((name) => (
            <Person key={name} name={name} />
          ))}
        </span>
        <Age of={since} />
      </Link>
    </li>
  );
}

function OpenRow({ workflow, version }: Open) {
  const { who, since, why } = turnOf(version);
  return <Row version={version} report={workflow.report.name} why={why} who={who} since={since} />;
}

/** What others did since this person last acted, by workflow, the one that moved last first. */
function Moved({ workflows, me }: { workflows: readonly Workflow[]; me: string }) {
  const moved = workflows
    .map((workflow) => {
      const commits = workflow.changes.nodes;
      const last = commits.find((commit) => commit.actor?.name === me);
      const since = commits.filter(
        (commit) => commit.actor?.name !== me && (!last || commit.committedAt > last.committedAt),
      );
      return { workflow, last, since };
    })
    .filter(({ since }) => since.length > 0)
    .sort((a, b) => b.since[0]!.committedAt.localeCompare(a.since[0]!.committedAt));
  return (
    <aside className={styles.moved} aria-label="What moved">
      <h2 className={styles.title}>What moved</h2>
      {moved.length === 0 && <p>Nothing since you last did something.</p>}
      {moved.map(({ workflow, last, since }) => (
        <section key={workflow.workflowId}>
          <h3>
            <Link
              to="/w/$cycleId/$reportId"
              params={{ cycleId: workflow.cycle.cycleId, reportId: workflow.report.reportId }}
            >
              {workflow.report.name}
            </Link>
          </h3>
          <p>{last ? `Since you last acted here, ${day(last.committedAt)}` : 'Lately'}</p>
          <Commits of={since} max={4} />
        </section>
      ))}
    </aside>
  );
}
