import { Dialog } from '@base-ui/react/dialog';
import { Button } from '../../../parts/atoms';
import floating from '../../../parts/floating.module.css';
import { Modal } from '../../../parts/Modal';
import { typed } from '../../../parts/typed';
import { shown } from '../../../parts/value';
import { count } from '../../../text/words';
import styles from './Conflicts.module.css';
import type { Pending } from './unsaved';
import type { Unsaved } from './use-unsaved';

/** How the input would look once saved. */
function asShown(text: string, field: Pending['field']): string {
  const read = typed(text, field);
  return 'value' in read ? shown(read.value, field) : text;
}

/** A field that two people changed: the original, the saved and the typed value, and the choice between the last two. */
export function BothSides({ of, unsaved }: { of: Pending; unsaved: Unsaved }) {
  const { item, field, text, was, saved } = of;
  return (
    <div className={styles.sides}>
      <dl>
        <div>
          <dt>It was</dt>
          <dd>{asShown(was, field)}</dd>
        </div>
        <div>
          <dt>Saved is</dt>
          <dd>{asShown(saved, field)}</dd>
        </div>
        <div>
          <dt>You typed</dt>
          <dd>{asShown(text, field)}</dd>
        </div>
      </dl>
      <Button onClick={() => unsaved.change([{ item, field, text: saved }])}>Take what is saved</Button>
      <Button onClick={() => unsaved.insist({ item, field, text })}>Keep mine</Button>
    </div>
  );
}

/** All conflicting fields of an item. */
export function Conflicts({ unsaved, onClose }: { unsaved: Unsaved; onClose: () => void }) {
  const { conflicts } = unsaved;
  return (
    <Modal
      title={
        conflicts.length > 0
          ? `${count(conflicts.length, 'field')} that somebody else changed too`
          : 'Nothing is left to choose'
      }
      description={
        conflicts.length > 0
          ? 'Choose which of the two stands. What else they changed is in the table already, and stays.'
          : 'Save when you are ready.'
      }
      onClose={onClose}
    >
      {conflicts.map((one) => (
        <section key={`${one.item.itemKey} ${one.field.name}`} className={styles.conflict}>
          <h3>
            {one.item.label} · {one.field.title}
          </h3>
          <BothSides of={one} unsaved={unsaved} />
        </section>
      ))}
      <div className={floating.actions}>
        <Dialog.Close render={<Button kind={conflicts.length > 0 ? 'quiet' : 'main'}>Close</Button>} />
      </div>
    </Modal>
  );
}
