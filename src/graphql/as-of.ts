/**
 * Objects of the past carry the context they were read in, and hand it on to everything below them: `asOf(at:)` answers with
 * such an object, and each field of it is resolved at that instant. Elsewhere the context is the request's.
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
 * Marks an answer, and what is in it, as read in a context. What is marked already keeps its mark: it was read at an instant
 * of its own, within the one that its parent was read at.
 */
export function readIn<T>(context: Context, answer: T): T {
  if (answer instanceof Promise) return answer.then((value: unknown) => readIn(context, value)) as T;
  if (Array.isArray(answer)) for (const entry of answer) readIn(context, entry as unknown);
  else if (typeof answer === 'object' && answer !== null && !(answer instanceof Date))
    (answer as Carrier)[READ_IN] ??= context;
  return answer;
}

/**
 * A refusal that somebody waits for. graphql-js leaves the entries of a list that it has begun when one of them throws at once;
 * what fails in those later would be nobody's.
 */
const refusedLater = async (error: unknown): Promise<never> => {
  throw error;
};

/** Makes every field that leads on to others resolve in the context of the object it belongs to. */
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
