import { getRouteApi, Link } from '@tanstack/react-router';
import * as common from '#text/common';
import { age, day, dayOfYear } from '#text/time';
import * as t from '#text/workflow';
import { useApi } from '../../api/client';
import { NOW_AND_THEN_MS } from '../../api/live';
import { WorkflowDocument, type WorkflowQuery } from '../../generated/graphql';
import { Commits } from '../../parts/Commits';
import { Person } from '../../parts/atoms';
import { Failure, Waiting } from '../../parts/Notices';
import { NotThere } from '../../parts/NotThere';
import { Recorded } from '../../parts/Recorded';
import { useAt } from '../../shell/use-at';
import { PhaseLine } from './PhaseLine';
import { ProofBox } from './ProofBox';
import styles from './WorkflowPage.module.css';

const route = getRouteApi('/w/$cycleId/$reportId');
type Workflow = NonNullable<WorkflowQuery['workflow']>;

export const reads = WorkflowDocument;

/** The state of a workflow, its next steps, and whose turn it is. */
export default function WorkflowPage() {
  const ids = route.useParams();
  const { data, error, refetch } = useApi(WorkflowDocument, ids, { every: NOW_AND_THEN_MS });
  if (error && !data) return <Failure page error={error} retry={() => void refetch()} />;
  if (!data) return <Waiting page rows={9} />;
  const { workflow } = data;
  if (!workflow) return <NotThere what="workflow" />;
  return (
    <div className={styles.page}>
      <Head workflow={workflow} ids={ids} hasOtherCycles={(data.cycles?.nodes.length ?? 0) > 1} />
      <section className={styles.phases} aria-label={t.phases}>
        <div className={styles.columns} aria-hidden>
          <span />
          <span>{common.phase}</span>
          <span>{t.inForce}</span>
          <span>{t.whatComesNext}</span>
          <span>{t.whoseTurn}</span>
          <span>{common.since}</span>
        </div>
        <ol className={styles.lines}>
          {workflow.phases.map((row) => (
            <PhaseLine key={row.phase} row={row} people={workflow} />
          ))}
        </ol>
      </section>
      <aside className={styles.aside} aria-label={t.proofPeopleCommits}>
        <ProofBox ids={ids} />
        <section>
          <h2>{t.people}</h2>
          <People of={workflow} />
        </section>
        <section>
          <h2>{t.lastCommits}</h2>
          <Commits of={workflow.changes.nodes} ids={ids} max={6} />
          <Link to="/w/$cycleId/$reportId/log" params={ids} className={styles.all}>
            {t.allCommits}
          </Link>
        </section>
      </aside>
    </div>
  );
}

interface HeadProps {
  workflow: Workflow;
  ids: { cycleId: string; reportId: string };
  hasOtherCycles: boolean;
}
function Head({ workflow: { basis, report, cycle, phases }, ids, hasOtherCycles }: HeadProps) {
  const { at } = useAt();
  const now = at ?? new Date().toISOString();
  const done = phases.filter((row) => row.progress === 'COMPLETE').length;
  const { startDate, endDate } = cycle;
  return (
    <header className={styles.head}>
      <p>{[report.number, report.lob?.name, cycle.name].filter(Boolean).join(' · ')}</p>
      <h1>{report.name}</h1>
      <p>
        {t.ofPhasesComplete(done, phases.length, startDate && endDate && t.cycleTo(dayOfYear(startDate), day(endDate)))}
        {endDate && now < endDate && t.ageLeft(age(now, Date.parse(endDate)))} {basis === 'RECORDED' && <Recorded />}
        {hasOtherCycles && (
          <>
            {' · '}
            <Link to="/w/$cycleId/$reportId/cycles" params={ids}>
              {t.compareWithTheOtherCycles}
            </Link>
          </>
        )}
      </p>
    </header>
  );
}

function People({ of }: { of: Workflow }) {
  const rows = [
    [common.reportOwner, [of.reportOwner]],
    [t.testExecutive, [of.testExecutive]],
    [t.testLead, [of.testLead]],
    [t.testers, of.testers.length > 0 ? of.testers : [null]],
  ] as const;
  return (
    <dl className={styles.people}>
      {rows.map(([role, people]) => (
        <div key={role}>
          <dt>{role}</dt>
          <dd>
            {people.map((one) =>
              one ? <Person key={one.name} name={one.name} /> : <span key="nobody">{t.nobodyYet}</span>,
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
