/**
 * Global identification: one opaque id for every object that can be asked for again (Relay's Node). Clients keep what they are
 * told under it, so an object that is read in the past has another than today's: its id carries the instant.
 */
import { Ctx, FieldResolver, ID, InterfaceType, Resolver, Root } from 'type-graphql';
import { Context } from './context';
import { globalId } from './global-id';

@InterfaceType('Node', { description: 'An object that can be fetched again by its id.' })
export abstract class Node {
  readonly __typename!: string;
  /** What tells it from the others of its type. */
  readonly nodeKey!: string | number;
  /** That nothing can be told of it that is not the same at all times: it has one id, whenever it is read. */
  readonly isTimeless?: boolean;
}

@Resolver(() => Node)
export class NodeResolver {
  @FieldResolver(() => ID, {
    description:
      'An opaque id, unique among all objects of the API at all times: what was read as of an instant has another than what is read now. `node(id:)` takes it, and answers as of that instant.',
  })
  id(@Root() { __typename, nodeKey, isTimeless = false }: Node, @Ctx() { past }: Context): string {
    return globalId(__typename, nodeKey, isTimeless ? null : past?.at);
  }
}
