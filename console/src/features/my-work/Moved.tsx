import { Link } from '@tanstack/react-router';
import * as t from '#text/my-work';
import { day } from '#text/time';
import { Button, Instant } from '../../parts/atoms';
import { Commits } from '../../parts/Commits';
import { useLastHere } from './use-last-here';
import styles from './MyWorkPage.module.css';
import type { Workflow } from './workflow';

interface MovedProps {
  workflows: readonly Workflow[];
  person: { readonly userId: number; readonly name: string };
  /** When the heads were read, in milliseconds. */
  readAt: number;
}

const idsOf = ({ cycle, report }: Workflow) => ({ cycleId: cycle.cycleId, reportId: report.reportId });

/**
 * What others did since the viewer's last visit, by workflow, the most recent first. On the first visit: since the viewer's last commit.
 */
export function Moved({ workflows, person, readAt }: MovedProps) {
  const heads = Object.fromEntries(workflows.map((one) => [one.workflowId, one.lastChange?.sequence ?? 0]));
  const { before, seen } = useLastHere(heads, readAt);
  const moved = workflows
    .map((workflow) => {
      const commits = workflow.changes.nodes;
      const acted = commits.find((commit) => commit.actor?.name === person.name);
      const known = before ? (before.heads[workflow.workflowId] ?? 0) : (acted?.sequence ?? 0);
      const news = commits.filter((commit) => commit.sequence > known && commit.actor?.name !== person.name);
      return { workflow, acted, news, all: heads[workflow.workflowId]! - known };
    })
    .filter(({ news }) => news.length > 0)
    .sort((a, b) => b.news[0]!.committedAt.localeCompare(a.news[0]!.committedAt));
  return (
    <aside className={styles.moved} aria-label={t.whatMoved}>
      <header>
        <h2 className={styles.title}>{t.whatMoved}</h2>
        {before && <p>{t.nothingSinceSinceYouWere(moved.length, <Instant of={before.at} />)}</p>}
        {!before && moved.length === 0 && <p>{t.nothingSinceYouLastDid}</p>}
      </header>
      {moved.map(({ workflow, acted, news, all }) => (
        <section key={workflow.workflowId}>
          <h3>
            <Link to="/w/$cycleId/$reportId" params={idsOf(workflow)}>
              {workflow.report.name}
            </Link>
          </h3>
          {!before && <p>{acted ? t.sinceYouLastActedHere(day(acted.committedAt)) : t.lately}</p>}
          <Commits of={news} ids={idsOf(workflow)} max={4} />
          {all > workflow.changes.nodes.length && (
            <Link className={styles.all} to="/w/$cycleId/$reportId/log" params={idsOf(workflow)}>
              {t.allCommit(all)}
            </Link>
          )}
        </section>
      ))}
      {before && moved.length > 0 && (
        <Button className={styles.seen} onClick={seen}>
          {t.iHaveSeenThis}
        </Button>
      )}
    </aside>
  );
}
