import type { ReactNode } from 'react';
import * as common from '#text/common';
import * as t from '#text/merge';
import { Change } from '../../parts/Change';
import { Fields } from '../../parts/Fields';
import { isTree, type Json } from '../../parts/value';
import styles from './MergePage.module.css';
import type { StaleDraft } from './stale-draft';
import type { Step } from './use-choices';

/** The changes that one item takes from the version in force without a conflict. */
export function Incoming({ draft, steps }: { draft: StaleDraft; steps: readonly Step[] }) {
  const { itemFields, fields: versionFields } = draft.workflowPhase.config;
  const [{ itemKey, label } = { itemKey: null, label: null }] = steps;
  const fields = itemKey === null ? versionFields : itemFields;
  const whole = (theirs: Json): ReactNode =>
    isTree(theirs) ? (
      <>
        <p>{t.itIsNewInVersion(draft.current.versionNumber)}</p>
        <Fields of={theirs as Record<string, unknown>} fields={fields} />
      </>
    ) : (
      <p>{t.versionRemovedItAndThis(draft.current.versionNumber)}</p>
    );
  return (
    <section className={styles.panel} aria-label={label ?? common.theVersionItself}>
      <h2>{label ?? common.theVersionItself}</h2>
      {steps.map(({ path, ours, theirs }) => (
        <div key={path} className={styles.step}>
          {path ? (
            <Change change={{ path, kind: 'CHANGED', before: ours, after: theirs }} fields={fields} />
          ) : (
            whole(theirs as Json)
          )}
        </div>
      ))}
    </section>
  );
}
