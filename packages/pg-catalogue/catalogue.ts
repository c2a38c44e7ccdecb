/** One aspect of one object: `trigger seal on log.stream` `fires` `always`. */
export interface CatalogueLine {
  /** The table it is told with, or the schema, or `database`. */
  readonly place: string;
  readonly object: string;
  readonly aspect: string;
  readonly value: string;
  /** Whether it can do nothing to a row, so that it may be there although no migration made it. */
  readonly harmless: boolean;
}

export interface CatalogueObject {
  /** The table it is told with, or the schema, or `database`. */
  readonly place: string;
  readonly aspects: ReadonlyMap<string, string>;
  /** Whether it may be there although no migration made it. */
  readonly harmless: boolean;
}

/** Every object by its name, in which its kind comes first. */
export type Catalogue = ReadonlyMap<string, CatalogueObject>;

export function catalogueOf(lines: readonly CatalogueLine[]): Catalogue {
  const objects = new Map<string, { place: string; aspects: Map<string, string>; harmless: boolean }>();
  for (const { place, object, aspect, value, harmless } of lines) {
    let found = objects.get(object);
    if (!found) objects.set(object, (found = { place, aspects: new Map(), harmless }));
    // What surrounds a text says nothing, and is not printed.
    found.aspects.set(aspect, value.trim());
  }
  return objects;
}

/** The schemas that are in it. */
export const schemasOf = (catalogue: Catalogue): string[] =>
  [...catalogue.keys()].flatMap((object) => (object.startsWith('schema ') ? object.slice('schema '.length) : []));

export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const MAIN = /^(schema|((partitioned|foreign) )?table|(materialized )?view|sequence|composite type) /;
/** What everything else of its place belongs to. */
export const isMain = (object: string): boolean => MAIN.test(object);
/** Whether an object is on a table or a view: its triggers, its indexes, somebody's rights on it. */
export const isOn = (object: string, whole: string): boolean =>
  isMain(whole) && (object.endsWith(` on ${whole}`) || object.endsWith(` on ${whole.replace(MAIN, '')}`));
