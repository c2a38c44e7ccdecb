import { useMemo } from 'react';
import * as t from '#text/parts';
import styles from './Change.module.css';
import { Values, type Layout } from './Sides';
import { treeChanges } from './tree-changes';
import type { Json } from './value';

interface Props {
  before: Json | undefined;
  after: Json | undefined;
  layout: Layout;
}
/** The differences within an object or a list, by path; equal parts are only named. */
export function TreeChange({ before, after, layout }: Props) {
  const { changes, kept } = useMemo(() => treeChanges(before, after), [before, after]);
  // An empty object in place of nothing is a difference without a path.
  if (changes.length === 0) return <Values before={before} after={after} layout={layout} />;
  return (
    <div className={styles.tree}>
      {changes.map((one) => (
        <div key={one.path.join('/')}>
          {one.path.length > 0 && <h4>{one.path.join(' › ')}</h4>}
          <Values before={one.before} after={one.after} layout={layout} />
        </div>
      ))}
      {kept.length > 0 && <p>{t.unchangedKept(kept.map((path) => path.join(' › ')).join(', '))}</p>}
    </div>
  );
}
