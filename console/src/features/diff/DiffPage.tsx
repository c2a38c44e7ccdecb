import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useApi } from '../../api/client';
import { DiffDocument, type DiffQuery } from '../../generated/graphql';
import { Button, buttonLook, Segments } from '../../parts/atoms';
import { Failure, Notice, Waiting } from '../../parts/Notices';
import { useAt } from '../../shell/use-at';
import { instant } from '../../text/time';
import { count, phaseNames } from '../../text/words';
import { ComparedSides } from './ComparedSides';
import { CopyLink } from './CopyLink';
import styles from './DiffPage.module.css';
import { Differences } from './Differences';
import { download } from './patch';
import { kinds, useDifferences, type Kind } from './use-differences';

const route = getRouteApi('/v/$versionId/diff');
export type Version = NonNullable<DiffQuery['phaseVersion']>;
export type Diff = NonNullable<Version['diff']>;

/** What differs between two versions, or between one and how it stood at an instant, by item and by field. */
export default function DiffPage() {
  const { versionId } = route.useParams();
  const { from, since } = route.useSearch();
  const asked = { versionId, from: from ?? null, fromAt: since ?? null };
  const { data, error, refetch } = useApi(DiffDocument, asked);
  if (error && !data) return <Failure page error={error} retry={() => void refetch()} />;
  if (!data) return <Waiting rows={12} />;
  const version = data.phaseVersion;
  if (!version)
    return (
      <Notice page title="There is no such version">
        It may lie in a workflow that you are not assigned to, or not have been there at that instant.
      </Notice>
    );
  if (!version.diff)
    return (
      <Notice
        page
        title={since ? 'It was not there yet' : 'There is nothing to compare it with'}
        action={
          <Link to="/v/$versionId" activeOptions={{ exact: true }} params={{ versionId }} className={buttonLook()}>
            All of version {version.versionNumber}
          </Link>
        }
      >
        {since
          ? `At ${instant(since)} this version had not been started.`
          : 'It was begun from nothing: all of it is new.'}
      </Notice>
    );
  return <Compared version={version} diff={version.diff} />;
}

function Compared({ version, diff }: { version: Version; diff: Diff }) {
  const { layout = 'split', kind, from, since } = route.useSearch();
  const navigate = useNavigate({ from: '/v/$versionId/diff' });
  const asked = { versionId: version.versionId, from: from ?? null, fromAt: since ?? null };
  const { at } = useAt();
  const all = useDifferences(diff, asked);
  const { report, cycle, phase, versionNumber } = version;
  const { summary } = diff;
  const set = (patch: { layout?: 'inline' | 'split'; kind?: Kind | undefined }) =>
    void navigate({ search: (previous) => ({ ...previous, ...patch }), replace: true });
  const numbers = { ADDED: summary.added, REMOVED: summary.removed, CHANGED: summary.changed };
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <p>
          <Link to="/w/$cycleId/$reportId" params={{ cycleId: cycle.cycleId, reportId: report.reportId }}>
            {report.name}
          </Link>
          {' · '}
          <Link to="/v/$versionId" activeOptions={{ exact: true }} params={{ versionId: version.versionId }}>
            All of version {versionNumber}
          </Link>
        </p>
        <h1>
          {phaseNames[phase]}, version {diff.from.versionNumber}
          {since && ` as of ${instant(since)}`}
          {(!since || diff.from.versionNumber !== versionNumber) && ` to ${versionNumber}`}
        </h1>
      </header>
      <ComparedSides version={version} from={diff.from} />
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
              {numbers[value]} {word}
            </button>
          ))}
        </div>
        <span className={styles.quiet}>{count(summary.unchanged, 'item')} unchanged</span>
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
          <CopyLink isSettled={!['DRAFT', 'PENDING_APPROVAL'].includes(version.status)} />
          <Button onClick={() => void download(version, diff.from.versionNumber, asked, at)}>Patch</Button>
        </div>
      </div>
      <Differences
        key={`${kind} ${from} ${since}`}
        of={kind === undefined ? all : all.filter((one) => one.kind === kind)}
        own={kind === undefined ? diff.fields : []}
        config={version.workflowPhase.config}
        layout={layout}
      />
    </div>
  );
}
