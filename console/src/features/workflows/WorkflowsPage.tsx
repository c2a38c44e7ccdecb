import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import * as common from '#text/common';
import { phaseNames } from '#text/words';
import * as t from '#text/workflows';
import { useApi } from '../../api/client';
import { CyclesAndLobsDocument, WorkflowsDocument, type Phase, type WorkflowsQuery } from '../../generated/graphql';
import { Age, Button, buttonLook, Person } from '../../parts/atoms';
import { Choice } from '../../parts/Choice';
import { State } from '../../parts/Glyph';
import { stateWord } from '../../parts/states';
import { Failure, Notice, Waiting } from '../../parts/Notices';
import { SearchField } from '../../parts/SearchField';
import { isSame } from '../../parts/views/saved-views';
import { Views } from '../../parts/views/Views';
import { useAt } from '../../shell/use-at';
import { useKeys } from '../../shell/use-keys';
import { useViewer } from '../../shell/use-viewer';
import { asked, givenViews, orderNames, orders, states, whichNames, whichOnes, type Selection } from './selection';
import styles from './WorkflowsPage.module.css';

const route = getRouteApi('/workflows');

/** The state of the workflows, phase by phase: all that the viewer can see, or a selection. */
export default function WorkflowsPage() {
  const { after, ...selection } = route.useSearch();
  const { at } = useAt();
  const navigate = useNavigate({ from: '/workflows' });
  const { data, error, refetch, isPlaceholderData } = useApi(
    WorkflowsDocument,
    { ...asked(selection, at ? Date.parse(at) : Date.now()), after: after ?? null },
    { keep: true },
  );
  const choose = (chosen: Selection, replace = false) =>
    void navigate({ search: (previous) => ({ ...previous, ...chosen, after: undefined }), replace });
  if (error && !data) return <Failure page error={error} retry={() => void refetch()} />;
  const page = data?.workflows;
  return (
    <div className={styles.page} aria-busy={isPlaceholderData}>
      <header className={styles.head}>
        <h1>{common.workflows}</h1>
        <OpenOne />
        <Views page="workflows" given={givenViews} search={selection} />
        <Choices selection={selection} choose={choose} />
      </header>
      {!page ? (
        <Waiting rows={4} />
      ) : page.nodes.length === 0 ? (
        <Nothing isAll={isSame(selection, {})} onClear={() => void navigate({ search: {} })} />
      ) : (
        <>
          <Rows rows={page.nodes} />
          <p className={styles.total}>
            {common.workflowCount(page.totalCount)}
            {page.pageInfo.hasNextPage && (
              <Link
                to="/workflows"
                search={(previous) => ({ ...previous, after: page.pageInfo.endCursor ?? undefined })}
              >
                {common.next}
              </Link>
            )}
          </p>
          <Legend />
        </>
      )}
    </div>
  );
}

/** Shown to those who may open a workflow; the form is in the register. */
function OpenOne() {
  const { at } = useAt();
  const isAdministrator = useViewer()?.roles.includes('ADMIN');
  return (
    isAdministrator &&
    !at && (
      <Link to="/admin/$kind" params={{ kind: 'workflows' }} search={{ edit: 'new' }} className={buttonLook('main')}>
        {t.openAWorkflow}
      </Link>
    )
  );
}

interface ChoicesProps {
  selection: Selection;
  choose: (chosen: Selection, replace?: boolean) => void;
}
const named = <T extends string>(values: readonly T[], names: Record<T, string>) =>
  values.map((value) => [value, names[value]] as const);

