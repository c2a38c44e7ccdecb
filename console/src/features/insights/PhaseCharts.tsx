import type { InsightsQuery, Phase } from '../../generated/graphql';
import { phaseNames } from '#text/words';
import { Bar, Parts, Range } from './Bars';
import { Down } from './Down';
import styles from './InsightsPage.module.css';
import { decimal, duration, percent } from './numbers';
import { Panel } from './Panel';

type All = NonNullable<InsightsQuery['all']>['groups'][number];
type Group = NonNullable<InsightsQuery['byPhase']>['groups'][number];
const order = Object.keys(phaseNames);
const inOrder = (groups: readonly Group[]) =>
  groups.toSorted((one, other) => order.indexOf(one.phase!) - order.indexOf(other.phase!));
const nameOf = ({ phase }: Group) => phaseNames[phase as Phase];

export function Ageing({ group }: { group: All | undefined }) {
  const ages = group?.ages ?? [];
  const most = Math.max(0, ...ages.map(({ waiting }) => waiting));
  const labels = ages.map(({ atLeastDays }, n) => {
    const next = ages[n + 1]?.atLeastDays;
    if (next === undefined) return `over ${atLeastDays} days`;
    return atLeastDays === 0 ? 'under a day' : `${atLeastDays} to ${next} days`;
  });
  return (
    <Panel
      chart="ageing"
      title="How long it has waited"
      head={['Since', 'Waiting']}
      rows={ages.map(({ waiting }, n) => [labels[n]!, waiting])}
    >
      <div className={styles.scroll} tabIndex={0} role="region" aria-label="Table of how long it has waited">
        <table className={styles.chart} aria-labelledby="insight-ageing">
          <thead>
            <tr>
              <th scope="col">Waiting for</th>
              <th scope="col">Versions</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {ages.map(({ atLeastDays, since, until, waiting }, n) => (
              <tr key={atLeastDays}>
                <th scope="row">{labels[n]}</th>
                <td>
                  <Down
                    to={{
                      figure: 'WAITING',
                      ...(since && { waitingSince: since }),
                      ...(until && { waitingUntil: until }),
                    }}
                    count={waiting}
                    of={`what has waited ${labels[n]}`}
                  />
                </td>
                <td>
                  <Bar value={waiting} most={most} {...(atLeastDays >= 7 && { kind: 'bad' as const })} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

export function TimeToDecision({ groups }: { groups: readonly Group[] }) {
  const decided = inOrder(groups).filter(({ submissionToDecision: { count } }) => count > 0);
  const most = Math.max(0, ...decided.map(({ submissionToDecision: { p90 } }) => p90 ?? 0));
  return (
    <Panel
      chart="time"
      title="Time to decision"
      head={['Phase', 'Decisions', 'Mean hours', 'Median hours', 'p90 hours']}
      rows={decided.map((group) => {
        const { count, mean, median, p90 } = group.submissionToDecision;
        return [nameOf(group), count, mean ?? null, median ?? null, p90 ?? null];
      })}
    >
      <div className={styles.scroll} tabIndex={0} role="region" aria-label="Table of time to decision">
        <table className={styles.chart} aria-labelledby="insight-time">
          <thead>
            <tr>
              <th scope="col">Phase</th>
              <th scope="col">Decisions</th>
              <th scope="col">Median</th>
              <th scope="col">p90</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {decided.map((group) => {
              const { count, median = null, p90 = null } = group.submissionToDecision;
              return (
                <tr key={group.phase}>
                  <th scope="row">{nameOf(group)}</th>
                  <td>
                    <Down
                      to={{ figure: 'DECIDED', phases: [group.phase!] }}
                      count={count}
                      of={`decisions in ${nameOf(group)}`}
                    />
                  </td>
                  <td>{duration(median)}</td>
                  <td>{duration(p90)}</td>
                  <td>
                    <Range median={median} p90={p90} most={most} />
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

export function Quality({ groups }: { groups: readonly Group[] }) {
  const decided = inOrder(groups).filter(({ decided }) => decided > 0);
  return (
    <Panel
      chart="quality"
      title="Rejection and rework"
      head={[
        'Phase',
        'First time right',
        'Approved',
        'Rejected',
        'Rejection rate',
        'Versions per approval',
        'Carried forward',
        'Self-attested',
      ]}
      rows={decided.map((group) => [
        nameOf(group),
        group.firstTimeRight,
        group.approved,
        group.rejected,
        group.rejectionRate ?? null,
        group.versionsPerApproval ?? null,
        group.carryForwardRate ?? null,
        group.selfAttested,
      ])}
    >
      <div className={styles.scroll} tabIndex={0} role="region" aria-label="Table of rejection and rework">
        <table className={styles.chart} aria-labelledby="insight-quality">
          <thead>
            <tr>
              <th scope="col">Phase</th>
              <th scope="col">First time right</th>
              <th scope="col">Approved</th>
              <th scope="col">Rejected</th>
              <th scope="col">Per approval</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {decided.map((group) => {
              const { phase, firstTimeRight, approved, rejected } = group;
              const of = { phases: [phase!] };
              return (
                <tr key={phase}>
                  <th scope="row">{nameOf(group)}</th>
                  <td>
                    <Down
                      to={{ figure: 'FIRST_TIME_RIGHT', ...of }}
                      count={firstTimeRight}
                      of={`what was right at once in ${nameOf(group)}`}
                    />
                  </td>
                  <td>
                    <Down to={{ figure: 'APPROVED', ...of }} count={approved} of={`approvals in ${nameOf(group)}`} />
                  </td>
                  <td>
                    <Down to={{ figure: 'REJECTED', ...of }} count={rejected} of={`rejections in ${nameOf(group)}`} />
                  </td>
                  <td title={`${percent(group.rejectionRate)} of the decisions were rejections`}>
                    {decimal(group.versionsPerApproval)}
                  </td>
                  <td>
                    <Parts
                      parts={[
                        { value: firstTimeRight, kind: 'good' },
                        { value: approved - firstTimeRight, kind: 'plain' },
                        { value: rejected, kind: 'bad' },
                      ]}
                    />
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <p className={styles.legend}>
        <span data-kind="good">right the first time</span>
        <span data-kind="plain">approved after a rejection</span>
        <span data-kind="bad">rejected</span>
      </p>
    </Panel>
  );
}
