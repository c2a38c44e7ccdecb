import { Link } from '@tanstack/react-router';
import * as common from '#text/common';
import * as t from '#text/insights';
import { phaseNames } from '#text/words';
import type { InsightsQuery, Phase } from '../../generated/graphql';
import { Segments } from '../../parts/atoms';
import { Down } from './Down';
import styles from './InsightsPage.module.css';
import { duration, percent } from './numbers';
import { Panel } from './Panel';
import type { Measure } from './selection';

type Group = NonNullable<InsightsQuery['byReport']>['groups'][number];
const phases = Object.keys(phaseNames) as Phase[];

const words: Record<
  Measure,
  { label: string; figure: string; value: (group: Group) => number | null; shown: (group: Group) => string }
> = {
  waiting: { label: t.waiting, figure: 'WAITING', value: (one) => one.waiting, shown: (one) => String(one.waiting) },
  time: {
    label: t.timeToDecision,
    figure: 'DECIDED',
    value: (one) => one.submissionToDecision.median ?? null,
    shown: (one) => duration(one.submissionToDecision.median),
  },
  rejections: {
    label: t.rejections,
    figure: 'REJECTED',
    value: (one) => one.rejectionRate ?? null,
    shown: (one) => percent(one.rejectionRate),
  },
  versions: {
    label: t.versions,
    figure: 'VERSIONS',
    value: (one) => one.versions,
    shown: (one) => String(one.versions),
  },
};
const counted = (measure: Measure, group: Group): number =>
  measure === 'time'
    ? group.decided
    : measure === 'rejections'
      ? group.rejected
      : measure === 'waiting'
        ? group.waiting
        : group.versions;

/** Five steps of equal width; the number is shown as well. */
const STEPS = 5;
const stepOf = (value: number | null, most: number): number | undefined =>
  value === null || value === 0 || most === 0 ? undefined : Math.max(1, Math.ceil((STEPS * value) / most));

interface Props {
  groups: readonly Group[];
  measure: Measure;
  onMeasure: (measure: Measure) => void;
}

/** Reports by phases, with their cycles. */
export function HeatMap({ groups, measure, onMeasure }: Props) {
  const { value, shown, label, figure } = words[measure];
  // Counts start with a fixed scale, so that a single one does not look like the maximum.
  const least = measure === 'waiting' || measure === 'versions' ? STEPS : 0;
  const most = Math.max(least, ...groups.map((group) => value(group) ?? 0));
  const keyOf = ({ cycle, report }: Group) => `${cycle!.cycleId} ${report!.reportId}`;
  const lines = [...new Map(groups.map((group) => [keyOf(group), group])).values()].toSorted(
    (one, other) =>
      (other.cycle!.startDate ?? '').localeCompare(one.cycle!.startDate ?? '') ||
      one.report!.name.localeCompare(other.report!.name),
  );
  const at = (line: Group, phase: Phase) => groups.find((one) => keyOf(one) === keyOf(line) && one.phase === phase);
  const rows = lines.map((line) => [
    line.report!.name,
    line.cycle!.name,
    ...phases.map((phase) => {
      const group = at(line, phase);
      return group ? value(group) : null;
    }),
  ]);
  return (
    <Panel
      chart="heat"
      title={t.reportsByPhase}
      head={[common.report, common.cycle, ...phases.map((phase) => phaseNames[phase])]}
      rows={rows}
      tools={
        <Segments
          label={t.whatTheMapShows}
          value={measure}
          options={(Object.keys(words) as Measure[]).map((one) => ({ value: one, label: words[one].label }))}
          onChange={onMeasure}
        />
      }
    >
      <div className={styles.scroll} tabIndex={0} role="region" aria-label={t.tableOfReportsByPhase}>
        <table className={styles.heat} aria-labelledby="insight-heat">
          <thead>
            <tr>
              <th scope="col">{common.report}</th>
              {phases.map((phase) => (
                <th key={phase} scope="col">
                  {phaseNames[phase]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <tr key={keyOf(line)}>
                <th scope="row">
                  <Link
                    to="/w/$cycleId/$reportId"
                    params={{ cycleId: line.cycle!.cycleId, reportId: line.report!.reportId }}
                  >
                    {line.report!.name}
                  </Link>
                  <small>{line.cycle!.name}</small>
                </th>
                {phases.map((phase) => {
                  const group = at(line, phase);
                  return (
                    <td key={phase} data-step={group && stepOf(value(group), most)}>
                      {group ? (
                        <Down
                          to={
                            {
                              figure,
                              phases: [phase],
                              cycleIds: [line.cycle!.cycleId],
                              reportIds: [line.report!.reportId],
                            } as never
                          }
                          count={counted(measure, group)}
                          of={`${label}, ${line.report!.name}, ${phaseNames[phase]}`}
                        >
                          {shown(group)}
                        </Down>
                      ) : (
                        <span className={styles.never}>–</span>
                      )}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
