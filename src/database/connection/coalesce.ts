/**
 * Coalesces concurrent reads of a current value. Callers that arrive while a read is in flight share the next read, because the one in
 * flight may have been answered before the state that they must see.
 */
import DataLoader from 'dataloader';

/** Reads by key. A read covers all keys requested since the last one began, without removing duplicates. */
export function coalesceByKey<Key, Value>(
  ask: (keys: readonly Key[]) => Promise<readonly Value[]>,
): (key: Key) => Promise<Value> {
  let asking: Promise<unknown> = Promise.resolve();
  const loader = new DataLoader<Key, Value>(
    (keys) => {
      const asked = ask(keys);
      asking = asked.catch(() => undefined);
      return asked;
    },
    { cache: false, batchScheduleFn: (dispatch) => void asking.then(dispatch) },
  );
  return (key) => loader.load(key);
}

/** The same for a single value. */
export function coalesce<Value>(ask: () => Promise<Value>): () => Promise<Value> {
  const read = coalesceByKey<0, Value>(async (askers) => {
    const value = await ask();
    return askers.map(() => value);
  });
  return () => read(0);
}
