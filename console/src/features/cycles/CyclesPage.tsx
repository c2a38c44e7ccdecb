import { getRouteApi, Link } from '@tanstack/react-router';
import * as common from '#text/common';
import * as t from '#text/cycles';
import { day } from '#text/time';
import { count, progressWord, recordNames } from '#text/words';
import { useApi } from '../../api/client';
import { CyclesOfReportDocument, type CyclesOfReportQuery } from '../../generated/graphql';
import { State } from '../../parts/Glyph';
import { Failure, Notice, Waiting } from '../../parts/Notices';
import { NotThere } from '../../parts/NotThere';
import styles from './CyclesPage.module.css';

const route = getRouteApi('/w/$cycleId/$reportId/cycles');
type Workflow = NonNullable<CyclesOfReportQuery['workflows']>['nodes'][number];
type Row = Workflow['phases'][number];

/** A report over its cycles: the state of each phase, what came into force, and how many items it has. */
export default function CyclesPage() {
  const ids = route.useParams();
  const { data, error, refetch } = useApi(CyclesOfReportDocument, { reportId: ids.reportId });
  if (error && !data) return <Failure page error={error} retry={() => void refetch()} />;
  if (!data) return <Waiting page rows={9} />;
  const all = data.workflows?.nodes ?? [];
  const here = all.find(({ cycle }) => cycle.cycleId === ids.cycleId);
  if (!here) return <NotThere what="workflow" />;
  const begun = ({ cycle }: Workflow) => cycle.startDate ?? '';
  // The current cycle first, then earlier ones, then later ones.
  const others = all
    .filter((one) => one !== here)
    .toSorted((a, b) => begun(b).localeCompare(begun(a)))
    .toSorted((a, b) => Number(begun(a) > begun(here)) - Number(begun(b) > begun(here)));
  return (
    <div className={styles.page}>
      <header>
        <p>
          <Link to="/w/$cycleId/$reportId" activeOptions={{ exact: true }} params={ids}>
            {here.report.name}
          </Link>
        </p>
        <h1>{t.throughTheCycles}</h1>
      </header>
      {others.length === 0 ? (
        <Notice title={t.thereIsNoOtherCycle}>{t.thisReportHasOneWorkflow}</Notice>
      ) : (
        <Table columns={[here, ...others]} />
      )}
    </div>
  );
}

function Table({ columns }: { columns: readonly Workflow[] }) {
  const [here, last] = columns;
  return (
    <section className={styles.scroll} aria-label={t.phasesByCycle} tabIndex={0}>
      <table aria-label={t.phasesByCycle}>
        <thead>
          <tr>
            <th scope="col">{common.phase}</th>
            {columns.map(({ workflowId, cycle }) => (
              <th key={workflowId} scope="col">
                {cycle.name}
                {cycle.startDate && <small>{t.fromDay(day(cycle.startDate))}</small>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {here!.phases.map(({ phase, config }) => (
            <tr key={phase}>
              <th scope="row">{config.title}</th>
              {columns.map((column) => {
                const row = column.phases.find((one) => one.phase === phase);
                const before = column === here ? last?.phases.find((one) => one.phase === phase) : undefined;
                return <td key={column.workflowId}>{row && <Cell row={row} before={before} />}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** @param before the same phase in the previous cycle, for the difference in the number of items */
function Cell({ row: { phase, progress, current, records }, before }: { row: Row; before: Row | undefined }) {
  const [one, many] = recordNames[phase] ?? [];
  return (
    <>
      <State of={progress} word={progressWord(phase, progress)} />
      {one ? (
        <p>
          {count(records.totalCount, one, many)}
          <Difference by={before && records.totalCount - before.records.totalCount} />
        </p>
      ) : (
        current && (
          <p>
            <Link to="/v/$versionId" params={{ versionId: current.versionId }}>
              {common.version(current.versionNumber)}
            </Link>
            , {common.itemCount(current.items.totalCount)}
            <Difference by={before?.current && current.items.totalCount - before.current.items.totalCount} />
            {current.effectiveFrom && t.inForceSince(day(current.effectiveFrom))}
            {before?.current && (
              <>
                {'. '}
                <Link
                  to="/v/$versionId/against/$otherId"
                  params={{ versionId: current.versionId, otherId: before.current.versionId }}
                >
                  {t.whatDiffers}
                </Link>
              </>
            )}
          </p>
        )
      )}
    </>
  );
}

const Difference = ({ by }: { by: number | null | undefined }) =>
  by ? <b> ({by > 0 ? t.moreBy(by) : t.fewerBy(-by)})</b> : null;
