import { useMemo, useState, type ReactNode } from 'react';
import type { ChangeFragment, FieldFragment } from '../generated/graphql';
import styles from './Change.module.css';
import { isTree, shown, type Json } from './value';
import { wordRuns, words, type Run } from './word-runs';

export type FieldChange = ChangeFragment['fields'][number];
export type Layout = 'inline' | 'split';

const isText = (value: unknown): value is string =>
  typeof value === 'string' && (value.length > 40 || value.includes('\n'));

/** The title of the field that a path leads into, and what is below it, in its own words. */
export function pathTitle(path: string, fields: readonly FieldFragment[]): string {
  const [name = '', ...rest] = path.split('/').filter(Boolean);
  const title = fields.find((field) => field.name === name)?.title ?? name;
  return [title, ...rest].join(' › ');
}
const fieldOf = (path: string, fields: readonly FieldFragment[]) => {
  const [name, ...rest] = path.split('/').filter(Boolean);
  return rest.length === 0 ? fields.find((field) => field.name === name) : undefined;
};

interface Props {
  change: FieldChange;
  fields: readonly FieldFragment[];
  layout?: Layout;
  aside?: ReactNode;
}
/** What one field was and is. Sides are neutral; only what differs is marked. */
export function Change({ change: { path, kind, before, after }, fields, layout = 'inline', aside }: Props) {
  const field = fieldOf(path, fields);
  const text = (value: unknown) => shown(value as Json, field);
  return (
    <div className={styles.change}>
      <div className={styles.head}>
        <h3>{pathTitle(path, fields)}</h3>
        {aside && <span>{aside}</span>}
      </div>
      {isText(before) && isText(after) ? (
        <Texts before={before} after={after} layout={layout} />
      ) : isTree(before as Json) || isTree(after as Json) ? (
        <Sides layout="split" before={<Notation of={before} />} after={<Notation of={after} />} />
      ) : (
        <Sides
          layout={layout}
          before={kind === 'ADDED' ? undefined : <p className={styles.text}>{text(before)}</p>}
          after={kind === 'REMOVED' ? undefined : <p className={styles.text}>{text(after)}</p>}
          marked
        />
      )}
    </div>
  );
}

const Notation = ({ of }: { of: unknown }) =>
  of === null || of === undefined ? <p className={styles.text}>—</p> : <pre>{JSON.stringify(of, null, 2)}</pre>;

interface SidesProps {
  before?: ReactNode;
  after?: ReactNode;
  layout: Layout;
  /** Whether everything differs, as it does between two short values. */
  marked?: boolean;
}
function Sides({ before, after, layout, marked }: SidesProps) {
  const side = (what: ReactNode, sign: string, name: string, className: string | undefined) =>
    what !== undefined && (
      <div className={className} data-marked={marked || undefined}>
        <span className={styles.sign} role="img" aria-label={name}>
          {sign}
        </span>
        {what}
      </div>
    );
  return (
    <div className={layout === 'split' ? styles.split : styles.stack}>
      {side(before, '−', 'Before', styles.before)}
      {side(after, '+', 'After', styles.after)}
    </div>
  );
}

/** Below this share of kept words a text was replaced as a whole, and no word of it is worth marking. */
const REPLACED = 0.15;
/** Changes of more words than this are read one above the other. */
const LONG = 12;

function Texts({ before, after, layout }: { before: string; after: string; layout: Layout }) {
  const runs = useMemo(() => wordRuns(before, after), [before, after]);
  const kept = runs.reduce((sum, run) => sum + (run.kind === 'kept' ? words(run.value) : 0), 0);
  if (kept < REPLACED * Math.max(words(before), words(after)))
    return (
      <Sides
        layout={layout}
        before={<p className={styles.text}>{before}</p>}
        after={<p className={styles.text}>{after}</p>}
        marked
      />
    );
  const longest = Math.max(0, ...runs.map((run) => (run.kind === 'kept' ? 0 : words(run.value))));
  if (layout === 'inline' && longest <= LONG) return <Runs of={runs} />;
  return (
    <Sides
      layout={layout}
      before={<Runs of={runs.filter(({ kind }) => kind !== 'added')} />}
      after={<Runs of={runs.filter(({ kind }) => kind !== 'removed')} />}
    />
  );
}

const FOLDED = 45;

function Runs({ of }: { of: readonly Run[] }) {
  const [whole, setWhole] = useState(false);
  return (
    <p className={styles.text}>
      {of.map(({ kind, value }, index) => {
        if (kind === 'added') return <ins key={index}>{value}</ins>;
        if (kind === 'removed') return <del key={index}>{value}</del>;
        if (whole || words(value) < FOLDED) return <span key={index}>{value}</span>;
        const parts = value.split(/(?<=[.!?]\s)/);
        const [head, tail] = [index > 0 ? parts[0] : '', index < of.length - 1 ? parts.at(-1) : ''];
        return (
          <span key={index}>
            {head}
            <button type="button" className={styles.fold} onClick={() => setWhole(true)}>
              {words(value) - words(head ?? '') - words(tail ?? '')} words unchanged
            </button>
            {tail}
          </span>
        );
      })}
    </p>
  );
}
