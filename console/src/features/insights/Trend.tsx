import * as common from '#text/common';
import * as t from '#text/insights';
import type { InsightsQuery } from '../../generated/graphql';
import { Bar } from './Bars';
import { ChartTable } from './ChartTable';
import { Down } from './Down';
import { duration, percent } from './numbers';
import { Panel } from './Panel';

type Group = NonNullable<InsightsQuery['byCycle']>['groups'][number];

/** The figures of each cycle in chronological order. */
export function Trend({ groups }: { groups: readonly Group[] }) {
  const inTime = groups.toSorted((one, other) =>
    (one.cycle!.startDate ?? '').localeCompare(other.cycle!.startDate ?? ''),
  );
  const most = Math.max(0, ...inTime.map(({ decided }) => decided));
  return (
    <Panel
      chart="trend"
      title={t.fromCycleToCycle}
      head={[common.cycle, t.decided, t.rejectionRate, t.firstTimeRight, t.medianHoursToDecision, t.waiting]}
      rows={inTime.map((group) => [
        group.cycle!.name,
        group.decided,
        group.rejectionRate ?? null,
        group.firstTimeRightRate ?? null,
        group.submissionToDecision.median ?? null,
        group.waiting,
      ])}
    >
      <ChartTable
        chart="trend"
        label={t.tableOfCycles}
        columns={[common.cycle, t.decided, t.rejected, t.firstTimeRight, t.median, t.waiting]}
      >
        {inTime.map((group) => {
          const { cycle, decided, rejected, approved, firstTimeRight, waiting } = group;
          const of = { cycleIds: [cycle!.cycleId] };
          return (
            <tr key={cycle!.cycleId}>
              <th scope="row">{cycle!.name}</th>
              <td>
                <Down to={{ figure: 'DECIDED', ...of }} count={decided} of={t.decisionsOf(cycle!.name)} />
              </td>
              <td>
                <Down to={{ figure: 'REJECTED', ...of }} count={rejected} of={t.rejectionsOf(cycle!.name)}>
                  {percent(group.rejectionRate)}
                </Down>
              </td>
              <td>
                <Down
                  to={{ figure: 'FIRST_TIME_RIGHT', ...of }}
                  count={firstTimeRight}
                  of={t.whatWasRightAtOnceIn(cycle!.name)}
                >
                  {percent(approved === 0 ? null : group.firstTimeRightRate)}
                </Down>
              </td>
              <td>{duration(group.submissionToDecision.median)}</td>
              <td>
                <Down to={{ figure: 'WAITING', ...of }} count={waiting} of={t.whatWaitsIn(cycle!.name)} />
              </td>
              <td>
                <Bar value={decided} most={most} />
              </td>
            </tr>
          );
        })}
      </ChartTable>
    </Panel>
  );
}
