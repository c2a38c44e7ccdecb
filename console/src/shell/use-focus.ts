import { useEffect } from 'react';

/** Long enough for a dialog that closes to give the focus back. */
const SETTLED_MS = 30;

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
      (dialog ?? document.getElementById('main'))?.focus({ preventScroll: true });
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
