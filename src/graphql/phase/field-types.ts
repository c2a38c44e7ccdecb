/** The GraphQL types of stored fields. */
import { Int } from 'type-graphql';
import type { GraphQLScalarType } from 'graphql';
import {
  contentFields,
  isReference,
  type FieldTable,
  type ReferenceKind,
  type StoredField,
  type StoredKind,
} from '../../versioning/fields';
import { a, optional, type Values } from '../declare';
import { enumOf } from '../enums';
import { DateScalar, DateTimeScalar, JSONObjectScalar, UUIDScalar } from '../scalars';

type GraphQLType = GraphQLScalarType | typeof String | typeof Boolean | object;

const kinds: Record<Exclude<StoredKind, 'enumeration' | ReferenceKind>, GraphQLType> = {
  text: String,
  uuid: UUIDScalar,
  flag: Boolean,
  integer: Int,
  date: DateScalar,
  instant: DateTimeScalar,
  json: JSONObjectScalar,
  jsonList: [JSONObjectScalar],
  textList: [String],
};

/** The types by which inputs refer to objects. */
const ids: Record<ReferenceKind, GraphQLType> = { user: Int, lob: UUIDScalar, version: UUIDScalar };

const enums = new Map<string, Record<string, string>>();

/** A phase's enumeration, registered once by name. */
export function phaseEnum(name: string, values: readonly string[], description: string): Record<string, string> {
  let registered = enums.get(name);
  if (!registered) enums.set(name, (registered = enumOf(name, values, description)));
  return registered;
}

/** The type of a stored field. Enumerations are registered immediately, before the schema is built. */
export function graphqlType(field: Pick<StoredField, 'kind' | 'label' | 'enumeration'>): () => unknown {
  const { enumeration, kind } = field;
  const type = enumeration
    ? phaseEnum(enumeration.name, enumeration.values, `${field.label}.`)
    : isReference(kind)
      ? ids[kind]
      : kinds[kind as keyof typeof kinds];
  return () => type;
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
export const describe = (field: { label: string; description?: string }): string =>
  sentence(field.description ?? field.label);

/** The input values for a table's stored fields. */
export const inputValues = (table: FieldTable, allOptional = false): Values =>
  Object.fromEntries(
    contentFields(table).map(([name, field]) => [
      name,
      (allOptional || !field.required ? optional : a).of(describe(field), graphqlType(field)),
    ]),
  );
