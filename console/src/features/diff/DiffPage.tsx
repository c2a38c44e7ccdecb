import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import * as t from '#text/diff';
import { instant } from '#text/time';
import { phaseNames } from '#text/words';
import { useApi } from '../../api/client';
import { DiffDocument } from '../../generated/graphql';
import { buttonLook } from '../../parts/atoms';
import { Failure, Notice, Waiting } from '../../parts/Notices';
import { NotThere } from '../../parts/NotThere';
import { useAt } from '../../shell/use-at';
import type { Diff, Version } from './compared';
import { ComparedSides } from './ComparedSides';
import { CopyLink } from './CopyLink';
import styles from './DiffPage.module.css';
import { Differences } from './Differences';
import { DiffTools, type DiffView } from './DiffTools';
import { PatchButton } from './PatchButton';
import { readPatch } from './patch';
import { useDifferences } from './use-differences';

const route = getRouteApi('/v/$versionId/diff');

/** The differences between two versions, or between a version and itself at an earlier instant, by item and field. */
export default function DiffPage() {
  const { versionId } = route.useParams();
  const { from, since } = route.useSearch();
  const asked = { versionId, from: from ?? null, fromAt: since ?? null };
  const { data, error, refetch } = useApi(DiffDocument, asked);
  if (error && !data) return <Failure page error={error} retry={() => void refetch()} />;
  if (!data) return <Waiting page rows={12} />;
  const version = data.phaseVersion;
  if (!version) return <NotThere what="version" />;
  if (!version.diff)
    return (
      <Notice
        page
        title={since ? t.itWasNotThereYet : t.thereIsNothingToCompare}
        action={
          <Link to="/v/$versionId" activeOptions={{ exact: true }} params={{ versionId }} className={buttonLook()}>
            {t.allOfVersion(version.versionNumber)}
          </Link>
        }
      >
        {since ? t.atThisVersionHadNot(instant(since)) : t.itWasStartedFromScratch}
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
  const set = (view: DiffView) => void navigate({ search: (previous) => ({ ...previous, ...view }), replace: true });
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
            {t.allOfVersion(versionNumber)}
          </Link>
        </p>
        <h1>
          {t.phaseAndVersion(phaseNames[phase], diff.from.versionNumber)}
          {since && t.asOf(instant(since))}
          {(!since || diff.from.versionNumber !== versionNumber) && t.toVersion(versionNumber)}
        </h1>
      </header>
      <ComparedSides version={version} from={diff.from} />
      <DiffTools kind={kind} layout={layout} numbers={numbers} unchanged={t.itemUnchanged(summary.unchanged)} set={set}>
        <CopyLink isSettled={!['DRAFT', 'PENDING_APPROVAL'].includes(version.status)} />
        <PatchButton
          name={`${phase.toLowerCase()}-${diff.from.versionNumber}-${versionNumber}`}
          read={() => readPatch(asked, at)}
        />
      </DiffTools>
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
