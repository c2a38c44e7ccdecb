import { Dialog } from '@base-ui/react/dialog';
import { Switch } from '@base-ui/react/switch';
import { useRef } from 'react';
import { Key } from '../parts/atoms';
import floating from '../parts/floating.module.css';
import styles from './Shell.module.css';
import { setSingleKeys, useSingleKeys } from './use-keys';

const keys: readonly [where: string, rows: readonly [key: string, what: string][]][] = [
  [
    'Anywhere',
    [
      ['?', 'this help'],
      ['[ ]', 'a commit back, on'],
      ['Esc', 'close, leave a field'],
    ],
  ],
  [
    'In a list',
    [
      ['j k', 'next, previous item'],
      ['x', 'seen, then the next'],
      ['Space', 'select it'],
      ['u', 'next undecided item'],
      ['/', 'search'],
    ],
  ],
  [
    'On an item',
    [
      ['a', 'approve'],
      ['m', 'accept as modified'],
      ['r', 'reject, with a note'],
      ['n', 'write a note'],
      ['b', 'compare with the next'],
    ],
  ],
];

export function Help(props: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const on = useSingleKeys();
  const close = useRef<HTMLButtonElement>(null);
  return (
    <Dialog.Root {...props}>
      <Dialog.Portal>
        <Dialog.Backdrop className={floating.backdrop} />
        <Dialog.Popup className={floating.dialog} initialFocus={close}>
          <Dialog.Title className={floating.title}>Keys</Dialog.Title>
          <div className={styles.keys}>
            {keys.map(([where, rows]) => (
              <section key={where}>
                <h3>{where}</h3>
                <dl>
                  {rows.map(([key, what]) => (
                    <div key={key}>
                      <dt>
                        {key.split(' ').map((one) => (
                          <Key key={one}>{one}</Key>
                        ))}
                      </dt>
                      <dd>{what}</dd>
                    </div>
                  ))}
                </dl>
              </section>
            ))}
          </div>
          <label className={styles.switch}>
            <Switch.Root checked={on} onCheckedChange={setSingleKeys} className={floating.switch}>
              <Switch.Thumb className={floating.thumb} />
            </Switch.Root>
            Single keys work
          </label>
          <Dialog.Close ref={close} className={floating.close}>
            Close
          </Dialog.Close>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
