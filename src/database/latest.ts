/**
 * What is so now, asked for all who want to know it in the same moment: while one question is under way, those who come wait for the
 * next one, since it may have been answered before what they know of was so.
 */
import DataLoader from 'dataloader';

/** Of each key; a key that several ask of is among those that are asked as often. */
export function latestOf<Key, Value>(
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

/** Of one thing. */
export function latest<Value>(ask: () => Promise<Value>): () => Promise<Value> {
  const read = latestOf<0, Value>(async (askers) => {
    const value = await ask();
    return askers.map(() => value);
  });
  return () => read(0);
}
