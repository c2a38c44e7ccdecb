import { useQueryClient } from '@tanstack/react-query';
import { CloudOff } from 'lucide-react';
import { useEffect } from 'react';
import * as t from '#text/shell';
import { useIsReached } from '../api/use-watched';
import { ask } from '../api/fetch-json';
import styles from './Shell.module.css';

const AGAIN_MS = 5_000;

/** Says that the server cannot be reached, and asks it again until it can. */
export function Connection() {
  const isReached = useIsReached();
  const queries = useQueryClient();
  useEffect(() => {
    if (isReached) return;
    // What could not be read is read then; what is shown stays as it is, as it does when others change it.
    const again = () =>
      void ask('/health/live', {}).then(
        () => queries.refetchQueries({ type: 'active', predicate: ({ state }) => state.status === 'error' }),
        () => undefined,
      );
    const timer = setInterval(again, AGAIN_MS);
    addEventListener('online', again);
    return () => {
      clearInterval(timer);
      removeEventListener('online', again);
    };
  }, [isReached, queries]);
  return (
    <div role="status" className={styles.lost}>
      {!isReached && (
        <p>
          <CloudOff size={14} strokeWidth={1.75} aria-hidden />
          {t.noConnectionToTheServer}
        </p>
      )}
    </div>
  );
}
