import { Popover } from '@base-ui/react/popover';
import { useState, type FormEvent, type RefObject } from 'react';
import * as t from '#text/shell';
import { asLocal, day, fromLocal, timeZone } from '#text/time';
import { Button } from '../parts/atoms';
import floating from '../parts/floating.module.css';
import { LookOfInstant } from './Looks';
import styles from './Time.module.css';
import { useAt } from './use-at';

const DAY_MS = 86_400_000;
const before = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();
const shortcuts = [
  [t.aDayAgo, 1],
  [t.aWeekAgo, 7],
  [t.aMonthAgo, 30],
] as const;

/** Sets the instant everything is read at: typed, or by a shortcut. The bar below steps through commits. */
export default function TimePicker({ landmark }: { landmark: RefObject<HTMLElement | null> }) {
  const { at, go } = useAt();
  const [open, setOpen] = useState(false);
  const pick = (value: string | undefined) => {
    setOpen(false);
    go(value);
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const value = new FormData(event.currentTarget).get('at');
    if (typeof value === 'string' && value) pick(fromLocal(value));
  };
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger className={styles.trigger} data-past={at ? true : undefined}>
        <LookOfInstant at={at} />
        <span className="hidden">{t.readAtAnotherInstant}</span>
      </Popover.Trigger>
      <Popover.Portal container={landmark}>
        <Popover.Positioner sideOffset={6} align="end" className={floating.over}>
          <Popover.Popup className={floating.popup}>
            <Popover.Title className={floating.label}>{t.readEverythingAsItStood}</Popover.Title>
            <form className={styles.form} onSubmit={submit}>
              <input
                type="datetime-local"
                step="1"
                name="at"
                aria-label={t.instantTimeZone(timeZone)}
                defaultValue={asLocal(at ?? new Date().toISOString())}
              />
              <span>{timeZone}</span>
              <Button type="submit">{t.go}</Button>
            </form>
            {shortcuts.map(([label, days]) => (
              <button key={label} type="button" className={floating.item} onClick={() => pick(before(days))}>
                {label}
                <span className={floating.hint}>{day(before(days))}</span>
              </button>
            ))}
            {at && (
              <button type="button" className={floating.item} onClick={() => pick(undefined)}>
                {t.backToNow}
              </button>
            )}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
