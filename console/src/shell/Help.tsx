import { Dialog } from '@base-ui/react/dialog';
import { Switch } from '@base-ui/react/switch';
import { Link, useLocation } from '@tanstack/react-router';
import { useRef } from 'react';
import { guideNames, guidesFor, sectionOn } from '../features/help/guides';
import { placeOf } from '../features/help/markdown';
import { Key } from '../parts/atoms';
import floating from '../parts/floating.module.css';
import styles from './Shell.module.css';
import { setSingleKeys, useSingleKeys } from './use-keys';
import { useViewer } from './use-viewer';

/** The shortcut keys, by page. */
interface Keys {
  readonly where: string;
  readonly rows: readonly (readonly [key: string, what: string])[];
  readonly on: RegExp;
}
const keys: readonly Keys[] = [
  {
    where: 'Anywhere',
    on: /./,
    rows: [
      ['g', 'go to a workflow, a phase or a page'],
      ['Ctrl+K', 'the same, while typing too'],
      ['?', 'this help'],
      ['Esc', 'close, leave a field'],
    ],
  },
  {
    where: 'In the past',
    on: /[?&]at=/,
    rows: [['[ ]', 'a commit back, on']],
  },
  {
    where: 'Among views',
    on: /\/(workflows|insights)\b/,
    rows: [['1 – 9', 'the view in that place']],
  },
  {
    where: 'In a list',
    on: /\/review\b/,
    rows: [
      ['j k', 'next, previous item'],
      ['x', 'seen, then the next'],
      ['Space', 'select it'],
      ['Shift+Space', 'select all up to it'],
      ['u', 'next undecided item'],
      ['/', 'search'],
    ],
  },
  {
    where: 'In a table of items',
    on: /\/v\/[^/]+$/,
    rows: [
      ['↑ ↓ ← →', 'from cell to cell'],
      ['Enter', 'edit, or open the item'],
      ['Space', 'select it'],
      ['Ctrl+Z', 'take back what is not saved'],
      ['/', 'search'],
    ],
  },
  {
    where: 'On an item',
    on: /\/review\b/,
    rows: [
      ['a', 'approve'],
      ['m', 'accept as modified'],
      ['r', 'reject, with a note'],
      ['n', 'write a note'],
      ['z', 'take back what was decided last'],
      ['b', 'compare with the next'],
    ],
  },
  {
    where: 'On what both changed',
    on: /\/merge\b/,
    rows: [
      ['j k', 'next, previous field'],
      ['u', 'next field to decide'],
      ['d', 'as in the draft'],
      ['t', 'as in the version in force'],
    ],
  },
];

export default function Help(props: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const on = useSingleKeys();
  const { href } = useLocation();
  const close = useRef<HTMLButtonElement>(null);
  return (
    <Dialog.Root {...props}>
      <Dialog.Portal>
        <Dialog.Backdrop className={floating.backdrop} />
        <Dialog.Popup className={floating.dialog} initialFocus={close}>
          <Dialog.Title className={floating.title}>Help</Dialog.Title>
          <Guides href={href} onOpen={() => props.onOpenChange(false)} />
          <h3 className={styles.part}>Keys</h3>
          <div className={styles.keys}>
            {keys
              .filter((one) => one.on.test(href))
              .map(({ where, rows }) => (
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

/** What is written about this page, and the guides for the viewer's roles. */
function Guides({ href, onOpen }: { href: string; onOpen: () => void }) {
  const section = sectionOn(href);
  const own = guidesFor(useViewer()?.roles ?? []);
  return (
    <ul className={styles.guides} aria-label="Guides">
      {section && (
        <li>
          <Link to="/help/$guide" params={{ guide: section.guide }} hash={placeOf(section.heading)} onClick={onOpen}>
            {section.heading}
          </Link>
          <small>about this page</small>
        </li>
      )}
      {[...own, 'README' as const].map((guide) => (
        <li key={guide}>
          <Link to="/help/$guide" params={{ guide }} onClick={onOpen}>
            {guideNames[guide]}
          </Link>
          <small>{guide === 'README' ? 'and what refusals mean' : 'step by step'}</small>
        </li>
      ))}
    </ul>
  );
}
