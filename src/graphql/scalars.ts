/** The scalars of the API. UUIDs come in lower case and without braces; the rest is graphql-scalars' own. */
import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { GraphQLDate, GraphQLDateTime, GraphQLJSON, GraphQLJSONObject } from 'graphql-scalars';

const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function uuidFrom(value: unknown): string {
  if (typeof value !== 'string' || !pattern.test(value))
    throw new GraphQLError(
      'A UUID is written as 8-4-4-4-12 hexadecimal digits, without braces, e.g. 0194d2a0-5c00-7000-8000-000000000001.',
      {
        extensions: { code: 'BAD_USER_INPUT' },
      },
    );
  return value.toLowerCase();
}

export const UUIDScalar = new GraphQLScalarType<string, string>({
  name: 'UUID',
  description: 'A UUID (RFC 9562) as 8-4-4-4-12 hexadecimal digits; upper case is accepted and answered in lower case.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc9562',
  parseValue: uuidFrom,
  serialize: (value) => String(value),
  parseLiteral: (node) => uuidFrom(node.kind === Kind.STRING ? node.value : undefined),
});

export const DateTimeScalar = GraphQLDateTime;
DateTimeScalar.description =
  'RFC 3339 instant, UTC, millisecond precision, which is also the precision the database stores.';
export const DateScalar = GraphQLDate;
DateScalar.description = 'A calendar date, YYYY-MM-DD (RFC 3339 full-date).';
export const JSONScalar = GraphQLJSON;
JSONScalar.description = 'Any JSON value (RFC 8259). Numbers are IEEE 754 doubles; send longer ones as strings.';
export const JSONObjectScalar = GraphQLJSONObject;
JSONObjectScalar.description =
  'A JSON object (RFC 8259). Numbers in it are IEEE 754 doubles; send longer ones as strings.';
