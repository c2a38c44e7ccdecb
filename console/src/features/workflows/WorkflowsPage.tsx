import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useApi } from '../../api/client';
import { WorkflowsDocument, type WorkflowsQuery } from '../../generated/graphql';
import { Age, Button, Person } from '../../parts/atoms';
import { State } from '../../parts/Glyph';
import { stateWord } from '../../parts/states';
import { Failure, Notice, Waiting } from '../../parts/Notices';
import { SearchField } from '../../parts/SearchField';
import { count, phaseNames } from '../../text/words';
import styles from './WorkflowsPage.module.css';

const route = getRouteApi('/workflows');

export default function WorkflowsPage() {
  const { q = '', after } = route.useSearch();
  const navigate = useNavigate({ from: '/workflows' });
  const { data, error, refetch, isPlaceholderData } = useApi(
    WorkflowsDocument,
    { search: q || null, after: after ?? null },
    { keep: true },
  );
  const search = (text: string) =>
    void navigate({ search: (previous) => ({ ...previous, q: text || undefined, after: undefined }), replace: true });
  if (error && !data) return <Failure page error={error} retry={() => void refetch()} />;
  const page = data?.workflows;
  return (
    <div className={styles.page} aria-busy={isPlaceholderData}>
      <header className={styles.head}>
        <h1>Workflows</h1>
        <SearchField
          className={styles.search}
          label="Search by report or cycle"
          placeholder="Report or cycle"
          value={q}
          onChange={search}
        />
      </header>
      {!page ? (
        <Waiting rows={4} />
      ) : page.nodes.length === 0 ? (
        <Nothing q={q} onClear={() => search('')} />
      ) : (
        <>
          <Rows rows={page.nodes} />
          <p className={styles.total}>
            {count(page.totalCount, 'workflow')}
            {page.pageInfo.hasNextPage && (
              <Link
                to="/workflows"
                search={(previous) => ({ ...previous, after: page.pageInfo.endCursor ?? undefined })}
              >
                Next
              </Link>
            )}
          </p>
        </>
      )}
      <Legend />
    </div>
  );
}

const Nothing = ({ q, onClear }: { q: string; onClear: () => void }) =>
  q ? (
    <Notice title={`No report or cycle has “${q}” in its name`} action={<Button onClick={onClear}>Show all</Button>} />
  ) : (
    <Notice title="No workflows">You are assigned to none. An administrator can assign you.</Notice>
  );

type Row = NonNullable<WorkflowsQuery['workflows']>['nodes'][number];

/** Reports by phases. The table scrolls for itself where it is too wide; the report stays in sight. */
function Rows({ rows }: { rows: readonly Row[] }) {
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label="Workflows by phase">
      <table>
        <thead>
          <tr>
            <th scope="col">Report</th>
            {rows[0]!.phases.map(({ phase }) => (
              <th key={phase} scope="col">
                {phaseNames[phase]}
              </th>
            ))}
            <th scope="col">Report owner</th>
            <th scope="col" className={styles.end}>
              Last change
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ workflowId, report, cycle, phases, reportOwner, lastChange }) => {
            const params = { cycleId: cycle.cycleId, reportId: report.reportId };
            return (
              <tr key={workflowId}>
                <th scope="row">
                  <Link to="/w/$cycleId/$reportId" params={params}>
                    {report.name}
                  </Link>
                  <small>
                    {report.number} · {cycle.name}
                  </small>
                </th>
                {phases.map(({ phase, progress }) => (
                  <td key={phase}>
                    <Link
                      to="/w/$cycleId/$reportId/$phase"
                      params={{ ...params, phase }}
                      className={styles.chip}
                      data-progress={progress}
                      title={`${phaseNames[phase]}: ${stateWord(progress)}`}
                    >
                      <span className="hidden">{phaseNames[phase]}: </span>
                      <State of={progress} bare size={16} />
                    </Link>
                  </td>
                ))}
                <td>{reportOwner && <Person name={reportOwner.name} />}</td>
                <td className={styles.end}>{lastChange && <Age of={lastChange.committedAt} />}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

const Legend = () => (
  <ul className={styles.legend} aria-label="What the shapes mean">
    {['BLOCKED', 'READY', 'IN_PROGRESS', 'AWAITING_APPROVAL', 'COMPLETE'].map((progress) => (
      <li key={progress}>
        <State of={progress} />
      </li>
    ))}
  </ul>
);
