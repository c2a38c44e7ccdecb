import { Watched } from './watched';

/** Whether the server was reached by the last request. */
export const isReached = new Watched(true);

export const noteReached = (value: boolean): void => isReached.set(value);
addEventListener('offline', () => noteReached(false));

/** Calls back once the server is reached again. */
export function whenReached(then: () => void): void {
  const stop = isReached.listen(() => {
    if (!isReached.get()) return;
    stop();
    then();
  });
}
