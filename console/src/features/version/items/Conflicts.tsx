import { Dialog } from '@base-ui/react/dialog';
import * as t from '#text/bulk';
import * as common from '#text/common';
import { Button } from '../../../parts/atoms';
import floating from '../../../parts/floating.module.css';
import { Modal } from '../../../parts/Modal';
import { BothSides } from './BothSides';
import styles from './Conflicts.module.css';
import type { Unsaved } from './use-unsaved';

/** The list of all fields that two people changed. */
export default function Conflicts({ unsaved, onClose }: { unsaved: Unsaved; onClose: () => void }) {
  const { conflicts } = unsaved;
  return (
    <Modal
      title={conflicts.length > 0 ? t.thatSomebodyElseChangedToo(conflicts.length) : t.nothingLeftToChoose}
      description={conflicts.length > 0 ? t.chooseWhichOfTheTwo : t.saveWhenYouAreReady}
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
        <Dialog.Close render={<Button kind={conflicts.length > 0 ? 'quiet' : 'main'}>{common.close}</Button>} />
      </div>
    </Modal>
  );
}
