/**
 * The catalogue as it must be: what the migrations make of an empty database, printed into prisma/catalogue.txt, so that the
 * effect of each migration is read in its diff and a live database can be held against it. Without it, whatever surrounds the
 * log (a constraint, a view, a right) could be changed, and every hash would still be right.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readCatalogue, type CatalogueLine } from '../database/catalogue';
import { policyDifferences } from '../database/phase-policies';
import type { Db } from '../database/database';
import { projectRoot } from '../env';

export interface CatalogueObject {
  /** The table it is told with, or the schema, or `database`. */
  readonly place: string;
  readonly aspects: ReadonlyMap<string, string>;
  /** Whether it may be there although no migration made it. */
  readonly harmless: boolean;
}

/** Every object by its name, in which its kind comes first. */
export type Catalogue = ReadonlyMap<string, CatalogueObject>;

/** Something that is there and was not made by a migration, and may be there as long as it is as it was. */
export interface CatalogueException {
  readonly object: string;
  readonly definition: string;
}

export interface Difference {
  readonly place: string;
  readonly object: string;
  readonly kind: 'missing' | 'unexpected' | 'changed';
  /** A sentence without its full stop. */
  readonly problem: string;
}

/** Objects of the watch over changes of the schema. They are made by a superuser; without any of them, the watch is off. */
const isOfWatch = (object: string): boolean => /\bphaseledger_watch/.test(object);
const isTrigger = (object: string): boolean => object.startsWith('event trigger ');

export const catalogueFile = path.join(projectRoot, 'prisma', 'catalogue.txt');

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

// ── as a text ───────────────────────────────────────────────────────────────────────────────────────────────────────

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const MAIN = /^(schema|((partitioned|foreign) )?table|(materialized )?view|sequence|composite type) /;
/** What everything else of its place belongs to. */
const isMain = (object: string): boolean => MAIN.test(object);
/** Whether an object is on a table or a view: its triggers, its indexes, somebody's rights on it. */
export const isOn = (object: string, whole: string): boolean =>
  isMain(whole) && (object.endsWith(` on ${whole}`) || object.endsWith(` on ${whole.replace(MAIN, '')}`));

/** The aspects of an object, each in a line, or below its name where it has several. */
export function printDefinition({ aspects }: Pick<CatalogueObject, 'aspects'>): string {
  return [...aspects]
    .sort(([a], [b]) => byText(a, b))
    .map(([aspect, value]) =>
      value.includes('\n') ? `  ${aspect}:\n${value.replaceAll(/^(?=.)/gm, '    ')}\n` : `  ${aspect}: ${value}\n`,
    )
    .join('');
}

export function printCatalogue(catalogue: Catalogue): string {
  const places = new Map<string, string[]>();
  for (const [object, { place }] of catalogue) places.set(place, [...(places.get(place) ?? []), object]);
  return [...places]
    .sort(([a], [b]) => byText(a, b))
    .map(([place, objects]) => {
      const order = (object: string) => `${isMain(object) ? 0 : 1}${object}`;
      const texts = objects
        .sort((a, b) => byText(order(a), order(b)))
        .map((object) => `${object}\n${printDefinition(catalogue.get(object)!)}`);
      return `# ${place}\n\n${texts.join('')}`;
    })
    .join('\n');
}

export function parseCatalogue(text: string): Catalogue {
  const objects = new Map<string, CatalogueObject & { aspects: Map<string, string> }>();
  let place = '';
  let aspects = new Map<string, string>();
  let aspect = '';
  let lines: string[] = [];
  const close = () => {
    if (aspect) aspects.set(aspect, lines.join('\n').trim());
    [aspect, lines] = ['', []];
  };
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('    ')) lines.push(line.slice(4));
    else {
      close();
      if (line.startsWith('# ')) place = line.slice(2);
      else if (line.startsWith('  ')) {
        const colon = line.indexOf(':');
        aspect = line.slice(2, colon);
        lines = [line.slice(colon + 2)];
      } else {
        aspects = new Map();
        objects.set(line, { place, aspects, harmless: false });
      }
    }
  }
  close();
  return objects;
}

let made: Catalogue | undefined;
/** What the migrations of this release make. */
export function expectedCatalogue(): Catalogue {
  made ??= parseCatalogue(readFileSync(catalogueFile, 'utf8'));
  return made;
}

const schemasOf = (catalogue: Catalogue): string[] =>
  [...catalogue.keys()].flatMap((object) => (object.startsWith('schema ') ? object.slice('schema '.length) : []));

// ── holding one against the other ───────────────────────────────────────────────────────────────────────────────────

const quoted = (text: string | undefined): string =>
  text === undefined ? 'nothing' : `“${text.length > 160 ? `${text.slice(0, 160)} …` : text}”`;

/** How an aspect differs; of a long text, in which line it begins to. */
function changeOf(aspect: string, expected: string | undefined, found: string | undefined): string {
  const [before, after] = [expected?.split('\n') ?? [], found?.split('\n') ?? []];
  if (expected === undefined || found === undefined || Math.max(before.length, after.length) < 2)
    return `${aspect}: found ${quoted(found)}, expected ${quoted(expected)}`;
  const line = Array.from({ length: Math.max(before.length, after.length) }).findIndex(
    (_, index) => before[index] !== after[index],
  );
  return `${aspect}, line ${line + 1}: found ${quoted(after[line]?.trim())}, expected ${quoted(before[line]?.trim())}`;
}

