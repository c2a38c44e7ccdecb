import * as t from '#text/version';
import { Button } from '../../../parts/atoms';
import { typed } from '../../../parts/typed';
import { shown } from '../../../parts/value';
import styles from './Conflicts.module.css';
import type { Pending } from './unsaved';
import type { Unsaved } from './use-unsaved';

/** A typed text as it would look when saved. */
function asShown(text: string, field: Pending['field']): string {
  const read = typed(text, field);
  return 'value' in read ? shown(read.value, field) : text;
}

/** A field that two people changed: its base value, the saved value and this person's value, and the choice between the last two. */
export function BothSides({ of, unsaved }: { of: Pending; unsaved: Unsaved }) {
  const { item, field, text, was, saved } = of;
  return (
    <div className={styles.sides}>
      <dl>
        <div>
          <dt>{t.itWas}</dt>
          <dd>{asShown(was, field)}</dd>
        </div>
        <div>
          <dt>{t.savedNow}</dt>
          <dd>{asShown(saved, field)}</dd>
        </div>
        <div>
          <dt>{t.youTyped}</dt>
          <dd>{asShown(text, field)}</dd>
        </div>
      </dl>
      <Button onClick={() => unsaved.change([{ item, field, text: saved }])}>{t.takeWhatIsSaved}</Button>
      <Button onClick={() => unsaved.insist({ item, field, text })}>{t.keepMine}</Button>
    </div>
  );
}
