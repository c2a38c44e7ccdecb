/**
 * The scalars of the API: those of graphql-scalars, restricted to values that are stored exactly as sent. UUIDs are lower-cased and have no
 * braces; instants have milliseconds and four-digit years; JSON is strict JSON, even if written inline in the operation.
 */
import { GraphQLScalarType, Kind, type ObjectValueNode, type ValueNode } from 'graphql';
import { GraphQLDate, GraphQLDateTime, GraphQLJSON, GraphQLJSONObject } from 'graphql-scalars';
import { badInput } from '../versioning/errors';
import { isCode } from '../versioning/identity';
import { isUuid } from '../uuid';
import { parseDate, parseInstant, parseUuid } from '../parse-scalars';
import { looksLikeId, NodeRef } from './node-ref';

/** A UUID. A possible global id or code is passed through until its position says what it may be. */
const uuidOrIdFrom = (value: unknown): string | NodeRef =>
  typeof value === 'string' && !isUuid(value) && (looksLikeId(value) || isCode(value))
    ? new NodeRef(value)
    : parseUuid(value);

/** The text of a string literal; undefined for any other literal. */
const textIn = (node: ValueNode): unknown => (node.kind === Kind.STRING ? node.value : undefined);

export const UUIDScalar = new GraphQLScalarType<string | NodeRef, string>({
  name: 'UUID',
  description:
    'A UUID (RFC 9562) as 8-4-4-4-12 hexadecimal digits; upper case is accepted and answered in lower case. Where it names an object (versionId, cycleId …), that object’s `id` is accepted as well; where it identifies an attribute (attributeId), inputs accept a code of the bank’s own.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc9562',
  parseValue: uuidOrIdFrom,
  serialize: (value) => String(value),
  parseLiteral: (node) => uuidOrIdFrom(textIn(node)),
});

export const DateTimeScalar = new GraphQLScalarType({
  ...GraphQLDateTime.toConfig(),
  description: 'RFC 3339 instant, UTC, millisecond precision, which is also the precision the database stores.',
  parseValue: parseInstant,
  parseLiteral: (node) => parseInstant(textIn(node)),
});
export const DateScalar = new GraphQLScalarType({
  ...GraphQLDate.toConfig(),
  description: 'A calendar date, YYYY-MM-DD (RFC 3339 full-date).',
  parseValue: parseDate,
  parseLiteral: (node) => parseDate(textIn(node)),
});

type Variables = Readonly<Record<string, unknown>> | null | undefined;

/** Converts a literal to JSON. GraphQL has literals that JSON does not, and these are refused. */
function jsonIn(node: ValueNode, variables: Variables): unknown {
  switch (node.kind) {
    case Kind.ENUM:
      throw badInput(`In JSON a text stands in quotes: write "${node.value}" instead of ${node.value}.`);
    case Kind.OBJECT:
      return objectIn(node, variables);
    case Kind.LIST:
      return node.values.map((entry) => jsonIn(entry, variables) ?? null);
    case Kind.VARIABLE: {
      const value = variables?.[node.name.value];
      if (value instanceof Date)
        throw badInput(`In JSON an instant is a text: declare $${node.name.value} as String or JSON.`);
      return value;
    }
    default:
      return GraphQLJSON.parseLiteral(node, variables);
  }
}

function objectIn(node: ObjectValueNode, variables: Variables): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const { name, value } of node.fields) object[name.value] = jsonIn(value, variables);
  return object;
}

function jsonObjectIn(node: ValueNode, variables: Variables): Record<string, unknown> {
  if (node.kind !== Kind.OBJECT) throw badInput('A JSON object is written as { key: value }.');
  return objectIn(node, variables);
}

function jsonObjectFrom(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badInput('A JSON object is needed here, such as { "key": "value" }.');
  return value as Record<string, unknown>;
}

export const JSONScalar = new GraphQLScalarType({
  ...GraphQLJSON.toConfig(),
  description:
    'Any JSON value (RFC 8259). Numbers are IEEE 754 doubles; one that a double cannot represent exactly is refused, so send it as a text.',
  parseLiteral: jsonIn,
});
export const JSONObjectScalar = new GraphQLScalarType({
  ...GraphQLJSONObject.toConfig(),
  description:
    'A JSON object (RFC 8259). Numbers are IEEE 754 doubles; one that a double cannot represent exactly is refused, so send it as a text.',
  parseValue: jsonObjectFrom,
  parseLiteral: jsonObjectIn,
});