/** Every object that is missing, was added or is not as it was made, and was not allowed. */
export function differencesOf(
  expected: Catalogue,
  live: Catalogue,
  exceptions: readonly CatalogueException[] = [],
): Difference[] {
  const allowed = new Map(exceptions.map(({ object, definition }) => [object, definition]));
  const found: Difference[] = [];
  for (const [object, { place, aspects }] of expected) {
    const there = live.get(object);
    if (!there) {
      found.push({ place, object, kind: 'missing', problem: `${object} is missing` });
      continue;
    }
    const changes = [...new Set([...aspects.keys(), ...there.aspects.keys()])]
      .filter((aspect) => aspects.get(aspect) !== there.aspects.get(aspect))
      .map((aspect) => changeOf(aspect, aspects.get(aspect), there.aspects.get(aspect)));
    if (changes.length > 0)
      found.push({ place, object, kind: 'changed', problem: `${object} is changed (${changes.join('; ')})` });
  }
  for (const [object, there] of live) {
    if (expected.has(object) || there.harmless) continue;
    const definition = allowed.get(object);
    if (definition === printDefinition(there)) continue;
    const why = definition === undefined ? 'no migration made it' : 'it is not as it was when it was allowed';
    found.push({ place: there.place, object, kind: 'unexpected', problem: `${object} is there, and ${why}` });
  }
  return withoutParts(found).sort((a, b) => byText(a.object, b.object));
}

/** Where a whole table is missing, or is one too many, so is everything that is on it. */
function withoutParts(differences: readonly Difference[]): Difference[] {
  const wholes = differences.filter(({ kind, object }) => kind !== 'changed' && isMain(object));
  return differences.filter(
    ({ kind, object }) => !wholes.some((whole) => whole.kind === kind && isOn(object, whole.object)),
  );
}

/**
 * What the migrations made of a database in which there is nothing else.
 * @param tx a transaction, whose settings are changed to its end
 */
export async function madeCatalogue(tx: Db): Promise<Catalogue> {
  const schemas = await tx.query<{ name: string }>(
    `select nspname::text as name from pg_namespace where nspname = 'public' or oid >= 16384 and nspname !~ '^pg_'`,
  );
  return catalogueOf(
    await readCatalogue(
      tx,
      schemas.map(({ name }) => name),
    ),
  );
}

export interface LiveCatalogue {
  readonly live: Catalogue;
  /** How many objects are as they must be. */
  readonly objects: number;
  readonly differences: readonly Difference[];
  /** What is there because it was allowed. */
  readonly exceptions: readonly CatalogueException[];
  /** Whether every change of the schema is recorded as it happens. */
  readonly isWatched: boolean;
}

/**
 * The live catalogue, held against what the migrations make.
 * @param tx a transaction, whose settings are changed to its end
 */
export async function holdCatalogue(tx: Db): Promise<LiveCatalogue> {
  const live = catalogueOf(await readCatalogue(tx, schemasOf(expectedCatalogue())));
  const isWatched = [...live.keys()].some((object) => isTrigger(object) && isOfWatch(object));
  const expected = isWatched ? expectedCatalogue() : withoutWatch(expectedCatalogue());
  const differences = differencesOf(expected, live);
  const exceptions = await readExceptions(tx, differences);
  const notAllowed = exceptions.length > 0 ? differencesOf(expected, live, exceptions) : differences;
  if (!isWatched && (await wasWatched(tx, differences))) notAllowed.push(watchIsOff);
  const known = [...expected.keys()].filter((object) => live.has(object)).length;
  return {
    live,
    objects: known - notAllowed.filter(({ kind }) => kind === 'changed').length,
    differences: [...notAllowed, ...(await otherPolicies(tx, differences))],
    exceptions: exceptions.filter(({ object }) => live.has(object)),
    isWatched,
  };
}

const withoutWatch = (catalogue: Catalogue): Catalogue =>
  new Map([...catalogue].filter(([object, { place }]) => !isOfWatch(object) && !isOfWatch(place)));

const watchIsOff: Difference = {
  place: 'database',
  object: 'event trigger phaseledger_watch_changes',
  kind: 'missing',
  problem: 'changes of the schema were recorded once, and are not any more',
};

/** What the database guards of the phases is part of how it is made, although it is rows. */
async function otherPolicies(tx: Db, differences: readonly Difference[]): Promise<Difference[]> {
  const found = await policyDifferences(tx, (table) => !isDoubtful(`public.${table}`, differences));
  return found.map(({ table, row, kind }) => ({
    place: table,
    object: `row ${row} of table public.${table}`,
    kind,
    problem: `row ${row} is ${kind}, held against what the phases declare`,
  }));
}

/** Whether a table is not as it must be, or out of reach, so that what it says is worth nothing. */
const isDoubtful = (table: string, differences: readonly Difference[]): boolean =>
  differences.some(({ object }) => object === `table ${table}` || object === 'schema public');

async function wasWatched(tx: Db, differences: readonly Difference[]): Promise<boolean> {
  if (isDoubtful('public.schema_changes', differences)) return false;
  const [found] = await tx.query<{ any: boolean }>('select exists (select from public.schema_changes) as any');
  return found!.any;
}

/** What is allowed. A list that is not what it must be allows nothing. */
function readExceptions(tx: Db, differences: readonly Difference[]): Promise<CatalogueException[]> {
  if (differences.length === 0 || isDoubtful('public.catalogue_exceptions', differences)) return Promise.resolve([]);
  return tx.query<CatalogueException>('select object, definition from public.catalogue_exceptions');
}
