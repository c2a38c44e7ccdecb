/**
 * The expected catalogue: prisma/catalogue.txt lists every object that the migrations create in an empty database. Each migration's effect
 * shows in its diff, and a live database can be compared with it. Without it, somebody could change what surrounds the log (a constraint, a
 * view, a grant) while every hash stays right.
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
import { readCatalogue } from '../database/deployment/catalogue';
import { policyDifferences } from '../database/deployment/phase-policies';
import type { Db } from '../database/connection/database';
import { projectRoot } from '../env';

/** The objects of the schema watch. A superuser creates them; if none exists, the watch is off. */
const isOfWatch = (object: string): boolean => /\bphaseledger_watch/.test(object);
const isTrigger = (object: string): boolean => object.startsWith('event trigger ');

export const catalogueFile = path.join(projectRoot, 'prisma', 'catalogue.txt');

let made: Catalogue | undefined;
/** What this release's migrations create. */
export function expectedCatalogue(): Catalogue {
  made ??= parseCatalogue(readFileSync(catalogueFile, 'utf8'));
  return made;
}

/**
 * The catalogue of a database that contains nothing but what the migrations created.
 * @param tx a transaction; its settings are changed until it ends
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
  /** The number of objects that are as expected. */
  readonly objects: number;
  readonly differences: readonly Difference[];
  /** Additional objects that were allowed. */
  readonly exceptions: readonly CatalogueException[];
  /** Whether every schema change is recorded as it happens. */
  readonly isWatched: boolean;
}

/**
 * Compares the live catalogue with the expected one.
 * @param tx a transaction; its settings are changed until it ends
 * @param arePoliciesWritten whether the caller has just written the phase policies
 */
export async function checkCatalogue(tx: Db, arePoliciesWritten = false): Promise<LiveCatalogue> {
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
  problem: 'schema changes were once recorded, and no longer are',
};

/** Phase policies count as part of the catalogue, although they are rows. */
async function otherPolicies(tx: Db, differences: readonly Difference[]): Promise<Difference[]> {
  const found = await policyDifferences(tx, (table) => !isDoubtful(`public.${table}`, differences));
  return found.map(({ table, row, kind }) => ({
    place: table,
    object: `row ${row} of table public.${table}`,
    kind,
    problem: `row ${row} is ${kind}, held against what the phases declare`,
  }));
}

/** Whether a table is not as expected or unreadable, so that its rows cannot be trusted. */
const isDoubtful = (table: string, differences: readonly Difference[]): boolean =>
  differences.some(({ object }) => object === `table ${table}` || object === 'schema public');

async function wasWatched(tx: Db, differences: readonly Difference[]): Promise<boolean> {
  if (isDoubtful('public.schema_changes', differences)) return false;
  const [found] = await tx.query<{ any: boolean }>('select exists (select from public.schema_changes) as any');
  return found!.any;
}

/** The allowed objects. If the table that lists them is not as expected, nothing is allowed. */
function readExceptions(tx: Db, differences: readonly Difference[]): Promise<CatalogueException[]> {
  if (differences.length === 0 || isDoubtful('public.catalogue_exceptions', differences)) return Promise.resolve([]);
  return tx.query<CatalogueException>('select object, definition from public.catalogue_exceptions');
}
