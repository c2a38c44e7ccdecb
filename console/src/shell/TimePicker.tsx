import { Popover } from '@base-ui/react/popover';
import { Clock } from 'lucide-react';
import { useState, type FormEvent, type RefObject } from 'react';
import { Button } from '../parts/atoms';
import floating from '../parts/floating.module.css';
import { asLocal, day, fromLocal, instant, timeZone } from '#text/time';
import styles from './Time.module.css';
import { useAt } from './use-at';

const DAY_MS = 86_400_000;
const before = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();
const shortcuts = [
  ['A day ago', 1],
  ['A week ago', 7],
  ['A month ago', 30],
] as const;

/** Sets the instant everything is read at: typed, or by a shortcut. The bar below steps through commits. */
export function TimePicker({ landmark }: { landmark: RefObject<HTMLElement | null> }) {
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
        <Clock size={14} strokeWidth={1.75} aria-hidden />
        <span>{at ? instant(at) : 'Now'}</span>
        <span className="hidden">, read at another instant</span>
      </Popover.Trigger>
      <Popover.Portal container={landmark}>
        <Popover.Positioner sideOffset={6} align="end" className={floating.over}>
          <Popover.Popup className={floating.popup}>
            <Popover.Title className={floating.label}>Read everything as it stood at</Popover.Title>
            <form className={styles.form} onSubmit={submit}>
              <input
                type="datetime-local"
                step="1"
                name="at"
                aria-label={`Instant, ${timeZone}`}
                defaultValue={asLocal(at ?? new Date().toISOString())}
              />
              <span>{timeZone}</span>
              <Button type="submit">Go</Button>
            </form>
            {shortcuts.map(([label, days]) => (
              <button key={label} type="button" className={floating.item} onClick={() => pick(before(days))}>
                {label}
                <span className={floating.hint}>{day(before(days))}</span>
              </button>
            ))}
            {at && (
              <button type="button" className={floating.item} onClick={() => pick(undefined)}>
                Back to now
              </button>
            )}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
