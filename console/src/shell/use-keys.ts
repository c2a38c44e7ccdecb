import { useEffect, useRef, useSyncExternalStore } from 'react';
import { store, stored } from '../api/store';

/** Single-key shortcuts can be switched off in the help (WCAG 2.1.4). */
const SETTING = 'single-keys';
let on = stored(SETTING) !== 'off';
const listeners = new Set<() => void>();

export function setSingleKeys(value: boolean): void {
  on = value;
  store(SETTING, value ? 'on' : 'off');
  for (const listener of listeners) listener();
}
const listen = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};
export const useSingleKeys = (): boolean => useSyncExternalStore(listen, () => on);

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button'].includes(target.type);
  return target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName);
}

/** Single-key shortcuts of a page; inactive while typing, and below a dialog. */
export function useKeys(keys: Readonly<Record<string, () => void>>): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (!on || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (isTyping(event.target) || document.querySelector('[role=dialog], [role=alertdialog], [role=menu]')) return;
      const run = latest.current[event.key];
      if (!run) return;
      event.preventDefault();
      run();
    };
    addEventListener('keydown', listener);
    return () => removeEventListener('keydown', listener);
  }, []);
}
