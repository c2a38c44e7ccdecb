/** Whether the server was reached by the last request. */
import { useSyncExternalStore } from 'react';

let isReached = true;
const listeners = new Set<() => void>();

export function noteReached(value: boolean): void {
  if (value === isReached) return;
  isReached = value;
  for (const listener of listeners) listener();
}
addEventListener('offline', () => noteReached(false));

const listen = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};
export const useIsReached = (): boolean => useSyncExternalStore(listen, () => isReached);

/** Calls back once the server is reached again. */
export function whenReached(then: () => void): void {
  const stop = listen(() => {
    if (!isReached) return;
    stop();
    then();
  });
}
