/** The kinds of loaders. Whatever is asked of one in the same moment is one statement, and comes back in the order it was asked. */
import DataLoader from 'dataloader';
import type { Db } from '../../database/database';
import { groupBy } from '../../group-by';
import { fullPhaseOf, phaseOf } from '../../phases';
import type { FullPhase } from '../../versioning/phase';

/** The row of each key, or null. */
export function oneOfEach<K, Row>(keys: readonly K[], rows: readonly Row[], keyOf: (row: Row) => K): (Row | null)[] {
  const found = new Map(rows.map((row) => [keyOf(row), row]));
  return keys.map((key) => found.get(key) ?? null);
}

/** All rows of each key, in the order in which they came. */
export function allOfEach<K, Row>(keys: readonly K[], rows: readonly Row[], keyOf: (row: Row) => K): Row[][] {
  const found = groupBy(rows, keyOf);
  return keys.map((key) => found.get(key) ?? []);
}

type RowsOf<K, Row> = (db: Db, keys: readonly K[]) => Promise<Row[]>;

/** By id: null where there is none. */
export const byId = <K extends string | number, Name extends string, Row extends { readonly [key in Name]: K }, Made>(
  db: Db,
  load: RowsOf<K, Row>,
  name: Name,
  make: (row: Row) => Made,
) =>
  new DataLoader<K, Made | null>(async (ids) =>
    oneOfEach(ids, await load(db, ids), (row) => row[name]).map((row) => row && make(row)),
  );

/** By foreign key: all rows that belong to the key. */
export const byForeignKey = <Name extends string, Row extends { readonly [key in Name]: string }>(
  db: Db,
  load: RowsOf<string, Row>,
  name: Name,
) => new DataLoader<string, Row[]>(async (keys) => allOfEach(keys, await load(db, keys), (row) => row[name]));

/** By a key of several parts, which a text stands for. */
export const byKey = <K, V>(textOf: (key: K) => string, load: (keys: readonly K[]) => Promise<V[]>) =>
  new DataLoader<K, V, string>(load, { cacheKeyFn: textOf });

/** By a key within a phase: each phase that occurs is one statement on its own tables. */
export function within<P, K, V>(
  declared: (phase: string) => P,
  textOf: (key: K) => string,
  load: (phase: P, keys: readonly K[]) => Promise<V[]>,
) {
  type PhaseKey = K & { readonly phase: string };
  return new DataLoader<PhaseKey, V, string>(
    async (keys) => {
      const byPhase = groupBy(keys.entries(), ([, { phase }]) => phase);
      const results = new Array<V>(keys.length);
      await Promise.all(
        [...byPhase].map(async ([phase, entries]) => {
          const keysOfPhase = entries.map(([, key]) => key);
          const loaded = await load(declared(phase), keysOfPhase);
          entries.forEach(([index], n) => (results[index] = loaded[n]!));
        }),
      );
      return results;
    },
    { cacheKeyFn: (key) => `${key.phase} ${textOf(key)}` },
  );
}

type Ids<Name extends string> = { readonly [key in Name]: string };
const withinById =
  <P>(declared: (phase: string) => P) =>
  <Name extends string, V>(name: Name, load: (phase: P, ids: readonly string[]) => Promise<V[]>) =>
    within(
      declared,
      (key: Ids<Name>) => key[name],
      (phase: P, keys) =>
        load(
          phase,
          keys.map((key) => key[name]),
        ),
    );

/** By an id within a phase. */
export const withinPhase = withinById(phaseOf);
/** The same, for what only phases with items have. */
export const withinFullPhase = withinById<FullPhase>(fullPhaseOf);

/** One loader for each description that occurs, made when it is first asked for. */
export function described<Description extends readonly unknown[], L>(
  make: (...description: Description) => L,
): (...description: Description) => L {
  const loaders = new Map<string, L>();
  return (...description) => {
    const key = JSON.stringify(description);
    let loader = loaders.get(key);
    if (!loader) loaders.set(key, (loader = make(...description)));
    return loader;
  };
}
