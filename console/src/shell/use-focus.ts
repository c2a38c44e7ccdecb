import { useEffect, type KeyboardEvent } from 'react';

/** Long enough for a dialog that closes to give the focus back. */
const SETTLED_MS = 30;

const focusPage = (): void => document.getElementById('main')?.focus({ preventScroll: true });

/** Escape leaves a field for the page, where single keys work. */
export function leaveOnEscape({ key }: KeyboardEvent): void {
  if (key === 'Escape') focusPage();
}

/**
 * When what had the focus is gone, with a page that was left or an action that is done, the focus goes to the open dialog or to the page:
 * otherwise the keyboard would begin again at the top.
 */
export function useFocusKept(): void {
  useEffect(() => {
    let last: EventTarget | null = null;
    const note = ({ target }: FocusEvent) => {
      last = target;
    };
    const isGone = () => last instanceof HTMLElement && !last.isConnected && document.activeElement === document.body;
    const goOn = () => {
      if (!isGone()) return;
      last = null;
      const dialog = document.querySelector<HTMLElement>('[role=dialog], [role=alertdialog]');
      if (dialog) dialog.focus({ preventScroll: true });
      else focusPage();
    };
    const observer = new MutationObserver(() => {
      if (isGone()) setTimeout(goOn, SETTLED_MS);
    });
    document.addEventListener('focusin', note);
    observer.observe(document.body, { childList: true, subtree: true });
    return () => {
      document.removeEventListener('focusin', note);
      observer.disconnect();
    };
  }, []);
}
