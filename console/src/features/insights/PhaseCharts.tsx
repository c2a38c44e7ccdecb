import * as common from '#text/common';
import * as t from '#text/insights';
import { phaseNames } from '#text/words';
import type { InsightsQuery, Phase } from '../../generated/graphql';
import { Bar, Parts, Range } from './Bars';
import { ChartTable } from './ChartTable';
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
    if (next === undefined) return t.overDays(atLeastDays);
    return atLeastDays === 0 ? t.underADay : t.toDays(atLeastDays, next);
  });
  return (
    <Panel
      chart="ageing"
      title={t.howLongItHasWaited}
      head={[common.since, t.waiting]}
      rows={ages.map(({ waiting }, n) => [labels[n]!, waiting])}
    >
      <ChartTable chart="ageing" label={t.tableOfHowLongIt} columns={[t.waitingFor, t.versions]}>
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
                of={t.whatHasWaited(labels[n])}
              />
            </td>
            <td>
              <Bar value={waiting} most={most} {...(atLeastDays >= 7 && { kind: 'bad' as const })} />
            </td>
          </tr>
        ))}
      </ChartTable>
    </Panel>
  );
}

export function TimeToDecision({ groups }: { groups: readonly Group[] }) {
  const decided = inOrder(groups).filter(({ submissionToDecision: { count } }) => count > 0);
  const most = Math.max(0, ...decided.map(({ submissionToDecision: { p90 } }) => p90 ?? 0));
  return (
    <Panel
      chart="time"
      title={t.timeToDecision}
      head={[common.phase, t.decisions, t.meanHours, t.medianHours, t.p90Hours]}
      rows={decided.map((group) => {
        const { count, mean, median, p90 } = group.submissionToDecision;
        return [nameOf(group), count, mean ?? null, median ?? null, p90 ?? null];
      })}
    >
      <ChartTable chart="time" label={t.tableOfTimeToDecision} columns={[common.phase, t.decisions, t.median, t.p90]}>
        {decided.map((group) => {
          const { count, median = null, p90 = null } = group.submissionToDecision;
          return (
            <tr key={group.phase}>
              <th scope="row">{nameOf(group)}</th>
              <td>
                <Down
                  to={{ figure: 'DECIDED', phases: [group.phase!] }}
                  count={count}
                  of={t.decisionsIn(nameOf(group))}
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
      </ChartTable>
    </Panel>
  );
}

export function Quality({ groups }: { groups: readonly Group[] }) {
  const decided = inOrder(groups).filter(({ decided }) => decided > 0);
  return (
    <Panel
      chart="quality"
      title={t.rejectionAndRework}
      head={[
        common.phase,
        t.firstTimeRight,
        t.approved,
        t.rejected,
        t.rejectionRate,
        t.versionsPerApproval,
        t.carriedForward,
        t.selfAttestedTitle,
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
      <ChartTable
        chart="quality"
        label={t.tableOfRejectionAndRework}
        columns={[common.phase, t.firstTimeRight, t.approved, t.rejected, t.perApproval]}
      >
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
                  of={t.whatWasRightAtOnce(nameOf(group))}
                />
              </td>
              <td>
                <Down to={{ figure: 'APPROVED', ...of }} count={approved} of={t.approvalsIn(nameOf(group))} />
              </td>
              <td>
                <Down to={{ figure: 'REJECTED', ...of }} count={rejected} of={t.rejectionsIn(nameOf(group))} />
              </td>
              <td title={t.ofTheDecisionsWereRejections(percent(group.rejectionRate))}>
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
      </ChartTable>
      <p className={styles.legend}>
        <span data-kind="good">{t.rightTheFirstTime}</span>
        <span data-kind="plain">{t.approvedAfterARejection}</span>
        <span data-kind="bad">{t.rejectedWord}</span>
      </p>
    </Panel>
  );
}
