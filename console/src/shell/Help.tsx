import { Dialog } from '@base-ui/react/dialog';
import { Switch } from '@base-ui/react/switch';
import { Link, useLocation } from '@tanstack/react-router';
import { useRef } from 'react';
import * as common from '#text/common';
import * as t from '#text/keys';
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
    where: t.anywhere,
    on: /./,
    rows: [
      ['g', t.goToAWorkflowA],
      [t.ctrlK, t.theSameWhileTypingToo],
      ['?', t.thisHelp],
      [t.esc, t.closeLeaveAField],
    ],
  },
  {
    where: t.inThePast,
    on: /[?&]at=/,
    rows: [['[ ]', t.aCommitBackOn]],
  },
  {
    where: t.amongViews,
    on: /\/(workflows|insights)\b/,
    rows: [['1 – 9', t.theViewInThatPlace]],
  },
  {
    where: t.inAList,
    on: /\/review\b/,
    rows: [
      ['j k', t.nextPreviousItem],
      ['x', t.seenThenTheNext],
      [t.space, t.selectIt],
      [t.shiftSpace, t.selectAllUpToIt],
      ['u', t.nextUndecidedItem],
      ['/', t.search],
    ],
  },
  {
    where: t.inATableOfItems,
    on: /\/v\/[^/]+$/,
    rows: [
      ['↑ ↓ ← →', t.fromCellToCell],
      [t.enter, t.editOrOpenTheItem],
      [t.space, t.selectIt],
      [t.ctrlZ, t.takeBackWhatIsNot],
      ['/', t.search],
    ],
  },
  {
    where: t.onAnItem,
    on: /\/review\b/,
    rows: [
      ['a', t.approve],
      ['m', t.acceptAsModified],
      ['r', t.rejectWithANote],
      ['n', t.writeANote],
      ['z', t.takeBackWhatWasDecided],
      ['b', t.compareWithTheNext],
    ],
  },
  {
    where: t.onWhatBothChanged,
    on: /\/merge\b/,
    rows: [
      ['j k', t.nextPreviousField],
      ['u', t.nextFieldToDecide],
      ['d', t.asInTheDraft],
      ['t', t.asInTheVersionIn],
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
          <Dialog.Title className={floating.title}>{t.help}</Dialog.Title>
          <Guides href={href} onOpen={() => props.onOpenChange(false)} />
          <h3 className={styles.part}>{t.keys}</h3>
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
            {t.singleKeysWork}
          </label>
          <Dialog.Close ref={close} className={floating.close}>
            {common.close}
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
    <ul className={styles.guides} aria-label={common.guides}>
      {section && (
        <li>
          <Link to="/help/$guide" params={{ guide: section.guide }} hash={placeOf(section.heading)} onClick={onOpen}>
            {section.heading}
          </Link>
          <small>{t.aboutThisPage}</small>
        </li>
      )}
      {[...own, 'README' as const].map((guide) => (
        <li key={guide}>
          <Link to="/help/$guide" params={{ guide }} onClick={onOpen}>
            {guideNames[guide]}
          </Link>
          <small>{guide === 'README' ? t.andWhatRefusalsMean : t.stepByStep}</small>
        </li>
      ))}
    </ul>
  );
}
