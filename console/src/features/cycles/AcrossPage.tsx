import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useApi } from '../../api/client';
import { AcrossCyclesDocument, type AcrossCyclesQuery, type AcrossSideFragment } from '../../generated/graphql';
import { Hash, Segments } from '../../parts/atoms';
import { State } from '../../parts/Glyph';
import { Failure, Notice, Waiting } from '../../parts/Notices';
import { day } from '../../text/time';
import { count, phaseNames } from '../../text/words';
import { Differences } from '../diff/Differences';
import styles from '../diff/DiffPage.module.css';
import { kinds, type Difference, type Kind } from '../diff/use-differences';
import { useItems } from '../version/use-items';
import { fieldsAcross, itemsAcross } from './across';

const route = getRouteApi('/v/$versionId/against/$otherId');
type After = NonNullable<AcrossCyclesQuery['after']>;

/** What is in force in one cycle, held against what is in another, item by item. */
export default function AcrossPage() {
  const { versionId, otherId } = route.useParams();
  const { data, error, refetch } = useApi(AcrossCyclesDocument, { before: otherId, after: versionId });
  if (error && !data) return <Failure page error={error} retry={() => void refetch()} />;
  if (!data) return <Waiting rows={12} />;
  const { before, after } = data;
  if (!before || !after)
    return (
      <Notice page title="There is no such version">
        One of the two may lie in a workflow that you are not assigned to, or not have been there at that instant.
      </Notice>
    );
  if (before.phase !== after.phase)
    return (
      <Notice page title="These are of two phases">
        A version of {phaseNames[before.phase]} has nothing in common with one of {phaseNames[after.phase]}.
      </Notice>
    );
  return <Compared before={before} after={after} />;
}

function Compared({ before, after }: { before: AcrossSideFragment; after: After }) {
  const { layout = 'split', kind } = route.useSearch();
  const navigate = useNavigate({ from: '/v/$versionId/against/$otherId' });
  const { config } = after.workflowPhase;
  const [was, is] = [useItems(before), useItems(after)];
  const across = useMemo(() => itemsAcross(was, is, config.itemFields), [was, is, config]);
  const own = fieldsAcross(before.content, after.content, config.fields);
  const all: readonly Difference[] = [...across.changed, ...across.added, ...across.removed];
  const numbers = { ADDED: across.added, REMOVED: across.removed, CHANGED: across.changed };
  const set = (patch: { layout?: 'inline' | 'split'; kind?: Kind | undefined }) =>
    void navigate({ search: (previous) => ({ ...previous, ...patch }), replace: true });
  const ids = { cycleId: after.cycle.cycleId, reportId: after.report.reportId };
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <p>
          <Link to="/w/$cycleId/$reportId" params={ids}>
            {after.report.name}
          </Link>
          {' · '}
          <Link to="/w/$cycleId/$reportId/cycles" params={ids}>
            Through the cycles
          </Link>
        </p>
        <h1>{phaseNames[after.phase]}, from cycle to cycle</h1>
      </header>
      <div className={styles.sides}>
        <Side label="From" of={before} />
        <Side label="To" of={after} />
      </div>
      <div className={styles.tools}>
        <div role="group" aria-label="Only what was" className={styles.kinds}>
          {kinds.map(([value, sign, word]) => (
            <button
              key={value}
              type="button"
              aria-pressed={kind === value}
              onClick={() => set({ kind: kind === value ? undefined : value })}
            >
              <i data-kind={value} aria-hidden>
                {sign}
              </i>
              {numbers[value].length} {word}
            </button>
          ))}
        </div>
        <span className={styles.quiet}>
          {count(across.unchanged, 'item')} unchanged, by what items are called; identifiers of a cycle are left out
        </span>
        <div className={styles.right}>
          <Segments
            label="Layout"
            value={layout}
            onChange={(value) => set({ layout: value })}
            options={[
              { value: 'split', label: 'Side by side' },
              { value: 'inline', label: 'Inline' },
            ]}
          />
        </div>
      </div>
      <Differences
        key={kind}
        of={kind === undefined ? all : all.filter((one) => one.kind === kind)}
        own={kind === undefined ? own : []}
        config={config}
        layout={layout}
      />
    </div>
  );
}

const Side = ({ label, of }: { label: string; of: AcrossSideFragment }) => (
  <section className={styles.side} aria-label={label}>
    <span className={styles.quiet}>{label}</span>
    <b>{of.cycle.name}</b>
    <Link to="/v/$versionId" activeOptions={{ exact: true }} params={{ versionId: of.versionId }}>
      Version {of.versionNumber}
    </Link>
    <State of={of.status} />
    <span className={styles.quiet}>
      {of.createdBy.name}, {day(of.createdAt)}
    </span>
    <Hash value={of.contentHash} />
  </section>
);
