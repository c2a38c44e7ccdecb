import { useSyncExternalStore } from 'react';
import { isReached } from './connection';
import { token } from './session';
import type { Watched } from './watched';

const useWatched = <T>(watched: Watched<T>): T => useSyncExternalStore(watched.listen, watched.get);

/** Whether the server was reached by the last request. */
export const useIsReached = (): boolean => useWatched(isReached);
export const useToken = (): string | null => useWatched(token);
