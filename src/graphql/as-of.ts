/**
 * Reads objects as of an instant. An object of the past carries the context it was read in and passes it on to everything below it:
 * `asOf(at:)` returns such an object, and each of its fields is resolved at that instant. All other objects use the request's context.
 */
import {
  defaultFieldResolver,
  DirectiveLocation,
  getNamedType,
  GraphQLDirective,
  GraphQLNonNull,
  isLeafType,
  isObjectType,
  type GraphQLFieldResolver,
  type GraphQLSchema,
} from 'graphql';
import type { Context } from './context';
import { DateTimeScalar } from './scalars';

export const asOfDirective = new GraphQLDirective({
  name: 'asOf',
  description:
    'On a query operation: everything the operation reads, however deep, is read as it stood at this instant (transaction time), and judged by today’s rights. The response’s extensions.asOf says the instant that was used. An instant in the future is BAD_USER_INPUT; so is a nested instant later than this one. The same query at the same past instant gives the same data for ever; what was taken over from another system after it is answered from the times recorded there, has the basis RECORDED, and makes extensions.asOfBasis RECORDED. AS_OF_UNSETTLED: a commit in flight could still change the answer; ask again.',
  locations: [DirectiveLocation.QUERY],
  args: { at: { type: new GraphQLNonNull(DateTimeScalar), description: 'The instant.' } },
});

const READ_IN = Symbol('the context it was read in');
type Carrier = { [READ_IN]?: Context };

/**
 * Marks an answer, and everything in it, as read in a context. Objects marked already keep their mark, since they were read at an instant
 * of their own within their parent's.
 */
export function readIn<T>(context: Context, answer: T): T {
  if (answer instanceof Promise) return answer.then((value: unknown) => readIn(context, value)) as T;
  if (Array.isArray(answer)) for (const entry of answer) readIn(context, entry as unknown);
  else if (typeof answer === 'object' && answer !== null && !(answer instanceof Date))
    (answer as Carrier)[READ_IN] ??= context;
  return answer;
}

/**
 * A rejected promise in place of an exception. When one entry of a list throws synchronously, graphql-js abandons the entries it has begun,
 * and their later failures would be unhandled.
 */
const refusedLater = async (error: unknown): Promise<never> => {
  throw error;
};

/** Makes every field that leads to other objects resolve in the context of its parent object. */
export function resolveInPlace(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      if (!field.resolve && isLeafType(getNamedType(field.type))) continue;
      const resolve: GraphQLFieldResolver<unknown, Context> = field.resolve ?? defaultFieldResolver;
      field.resolve = (source, args: Record<string, unknown>, context: Context, info) => {
        const own = (source as Carrier | undefined)?.[READ_IN];
        try {
          return own ? readIn(own, resolve(source, args, own, info)) : resolve(source, args, context, info);
        } catch (error) {
          return refusedLater(error);
        }
      };
    }
  }
}
