/** One property of a database object: `trigger seal on log.stream` `fires` `always`. */
export interface CatalogueLine {
  /** The table it is listed under, or the schema, or `database`. */
  readonly place: string;
  readonly object: string;
  readonly aspect: string;
  readonly value: string;
  /** Whether it cannot affect rows, so that it may exist without a migration. */
  readonly harmless: boolean;
}

export interface CatalogueObject {
  /** The table it is listed under, or the schema, or `database`. */
  readonly place: string;
  readonly aspects: ReadonlyMap<string, string>;
  /** Whether it may exist without a migration. */
  readonly harmless: boolean;
}

/** Every object by its name, which begins with its kind. */
export type Catalogue = ReadonlyMap<string, CatalogueObject>;

export function catalogueOf(lines: readonly CatalogueLine[]): Catalogue {
  const objects = new Map<string, { place: string; aspects: Map<string, string>; harmless: boolean }>();
  for (const { place, object, aspect, value, harmless } of lines) {
    let found = objects.get(object);
    if (!found) objects.set(object, (found = { place, aspects: new Map(), harmless }));
    // Surrounding white space has no meaning and is not printed.
    found.aspects.set(aspect, value.trim());
  }
  return objects;
}

/** The schemas covered. */
export const schemasOf = (catalogue: Catalogue): string[] =>
  [...catalogue.keys()].flatMap((object) => (object.startsWith('schema ') ? object.slice('schema '.length) : []));

export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const MAIN = /^(schema|((partitioned|foreign) )?table|(materialized )?view|sequence|composite type) /;
/** The object that everything else in its place belongs to. */
export const isMain = (object: string): boolean => MAIN.test(object);
/** Whether an object is part of a table or view: a trigger, an index, a grant. */
export const isOn = (object: string, whole: string): boolean =>
  isMain(whole) && (object.endsWith(` on ${whole}`) || object.endsWith(` on ${whole.replace(MAIN, '')}`));
