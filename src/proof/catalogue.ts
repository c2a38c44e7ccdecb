/**
 * The catalogue as it must be: what the migrations make of an empty database, printed into prisma/catalogue.txt, so that the
 * effect of each migration is read in its diff and a live database can be held against it. Without it, whatever surrounds the
 * log (a constraint, a view, a right) could be changed, and every hash would still be right.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  catalogueOf,
  differencesOf,
  parseCatalogue,
  schemasOf,
  type Catalogue,
  type CatalogueException,
  type Difference,
} from '../../packages/pg-catalogue';
import { readCatalogue } from '../database/catalogue';
import { policyDifferences } from '../database/phase-policies';
import type { Db } from '../database/database';
import { projectRoot } from '../env';

/** Objects of the watch over changes of the schema. They are made by a superuser; without any of them, the watch is off. */
const isOfWatch = (object: string): boolean => /\bphaseledger_watch/.test(object);
const isTrigger = (object: string): boolean => object.startsWith('event trigger ');

export const catalogueFile = path.join(projectRoot, 'prisma', 'catalogue.txt');

let made: Catalogue | undefined;
/** What the migrations of this release make. */
export function expectedCatalogue(): Catalogue {
  made ??= parseCatalogue(readFileSync(catalogueFile, 'utf8'));
  return made;
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
 * @param arePoliciesWritten whether the caller has just written what the database guards of the phases
 */
export async function holdCatalogue(tx: Db, arePoliciesWritten = false): Promise<LiveCatalogue> {
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
    differences: arePoliciesWritten ? notAllowed : [...notAllowed, ...(await otherPolicies(tx, differences))],
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
