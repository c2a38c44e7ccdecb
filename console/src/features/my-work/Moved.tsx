import { Link } from '@tanstack/react-router';
import { Button, Instant } from '../../parts/atoms';
import { Commits } from '../../parts/Commits';
import { day } from '#text/time';
import { count } from '#text/words';
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
    <aside className={styles.moved} aria-label="What moved">
      <header>
        <h2 className={styles.title}>What moved</h2>
        {before && (
          <p>
            {moved.length === 0 ? 'Nothing since' : 'Since'} you were last here, <Instant of={before.at} />
          </p>
        )}
        {!before && moved.length === 0 && <p>Nothing since you last did something.</p>}
      </header>
      {moved.map(({ workflow, acted, news, all }) => (
        <section key={workflow.workflowId}>
          <h3>
            <Link to="/w/$cycleId/$reportId" params={idsOf(workflow)}>
              {workflow.report.name}
            </Link>
          </h3>
          {!before && <p>{acted ? `Since you last acted here, ${day(acted.committedAt)}` : 'Lately'}</p>}
          <Commits of={news} ids={idsOf(workflow)} max={4} />
          {all > workflow.changes.nodes.length && (
            <Link className={styles.all} to="/w/$cycleId/$reportId/log" params={idsOf(workflow)}>
              All {count(all, 'commit')}
            </Link>
          )}
        </section>
      ))}
      {before && moved.length > 0 && (
        <Button className={styles.seen} onClick={seen}>
          I have seen this
        </Button>
      )}
    </aside>
  );
}
