import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { send, useApi } from '../../api/client';
import {
  DiffDocument,
  PatchDocument,
  type DiffQuery,
  type PatchQuery,
  type SideFragment,
} from '../../generated/graphql';
import { Button, Hash, Segments } from '../../parts/atoms';
import { Change } from '../../parts/Change';
import { Fields } from '../../parts/Fields';
import { State } from '../../parts/Glyph';
import { Failure, Notice, Waiting } from '../../parts/Notices';
import { day } from '../../text/time';
import { count, phaseNames } from '../../text/words';
import styles from './DiffPage.module.css';

const route = getRouteApi('/v/$versionId/diff');
type Version = NonNullable<DiffQuery['phaseVersion']>;
type Diff = NonNullable<Version['diff']>;
type ItemChange = Diff['items']['nodes'][number];

const kinds = [
  ['CHANGED', '~', 'changed'],
  ['ADDED', '+', 'added'],
  ['REMOVED', '−', 'removed'],
] as const;

/** What differs between two versions, by item and by field. */
export default function DiffPage() {
  const { versionId } = route.useParams();
  const { from } = route.useSearch();
  const { data, error, refetch } = useApi(DiffDocument, { versionId, from: from ?? null });
  if (error && !data) return <Failure page error={error} retry={() => void refetch()} />;
  if (!data) return <Waiting rows={12} />;
  const version = data.phaseVersion;
  if (!version?.diff)
    return (
      <Notice page title="There is no such version">
        It may lie in a workflow that you are not assigned to, or not have been there at that instant.
      </Notice>
    );
  return <Compared version={version} diff={version.diff} />;
}

function Compared({ version, diff }: { version: Version; diff: Diff }) {
  const { layout = 'split', kind } = route.useSearch();
  const navigate = useNavigate({ from: '/v/$versionId/diff' });
  const { report, cycle, phase, versionId, versionNumber, workflowPhase } = version;
  const { summary, fields, items } = diff;
  const shown = items.nodes.filter((change) => kind === undefined || change.kind === kind);
  const set = (patch: { from?: number; layout?: 'inline' | 'split'; kind?: typeof kind }) =>
    void navigate({ search: (previous) => ({ ...previous, ...patch }), replace: true });
  const numbers = { ADDED: summary.added, REMOVED: summary.removed, CHANGED: summary.changed };
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <p>
          <Link to="/w/$cycleId/$reportId" params={{ cycleId: cycle.cycleId, reportId: report.reportId }}>
            {report.name}
          </Link>
        </p>
        <h1>
          {phaseNames[phase]}, version {diff.from.versionNumber} to {versionNumber}
        </h1>
      </header>
      <div className={styles.sides}>
        <Side label="From" of={diff.from}>
          <select
            aria-label="Compare from"
            value={diff.from.versionNumber}
            onChange={(event) => set({ from: Number(event.target.value) })}
          >
            {workflowPhase.history.nodes
              .filter((one) => one.versionId !== versionId)
              .map((one) => (
                <option key={one.versionId} value={one.versionNumber}>
                  Version {one.versionNumber}
                </option>
              ))}
          </select>
        </Side>
        <Side label="To" of={version}>
          <b>Version {versionNumber}</b>
        </Side>
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
          <Button onClick={() => void download(version, diff.from.versionNumber)}>Patch</Button>
        </div>
      </div>
      <div className={styles.body}>
        <Contents of={shown} hasFields={fields.length > 0 && kind === undefined} />
        <div className={styles.changes}>
          {fields.length > 0 && kind === undefined && (
            <section id="version-itself" className={styles.panel} aria-labelledby="version-itself-title">
              <h2 id="version-itself-title">The version itself</h2>
              <div>
                {fields.map((one) => (
                  <Change key={one.path} change={one} fields={workflowPhase.config.fields} layout={layout} />
                ))}
              </div>
            </section>
          )}
          {shown.map((change) => (
            <Item key={change.itemKey} change={change} fields={workflowPhase.config.itemFields} layout={layout} />
          ))}
          {shown.length === 0 && (fields.length === 0 || kind !== undefined) && <Notice title="Nothing differs here" />}
          {items.totalCount > items.nodes.length && (
            <p className={styles.quiet}>
              The first {items.nodes.length} of {items.totalCount}; the patch has them all.
            </p>
          )}
        </div>
      </div>
    </div>
  );
}

interface SideProps {
  label: string;
  of: SideFragment;
  children: ReactNode;
}
const Side = ({ label, of, children }: SideProps) => (
  <section className={styles.side} aria-label={label}>
    <span className={styles.quiet}>{label}</span>
    {children}
    <State of={of.status} />
    <span className={styles.quiet}>
      {of.createdBy.name}, {day(of.createdAt)}
    </span>
    <Hash value={of.contentHash} />
  </section>
);

function Contents({ of, hasFields }: { of: readonly ItemChange[]; hasFields: boolean }) {
  return (
    <nav className={styles.contents} aria-label="What differs" tabIndex={0}>
      {hasFields && <a href="#version-itself">The version itself</a>}
      {kinds.map(([kind, , word]) => {
        const rows = of.filter((change) => change.kind === kind);
        if (rows.length === 0) return null;
        return (
          <section key={kind}>
            <h2>
              {word.charAt(0).toUpperCase() + word.slice(1)} {rows.length}
            </h2>
            {rows.map(({ itemKey, label }) => (
              <a key={itemKey} href={`#${itemKey}`}>
                {label}
              </a>
            ))}
          </section>
        );
      })}
    </nav>
  );
}

type ItemProps = {
  change: ItemChange;
  layout: 'inline' | 'split';
  fields: Version['workflowPhase']['config']['itemFields'];
};
function Item({ change, fields, layout }: ItemProps) {
  const [, sign, word] = kinds.find(([kind]) => kind === change.kind)!;
  const whole = change.kind === 'ADDED' ? change.after : change.kind === 'REMOVED' ? change.before : null;
  return (
    <section id={change.itemKey} className={styles.panel} aria-labelledby={`${change.itemKey}-title`}>
      <h2 id={`${change.itemKey}-title`}>
        <i data-kind={change.kind} aria-hidden>
          {sign}
        </i>
        {change.label}
        <span>{whole ? word : count(change.fields.length, 'field')}</span>
      </h2>
      <div>
        {whole ? (
          <Fields of={whole.content} fields={fields} />
        ) : (
          change.fields.map((one) => <Change key={one.path} change={one} fields={fields} layout={layout} />)
        )}
      </div>
    </section>
  );
}

/** The whole difference as a JSON patch (RFC 6902), to take away. */
async function download({ versionId, phase, versionNumber }: Version, from: number): Promise<void> {
  const { phaseVersion } = await send<PatchQuery>(String(PatchDocument), { versionId, from });
  const text = JSON.stringify(phaseVersion?.diff?.patch, null, 2);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json-patch+json' }));
  link.download = `${phase.toLowerCase()}-${from}-${versionNumber}.json`;
  link.click();
  URL.revokeObjectURL(link.href);
}
