import { useEffect, useState } from 'react';
import * as common from '#text/common';
import * as t from '#text/diff';
import { capital, nouns, numeral } from '#text/words';
import type { FieldFragment } from '../../generated/graphql';
import { Change, type FieldChange } from '../../parts/Change';
import { Fields } from '../../parts/Fields';
import { More, useMore } from '../../parts/More';
import { Notice } from '../../parts/Notices';
import type { Layout } from '../../parts/Sides';
import styles from './DiffPage.module.css';
import { kinds, type Difference } from './use-differences';

interface Props {
  of: readonly Difference[];
  /** Changes of the version's own fields. */
  own: readonly FieldChange[];
  config: { fields: readonly FieldFragment[]; itemFields: readonly FieldFragment[] };
  layout: Layout;
}

/** The list of differences beside its contents. Long lists are rendered as far as the reader has scrolled. */
export function Differences({ of, own, config, layout }: Props) {
  const items = useMore(of);
  const [wanted, setWanted] = useState(() => location.hash.slice(1));
  const place = of.findIndex(({ itemKey }) => itemKey === wanted);
  const { reach } = items;
  useEffect(() => {
    if (place < 0) return;
    if (place >= items.shown.length) return reach(place);
    document.getElementById(wanted)?.scrollIntoView();
    setWanted('');
  }, [place, wanted, items.shown.length, reach]);
  return (
    <div className={styles.body}>
      <Contents of={of} hasFields={own.length > 0} onGo={setWanted} />
      <div className={styles.changes}>
        {own.length > 0 && (
          <section id="version-itself" className={styles.panel} aria-labelledby="version-itself-title">
            <h2 id="version-itself-title">{common.theVersionItself}</h2>
            <div>
              {own.map((one) => (
                <Change key={one.path} change={one} fields={config.fields} layout={layout} />
              ))}
            </div>
          </section>
        )}
        {items.shown.map((one) => (
          <Item key={one.itemKey} difference={one} fields={config.itemFields} layout={layout} />
        ))}
        {of.length === 0 && own.length === 0 && <Notice title={t.nothingDiffersHere} />}
        <More of={items} noun={nouns.item} />
      </div>
    </div>
  );
}

interface ContentsProps {
  of: readonly Difference[];
  hasFields: boolean;
  onGo: (itemKey: string) => void;
}
function Contents({ of, hasFields, onGo }: ContentsProps) {
  return (
    <nav className={styles.contents} aria-label={t.whatDiffers} tabIndex={0}>
      {hasFields && <a href="#version-itself">{common.theVersionItself}</a>}
      {kinds.map(([kind, , word]) => {
        const rows = of.filter((one) => one.kind === kind);
        if (rows.length === 0) return null;
        return (
          <section key={kind}>
            <h2>
              {capital(word)} {numeral(rows.length)}
            </h2>
            {rows.map(({ itemKey, label }) => (
              <a key={itemKey} href={`#${itemKey}`} onClick={() => onGo(itemKey)}>
                {label}
              </a>
            ))}
          </section>
        );
      })}
    </nav>
  );
}

interface ItemProps {
  difference: Difference;
  layout: Layout;
  fields: readonly FieldFragment[];
}
function Item({ difference, fields, layout }: ItemProps) {
  const { itemKey, label, kind } = difference;
  const [, sign, word] = kinds.find(([one]) => one === kind)!;
  const changes = kind === 'CHANGED' && 'fields' in difference ? difference.fields : null;
  const whole = 'after' in difference ? (difference.after ?? difference.before) : null;
  return (
    <section id={itemKey} className={styles.panel} aria-labelledby={`${itemKey}-title`}>
      <h2 id={`${itemKey}-title`}>
        <i data-kind={kind} aria-hidden>
          {sign}
        </i>
        {label}
        <span>{changes ? common.fieldCount(changes.length) : word}</span>
      </h2>
      <div>
        {changes
          ? changes.map((one) => <Change key={one.path} change={one} fields={fields} layout={layout} />)
          : whole && <Fields of={whole.content} fields={fields} />}
      </div>
    </section>
  );
}
