/** A rejected mutation leaves nothing behind; a test that expects an error checks that, too. */
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import type { World } from './world';

/** The amount of data written so far, by whatever path. */
export const written = (world: World): Promise<object[]> =>
  world.db.query(
    `select (select count(*) from log.change_set)::int as commits, (select count(*) from log.row_change)::int as rows,
       (select count(*) from phase_version)::int as versions, (select count(*) from log.idempotency_key)::int as keys,
       (select sum(sequence) from log.stream)::int as heads`,
  );

export type Refusal = { readonly code: string; readonly message: string } & Readonly<Record<string, unknown>>;

/** The error of a mutation, after checking that it left nothing behind. */
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
