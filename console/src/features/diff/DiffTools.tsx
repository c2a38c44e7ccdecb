import type { ReactNode } from 'react';
import * as t from '#text/diff';
import { Segments } from '../../parts/atoms';
import styles from './DiffPage.module.css';
import { kinds, type Kind } from './use-differences';

export type Layout = 'inline' | 'split';

/** The view options of a comparison, as kept in the address. */
export interface DiffView {
  layout?: Layout;
  kind?: Kind | undefined;
}

interface DiffToolsProps {
  kind: Kind | undefined;
  layout: Layout;
  /** The number of differences of each kind. */
  numbers: Readonly<Record<Kind, number>>;
  /** How much is unchanged, in words. */
  unchanged: ReactNode;
  set: (view: DiffView) => void;
  /** Further actions on the differences. */
  children?: ReactNode;
}

/** Filters and view options of the differences. */
export const DiffTools = ({ kind, layout, numbers, unchanged, set, children }: DiffToolsProps) => (
  <div className={styles.tools}>
    <div role="group" aria-label={t.onlyWhatWas} className={styles.kinds}>
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
    <span className={styles.quiet}>{unchanged}</span>
    <div className={styles.right}>
      <Segments
        label={t.layout}
        value={layout}
        onChange={(value) => set({ layout: value })}
        options={[
          { value: 'split', label: t.sideBySide },
          { value: 'inline', label: t.inline },
        ]}
      />
      {children}
    </div>
  </div>
);
