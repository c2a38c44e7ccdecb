import 'reflect-metadata';
import {
  getNullableType,
  GraphQLInputObjectType,
  isAbstractType,
  isObjectType,
  lexicographicSortSchema,
  printSchema,
  specifiedDirectives,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { buildSchemaSync } from 'type-graphql';
import { takeoverResolvers } from '../legacy/graphql/imported.resolver';
import { asOfDirective, resolveInPlace } from './as-of';
import type { Context } from './context';
import { answerAsDeclared, Roots } from './declare';
import { ONE_OF_INPUTS } from './phase/inputs';
import { takeNodeIds } from './node-ids';
import { takeNullsAsLeftOut } from './nulls';
import { DateTimeScalar } from './scalars';
import './change-log/change-log-reads.resolver';
import './change-log/change-log.resolver';
import './change-log/proof.resolver';
import './diff/diff.resolver';
import './live/live.resolver';
import './live/presence.resolver';
import './metrics/figure-table.resolver';
import './metrics/figures.resolver';
import './metrics/metrics.resolver';
import './notices/notices.resolver';
import './packs/packs.resolver';
import './people/people.resolver';
import './people/register-mutations.resolver';
import './phase/commands';
import './search/search.resolver';
import './version/history.resolver';
import './version/items.resolver';
import './version/nodes';
import './version/review-queue.resolver';
import './version/version-mutations.resolver';
import './version/version.resolver';
import './version/versions.resolver';
import './webhooks/webhooks.resolver';
import './work/work.resolver';
import './workflow/data-owners.resolver';
import './workflow/phase.resolver';
import './workflow/workflow.resolver';

const unused = (): never => {
  throw new Error('Nothing is published: subscriptions follow the log.');
};

/** Builds the executable schema from the code. */
function buildSchema(): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: [Roots, ...takeoverResolvers],
    directives: [...specifiedDirectives, asOfDirective],
    scalarsMap: [{ type: Date, scalar: DateTimeScalar }],
    pubSub: { publish: unused, subscribe: unused }, // without one it makes no subscriptions; ours follow the log
    validate: false, // the services check input themselves; class-validator would walk every item of a bulk input
  });
  for (const type of Object.values(schema.getTypeMap())) {
    // Every object says its type, so no abstract type has to be resolved by trying (and none asynchronously).
    if (isAbstractType(type)) type.resolveType = (value) => (value as { __typename: string }).__typename;
    if (isObjectType(type)) {
      type.isTypeOf = undefined;
      answerAsDeclared(type as GraphQLObjectType<unknown, Context>);
    }
    // type-graphql prints @oneOf but does not enforce it; graphql-js does, when the type says so.
    if (type instanceof GraphQLInputObjectType && ONE_OF_INPUTS.includes(type.name)) type.isOneOf = true;
  }
  // type-graphql makes these two by itself and leaves no room for words.
  schema.getQueryType()!.description = 'What can be read; everything only as far as the viewer may see it.';
  schema.getMutationType()!.description =
    'What can be done. Each field is one transaction and one commit in the log, in the order in which they are written.';
  takeNodeIds(schema);
  schema.getSubscriptionType()!.description =
    'What is told as it happens, as server-sent events (`Accept: text/event-stream`): who may see it is judged anew each time.';
  takeNullsAsLeftOut(schema);
  // A root field that is refused must not hide what its siblings answered, or have done already.
  for (const root of [schema.getQueryType()!, schema.getMutationType()!])
    for (const field of Object.values(root.getFields())) field.type = getNullableType(field.type);
  resolveInPlace(schema);
  return schema;
}

let made: GraphQLSchema | undefined;

/** The schema, which is one for all servers of a process: it takes as long to build as a hundred requests, and nobody changes it. */
export const makeSchema = (): GraphQLSchema => (made ??= buildSchema());

/** The schema as it is committed: sorted, so that a diff shows what changed. */
export const printedSchema = (schema: GraphQLSchema): string => `${printSchema(lexicographicSortSchema(schema))}\n`;
