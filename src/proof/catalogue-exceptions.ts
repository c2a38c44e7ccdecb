/**
 * Customers' own database objects are allowed one by one, in their current form and with a reason, which the log of the reference data
 * records.
 */
import { isOn, printDefinition } from '../../packages/pg-catalogue';
import type { Db } from '../database/connection/database';
import { operator } from '../database/deployment/operator';
import { checkCatalogue } from './catalogue';

export interface ListedException {
  readonly object: string;
  readonly reason: string;
  readonly definition: string;
}

export const listedExceptions = (tx: Db): Promise<ListedException[]> =>
  tx.query('select object, reason, definition from public.catalogue_exceptions order by object');

/**
 * Allows an object that no migration created, with everything attached to it, in its current form. Objects that a migration created can be
 * allowed neither to differ nor to be missing.
 * @param tx a transaction of the owner; its settings are changed until it ends
 * @returns the objects allowed from now on
 */
export async function allow(tx: Db, name: string, reason: string): Promise<string[]> {
  const { live, differences } = await checkCatalogue(tx);
  const objects = [...live.keys()].filter((object) => object === name || isOn(object, name)).sort();
  if (!differences.some(({ object, kind }) => object === name && kind === 'unexpected'))
    throw new Error(
      `There is no “${name}” to allow. What can be allowed is what "npm run -s catalogue" says that no migration made.`,
    );
  await state(tx, 'allow', reason);
  await tx.query(
    `insert into public.catalogue_exceptions (object, definition, reason)
     select object, definition, $3 from unnest($1::text[], $2::text[]) x(object, definition)
     on conflict (object) do update set definition = excluded.definition, reason = excluded.reason`,
    [objects, objects.map((object) => printDefinition(live.get(object)!)), reason],
  );
  return objects;
}

/** Revokes an allowance, with everything attached to the object. */
export async function forbid(tx: Db, name: string, reason: string): Promise<string[]> {
  const listed = (await listedExceptions(tx)).map(({ object }) => object);
  const gone = listed.filter((object) => object === name || isOn(object, name));
  if (gone.length === 0) throw new Error(`“${name}” is not allowed, so there is nothing to take back.`);
  await state(tx, 'forbid', reason);
  await tx.query('delete from public.catalogue_exceptions where object = any ($1::text[])', [gone]);
  return gone;
}

const state = (tx: Db, what: string, reason: string) =>
  tx.query('select log.state($1, $2, $3)', [`catalogue ${what}`, reason, operator()]);
