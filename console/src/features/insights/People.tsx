import * as t from '#text/insights';
import { Person } from '../../parts/atoms';
import { Bar } from './Bars';
import { ChartTable } from './ChartTable';
import { Down } from './Down';
import styles from './InsightsPage.module.css';
import { duration } from './numbers';
import { Panel } from './Panel';
import { waitersOf, type Waiter, type Waiters } from './waiters';

const onWhom = ({ on }: Waiter): string => on?.join(', ') ?? '…';

export function WhoWaits({ groups }: { groups: Waiters }) {
  const waiters = waitersOf(groups);
  const most = Math.max(0, ...waiters.map(({ count }) => count));
  return (
    <Panel
      chart="people"
      title={t.whoWaitsOnWhom}
      head={[t.whoWaits, t.onWhom, t.medianWait, t.versions]}
      rows={waiters.map((one) => [one.who.name, onWhom(one), duration(one.median), one.count])}
    >
      <ChartTable
        chart="people"
        label={t.tableOfWhoWaitsOn}
        columns={[t.whoWaits, [t.onWhom], t.medianWait, t.versions]}
      >
        {waiters.map((one) => (
          <tr key={one.who.userId}>
            <th scope="row">
              <Person name={one.who.name} />
            </th>
            <td className={styles.words}>{onWhom(one)}</td>
            <td>{duration(one.median)}</td>
            <td>
              <Down
                to={{ figure: 'WAITING', handedInBy: [one.who.userId] }}
                count={one.count}
                of={t.whatWaitsFor(one.who.name)}
              />
            </td>
            <td>
              <Bar value={one.count} most={most} />
            </td>
          </tr>
        ))}
      </ChartTable>
      {waiters.some(({ on }) => on === null) && <p className={styles.none}>{t.soManyVersionsWaitThat}</p>}
    </Panel>
  );
}
