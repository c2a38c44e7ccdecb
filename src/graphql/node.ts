/**
 * Global identification: one opaque id for every object that can be asked for again (Relay's Node). Clients keep what they are
 * told under it, so an object that is read in the past has another than today's: its id carries the instant.
 */
import type { GraphQLResolveInfo } from 'graphql';
import { Ctx, FieldResolver, ID, Info, InterfaceType, Resolver, Root } from 'type-graphql';
import { Context } from './context';
import { globalId } from './global-id';
import { leadsToChange } from './lasting';

@InterfaceType('Node', { description: 'An object that can be fetched again by its id.' })
export abstract class Node {
  readonly __typename!: string;
  /** What tells it from the others of its type. */
  readonly nodeKey!: string | number;
  /** Whether it is the same at all times from now on. */
  readonly lasts?: boolean | ((context: Context) => Promise<boolean>);
}

@Resolver(() => Node)
export class NodeResolver {
  @FieldResolver(() => ID, {
    description:
      'An opaque id, unique among all objects of the API at all times: what was read as of an instant has another than what is read now, but for what can never change, as long as nothing is asked of it that leads to what can. `node(id:)` takes it, and answers as of its instant.',
  })
  async id(@Root() node: Node, @Ctx() context: Context, @Info() info: GraphQLResolveInfo): Promise<string> {
    const { __typename, nodeKey, lasts = false } = node;
    const hasOneId =
      !context.past || (lasts !== false && !leadsToChange(info) && (lasts === true || (await lasts(context))));
    return globalId(__typename, nodeKey, hasOneId ? null : context.past!.at);
  }
}
