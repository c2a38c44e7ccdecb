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
    pubSub: { publish: unused, subscribe: unused }, // type-graphql needs one to make subscriptions; ours follow the log instead
    validate: false, // the services validate input; class-validator would walk every item of a bulk input
  });
  for (const type of Object.values(schema.getTypeMap())) {
    // Every object states its type, so abstract types resolve synchronously and without trial.
    if (isAbstractType(type)) type.resolveType = (value) => (value as { __typename: string }).__typename;
    if (isObjectType(type)) {
      type.isTypeOf = undefined;
      answerAsDeclared(type as GraphQLObjectType<unknown, Context>);
    }
    // type-graphql prints @oneOf without enforcing it; graphql-js enforces it if the type has this flag.
    if (type instanceof GraphQLInputObjectType && ONE_OF_INPUTS.includes(type.name)) type.isOneOf = true;
  }
  // type-graphql creates these two itself, without a way to describe them.
  schema.getQueryType()!.description = 'What can be read; everything only as far as the viewer may see it.';
  schema.getMutationType()!.description =
    'What can be done. Each field is one transaction and one commit in the log, in the order in which they are written.';
  takeNodeIds(schema);
  schema.getSubscriptionType()!.description =
    'Events as they happen, as server-sent events (`Accept: text/event-stream`): who may see an event is decided anew each time.';
  takeNullsAsLeftOut(schema);
  // A refused root field must not null out its siblings, which were answered or, in mutations, already done.
  for (const root of [schema.getQueryType()!, schema.getMutationType()!])
    for (const field of Object.values(root.getFields())) field.type = getNullableType(field.type);
  resolveInPlace(schema);
  return schema;
}

let made: GraphQLSchema | undefined;

/** The schema, shared by all servers of a process: it takes as long to build as a hundred requests, and is never modified. */
export const makeSchema = (): GraphQLSchema => (made ??= buildSchema());

/** The schema as it is committed: sorted, so that diffs show only changes. */
export const printedSchema = (schema: GraphQLSchema): string => `${printSchema(lexicographicSortSchema(schema))}\n`;
