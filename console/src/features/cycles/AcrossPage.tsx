import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import * as common from '#text/common';
import * as t from '#text/cycles';
import { phaseNames } from '#text/words';
import { useApi } from '../../api/client';
import { AcrossCyclesDocument, type AcrossCyclesQuery, type AcrossSideFragment } from '../../generated/graphql';
import { Failure, Notice, Waiting } from '../../parts/Notices';
import { NotThere } from '../../parts/NotThere';
import { Differences } from '../diff/Differences';
import styles from '../diff/DiffPage.module.css';
import { DiffTools, type DiffView } from '../diff/DiffTools';
import { PatchButton } from '../diff/PatchButton';
import { Side } from '../diff/Side';
import type { Difference } from '../diff/use-differences';
import { useItems } from '../version/use-items';
import { fieldsAcross, itemsAcross } from './across';
import { patchAcross } from './patch';

const route = getRouteApi('/v/$versionId/against/$otherId');
type After = NonNullable<AcrossCyclesQuery['after']>;

/** Compares the version in force in one cycle with that of another, item by item. */
export default function AcrossPage() {
  const { versionId, otherId } = route.useParams();
  const { data, error, refetch } = useApi(AcrossCyclesDocument, { before: otherId, after: versionId });
  if (error && !data) return <Failure page error={error} retry={() => void refetch()} />;
  if (!data) return <Waiting page rows={12} />;
  const { before, after } = data;
  if (!before || !after) return <NotThere what="version" />;
  if (before.phase !== after.phase)
    return (
      <Notice page title={t.theseVersionsBelongToDifferent}>
        {t.nothingInCommon(phaseNames[before.phase], phaseNames[after.phase])}
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
  const set = (view: DiffView) => void navigate({ search: (previous) => ({ ...previous, ...view }), replace: true });
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
            {t.throughTheCycles}
          </Link>
        </p>
        <h1>{t.fromCycleToCycle(phaseNames[after.phase])}</h1>
      </header>
      <div className={styles.sides}>
        <SideOfCycle label={common.from} of={before} />
        <SideOfCycle label={common.to} of={after} />
      </div>
      <DiffTools
        kind={kind}
        layout={layout}
        numbers={{ ADDED: across.added.length, REMOVED: across.removed.length, CHANGED: across.changed.length }}
        unchanged={t.itemUnchangedByWhatItems(across.unchanged)}
        set={set}
      >
        <PatchButton
          name={`${after.phase.toLowerCase()}-across-cycles`}
          read={() =>
            patchAcross({ content: before.content, items: was }, { content: after.content, items: is }, config)
          }
        />
      </DiffTools>
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

const SideOfCycle = ({ label, of }: { label: string; of: AcrossSideFragment }) => (
  <Side label={label} of={of}>
    <b>{of.cycle.name}</b>
    <Link to="/v/$versionId" activeOptions={{ exact: true }} params={{ versionId: of.versionId }}>
      {common.version(of.versionNumber)}
    </Link>
  </Side>
);
