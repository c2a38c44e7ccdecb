/** The kinds of loaders. All keys requested in the same tick become one statement, and results come back in the order of the keys. */
import DataLoader from 'dataloader';
import { groupBy } from '../../group-by';
import type { Db } from './database';

/** The row for each key, or null. */
const oneOfEach = <K, Row>(keys: readonly K[], rows: readonly Row[], keyOf: (row: Row) => K): (Row | null)[] => {
  const found = new Map(rows.map((row) => [keyOf(row), row]));
  return keys.map((key) => found.get(key) ?? null);
};

/** All rows for each key, in the order in which they were read. */
const allOfEach = <K, Row>(keys: readonly K[], rows: readonly Row[], keyOf: (row: Row) => K): Row[][] => {
  const found = groupBy(rows, keyOf);
  return keys.map((key) => found.get(key) ?? []);
};

type RowsOf<K, Row> = (db: Db, keys: readonly K[]) => Promise<Row[]>;
type Ids<Name extends string> = { readonly [key in Name]: string };

/** Makes nothing of a row: for loaders that return rows unchanged. */
export const itself = <Row>(row: Row): Row => row;

/** Loads by id; null if there is no such row. */
export const byId = <K extends string | number, Name extends string, Row extends { readonly [key in Name]: K }, Made>(
  db: Db,
  load: RowsOf<K, Row>,
  name: Name,
  make: (row: Row) => Made,
) =>
  new DataLoader<K, Made | null>(async (ids) =>
    oneOfEach(ids, await load(db, ids), (row) => row[name]).map((row) => row && make(row)),
  );

/** Loads by foreign key: all rows that belong to the key. */
export const byForeignKey = <Name extends string, Row extends Ids<Name>>(
  db: Db,
  load: RowsOf<string, Row>,
  name: Name,
) => new DataLoader<string, Row[]>(async (keys) => allOfEach(keys, await load(db, keys), (row) => row[name]));

/** Loads by a composite key, for which a text stands; null if there is no such row. */
export const byParts = <Key, K extends Key, Row extends Key, Made>(
  textOf: (key: Key) => string,
  load: (keys: readonly K[]) => Promise<Row[]>,
  make: (row: Row) => Made,
) =>
  new DataLoader<K, Made | null, string>(
    async (keys) => oneOfEach(keys.map(textOf), await load(keys), textOf).map((row) => row && make(row)),
    { cacheKeyFn: textOf },
  );

/** Loads by a key within a phase: one statement on the phase's own tables for each phase that occurs. */
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

type RowsWithin<P, Row> = (db: Db, phase: P, ids: readonly string[]) => Promise<Row[]>;

/** Makes a loader by (phase, id) that turns the rows of each id into its result. */
const madeWithin = <P, Name extends string, Row, Made>(
  db: Db,
  declared: (phase: string) => P,
  name: Name,
  load: RowsWithin<P, Row>,
  make: (ids: readonly string[], rows: readonly Row[]) => Made[],
) =>
  within(
    declared,
    (key: Ids<Name>) => key[name],
    async (phase, keys) => {
      const ids = keys.map((key) => key[name]);
      return make(ids, await load(db, phase, ids));
    },
  );

/** Loads the row of an id within a phase. */
export const oneWithin = <P, Name extends string, Row extends Ids<Name>, Made>(
  db: Db,
  declared: (phase: string) => P,
  name: Name,
  load: RowsWithin<P, Row>,
  make: (row: Row | null, id: string) => Made,
) =>
  madeWithin(db, declared, name, load, (ids, rows) =>
    oneOfEach(ids, rows, (row) => row[name]).map((row, index) => make(row, ids[index]!)),
  );

/**
 * Loads all rows that belong to an id within a phase.
 * @param column the column in which a row has the id
 */
export const allWithin = <P, Name extends string, Column extends string, Row extends Ids<Column>, Made>(
  db: Db,
  declared: (phase: string) => P,
  [name, column]: readonly [name: Name, column: Column],
  load: RowsWithin<P, Row>,
  make: (rows: Row[]) => Made,
) =>
  madeWithin(db, declared, name, load, (ids, rows) =>
    allOfEach(ids, rows, (row) => row[column]).map((own) => make(own)),
  );

/** Keeps one loader for each description that occurs, made on first use. */
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
