import type { InsightsQuery } from '../../generated/graphql';
import { Person } from '../../parts/atoms';
import { Bar } from './Bars';
import { Down } from './Down';
import styles from './InsightsPage.module.css';
import { Panel } from './Panel';

type Versions = NonNullable<InsightsQuery['versions']>;
interface Pair {
  readonly from: { userId: number; name: string };
  readonly isSubmitted: boolean;
  readonly on: string;
  count: number;
}

/** Who submitted what waits, and who can act on it: a row for each pair, the largest first. */
export function pairsOf({ nodes }: Versions): Pair[] {
  const pairs = new Map<string, Pair>();
  for (const { submittedBy, createdBy, turn } of nodes) {
    const from = submittedBy ?? createdBy;
    const people = turn?.people ?? [];
    for (const on of people.length === 0 ? ['nobody who can'] : people.map(({ name }) => name)) {
      const key = `${from.userId} ${on}`;
      const pair = pairs.get(key) ?? { from, isSubmitted: submittedBy !== null, on, count: 0 };
      pair.count += 1;
      pairs.set(key, pair);
    }
  }
  return [...pairs.values()].toSorted(
    (one, other) => other.count - one.count || one.from.name.localeCompare(other.from.name),
  );
}

export function WhoWaits({ versions }: { versions: Versions }) {
  const pairs = pairsOf(versions);
  const most = Math.max(0, ...pairs.map(({ count }) => count));
  return (
    <Panel
      chart="people"
      title="Who waits on whom"
      head={['Who waits', 'On whom', 'Versions']}
      rows={pairs.map(({ from, on, count }) => [from.name, on, count])}
    >
      <div className={styles.scroll} tabIndex={0} role="region" aria-label="Table of who waits on whom">
        <table className={styles.chart}>
          <thead>
            <tr>
              <th scope="col">Who waits</th>
              <th scope="col">On whom</th>
              <th scope="col">Versions</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {pairs.map(({ from, isSubmitted, on, count }) => (
              <tr key={`${from.userId} ${on}`}>
                <th scope="row">
                  <Person name={from.name} />
                </th>
                <td className={styles.words}>{on}</td>
                <td>
                  <Down
                    to={{
                      figure: 'WAITING',
                      ...(isSubmitted ? { submittedBy: [from.userId] } : { createdBy: [from.userId] }),
                    }}
                    count={count}
                    of={`what ${from.name} waits for`}
                  />
                </td>
                <td>
                  <Bar value={count} most={most} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {versions.totalCount > versions.nodes.length && (
        <p className={styles.none}>
          Of the {versions.nodes.length} started last, of {versions.totalCount}. Choose a cycle to see all of them.
        </p>
      )}
    </Panel>
  );
}
