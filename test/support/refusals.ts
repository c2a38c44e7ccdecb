/** A refused mutation leaves nothing behind: a test that expects a refusal makes sure of that, too. */
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import type { World } from './world';

/** How much has been written so far, by whatever path. */
export const written = (world: World): Promise<object[]> =>
  world.db.query(
    `select (select count(*) from log.change_set)::int as commits, (select count(*) from log.row_change)::int as rows,
       (select count(*) from phase_version)::int as versions, (select count(*) from log.idempotency_key)::int as keys,
       (select sum(sequence) from log.stream)::int as heads`,
  );

export type Refusal = { readonly code: string; readonly message: string } & Readonly<Record<string, unknown>>;

/** The refusal of a mutation, once it is certain that it left nothing behind. */
export async function refusalOf<Data, Input extends object>(
  world: World,
  userId: number | null,
  mutation: TypedDocumentNode<Data, { input: Input }> | string,
  input: Input,
): Promise<Refusal> {
  const before = await written(world);
  const { errors } = await world.ask(userId, typeof mutation === 'string' ? mutation : print(mutation), { input });
  expect(await written(world)).toEqual(before);
  if (!errors?.[0]) throw new Error('the mutation was accepted');
  return { message: errors[0].message, ...errors[0].extensions };
}
