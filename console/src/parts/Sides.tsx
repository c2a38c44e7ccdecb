import { useMemo, useState, type ReactNode } from 'react';
import * as t from '#text/parts';
import type { FieldFragment } from '../generated/graphql';
import styles from './Change.module.css';
import { shown, type Json } from './value';
import { wordRuns, words, type Run } from './word-runs';

export type Layout = 'inline' | 'split';

export const isText = (value: unknown): value is string =>
  typeof value === 'string' && (value.length > 40 || value.includes('\n'));

interface ValuesProps {
  /** Undefined if there was no value. */
  before: Json | undefined;
  after: Json | undefined;
  field?: FieldFragment | undefined;
  layout: Layout;
}
/** The old and new value: long texts word by word, short ones as a whole. */
export function Values({ before, after, field, layout }: ValuesProps) {
  if (isText(before) && isText(after)) return <Texts before={before} after={after} layout={layout} />;
  const side = (value: Json | undefined) =>
    value === undefined ? undefined : <p className={styles.text}>{shown(value, field)}</p>;
  return <Sides layout={layout} before={side(before)} after={side(after)} marked />;
}

interface SidesProps {
  before?: ReactNode;
  after?: ReactNode;
  layout: Layout;
  /** Whether the values are marked as entirely different. */
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
      {side(before, '−', t.before, styles.before)}
      {side(after, '+', t.after, styles.after)}
    </div>
  );
}

/** Below this share of common words, a text counts as replaced and no words are marked. */
const REPLACED = 0.15;
const isReplaced = (runs: readonly Run[], before: string, after: string): boolean =>
  runs.reduce((sum, run) => sum + (run.kind === 'kept' ? words(run.value) : 0), 0) <
  REPLACED * Math.max(words(before), words(after));

/** The new text with its new words marked. */
export function Became({ before, after }: { before: string; after: string }) {
  const runs = useMemo(() => wordRuns(before, after), [before, after]);
  if (isReplaced(runs, before, after)) return <p className={styles.text}>{after}</p>;
  return <Runs of={runs.filter(({ kind }) => kind !== 'removed')} />;
}

/** With more changed words than this, the two texts are stacked. */
const LONG = 12;

function Texts({ before, after, layout }: { before: string; after: string; layout: Layout }) {
  const runs = useMemo(() => wordRuns(before, after), [before, after]);
  if (isReplaced(runs, before, after))
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
              {t.wordsUnchanged(words(value) - words(head ?? '') - words(tail ?? ''))}
            </button>
            {tail}
          </span>
        );
      })}
    </p>
  );
}