function Choices({ selection, choose }: ChoicesProps) {
  const { data } = useApi(CyclesAndLobsDocument, {});
  const { q = '', which, cycle, lob, phase, state, order } = selection;
  useKeys({ '/': () => document.querySelector<HTMLElement>(`.${styles.search} input`)?.focus() });
  return (
    <div className={styles.choices}>
      <SearchField
        className={styles.search}
        label={t.searchByReportOrCycle}
        placeholder={t.reportOrCycle}
        hint="/"
        value={q}
        onChange={(text) => choose({ q: text || undefined }, true)}
      />
      <Choice
        label={t.which}
        value={which}
        all={t.allThatIMaySee}
        options={named(whichOnes, whichNames)}
        onChange={(value) => choose({ which: value as Selection['which'] })}
      />
      <Choice
        label={common.cycle}
        value={cycle}
        all={t.allCycles}
        options={data?.cycles?.nodes.map(({ cycleId, name }) => [cycleId, name]) ?? []}
        onChange={(value) => choose({ cycle: value })}
      />
      <Choice
        label={common.lineOfBusiness}
        value={lob}
        all={common.allLinesOfBusiness}
        options={data?.lobs?.nodes.map(({ lobId, name }) => [lobId, name]) ?? []}
        onChange={(value) => choose({ lob: value })}
      />
      <Choice
        label={common.phase}
        value={phase}
        all={t.anyPhase}
        options={Object.entries(phaseNames)}
        onChange={(value) =>
          choose({ phase: value as Phase | undefined, state: value ? (state ?? 'READY') : undefined })
        }
      />
      {phase && (
        <Choice
          label={t.thatIs}
          value={state}
          all={t.anywhere}
          options={states.map((one) => [one, stateWord(one)])}
          onChange={(value) =>
            choose(value ? { state: value as Selection['state'] } : { state: undefined, phase: undefined })
          }
        />
      )}
      <Choice
        label={t.sortedBy}
        value={order}
        all={t.cycleAndReport}
        options={named(orders, orderNames)}
        onChange={(value) => choose({ order: value as Selection['order'] })}
      />
    </div>
  );
}

const Nothing = ({ isAll, onClear }: { isAll: boolean; onClear: () => void }) =>
  isAll ? (
    <Notice title={t.noWorkflows}>{t.youAreNotAssignedTo}</Notice>
  ) : (
    <Notice title={t.noMatchingWorkflow} action={<Button onClick={onClear}>{common.showAll}</Button>}>
      {t.noWorkflowThatYouMay}
    </Notice>
  );

type Row = NonNullable<WorkflowsQuery['workflows']>['nodes'][number];

/** Reports by phases. The table scrolls sideways with the report column fixed. */
function Rows({ rows }: { rows: readonly Row[] }) {
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={t.workflowsByPhase}>
      <table aria-label={t.reportsByPhase}>
        <thead>
          <tr>
            <th scope="col">{common.report}</th>
            {rows[0]!.phases.map(({ phase }) => (
              <th key={phase} scope="col">
                {phaseNames[phase]}
              </th>
            ))}
            <th scope="col">{common.reportOwner}</th>
            <th scope="col" className={styles.end}>
              {t.lastChange}
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
                {phases.map((one) => (
                  <td key={one.phase}>
                    <Chip of={one} params={params} />
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

/** The state of a phase, and since when. */
function Chip({ of, params }: { of: Row['phases'][number]; params: { cycleId: string; reportId: string } }) {
  const { phase, progress, current, latest, open } = of;
  const [begun] = open.nodes;
  const since = begun?.submittedAt ?? begun?.createdAt ?? current?.effectiveFrom ?? latest.nodes[0]?.createdAt;
  return (
    <Link
      to="/w/$cycleId/$reportId/$phase"
      params={{ ...params, phase }}
      className={styles.chip}
      data-progress={progress}
      title={`${phaseNames[phase]}: ${stateWord(progress)}`}
    >
      <span className="hidden">{phaseNames[phase]}: </span>
      <State of={progress} bare size={16} />
      {since && (
        <small>
          <Age of={since} />
        </small>
      )}
    </Link>
  );
}

const Legend = () => (
  <ul className={styles.legend} aria-label={t.whatTheShapesMean}>
    {['BLOCKED', 'READY', 'IN_PROGRESS', 'AWAITING_APPROVAL', 'COMPLETE'].map((progress) => (
      <li key={progress}>
        <State of={progress} />
      </li>
    ))}
  </ul>
);
