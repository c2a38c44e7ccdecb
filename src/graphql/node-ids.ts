/**
 * Accepts global ids wherever a domain id is expected: `versionId`, `cycleId` and the like also take the `id` of the object they name. A
 * scalar does not know its position, so it passes a global id through; here it is resolved for the type that the argument or field name
 * implies, for all of them at once.
 */
import {
  getNullableType,
  isInputObjectType,
  isListType,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLSchema,
  isObjectType,
} from 'graphql';
import { fullPhases, phases } from '../phases';
import { badInput } from '../versioning/errors';
import { contentFields } from '../versioning/fields';
import { isCode } from '../versioning/identity';
import { UUID_FORMAT } from '../parse-scalars';
import { fromGlobalId } from './global-id';
import { NodeRef } from './node-ref';
import { UUIDScalar } from './scalars';

const versions = phases.map(({ version }) => version.type);

/** The object types that arguments and input fields refer to, by the ending of their names. */
const named: readonly (readonly [ending: RegExp, what: string, types: readonly string[]])[] = [
  [/(^v|V)ersionIds?$/, 'a version', versions],
  [/(^w|W)orkflowIds?$/, 'a workflow', ['Workflow']],
  [/(^c|C)ycleIds?$/, 'a cycle', ['Cycle']],
  [/(^r|R)eportIds?$/, 'a report', ['Report']],
  [/(^l|L)obIds?$/, 'a line of business', ['Lob']],
  [/(^c|C)hangeSetIds?$/, 'a commit', ['ChangeSet']],
];

/** The input fields in which codes stand for UUIDs. */
const coded = new Set(
  fullPhases.flatMap(({ item }) =>
    contentFields(item.fields).flatMap(([name, { codedIn }]) => (codedIn === undefined ? [] : [name])),
  ),
);

function keyOf({ id }: NodeRef, name: string): string {
  const parts = fromGlobalId(id);
  if (!parts && coded.has(name) && isCode(id)) return id;
  const [, what, wanted] = named.find(([ending]) => ending.test(name)) ?? [];
  if (!parts)
    throw badInput(
      `\`${name}\` takes a UUID${what ? `, or the id of ${what}` : ''}. This is ${what ? 'neither' : 'none'}. ${UUID_FORMAT}`,
      { argument: name },
    );
  const { typeName, key, at } = parts;
  if (!wanted) throw badInput(`\`${name}\` takes a UUID, and not the id of an object.`, { argument: name });
  if (!wanted.includes(typeName))
    throw badInput(`\`${name}\` takes the id of ${what}; this is one of a ${typeName}.`, { argument: name, typeName });
  if (at)
    throw badInput(
      `\`${name}\` takes what is there now; this is the id of a ${typeName} as it was at ${at.toISOString()}. Ask for that with node(id:).`,
      { argument: name, typeName },
    );
  return key;
}

type Values = Record<string, unknown>;
type Resolve = (values: Values) => void;
type Members = readonly Pick<GraphQLArgument | GraphQLInputField, 'name' | 'type'>[];

/** A function that replaces global ids with keys; null if the type contains no UUIDs. */
function resolving(type: GraphQLInputType, name: string, ofInput: (type: GraphQLInputObjectType) => Resolve | null) {
  const nullable = getNullableType(type);
  if (nullable === UUIDScalar) return (value: unknown) => (value instanceof NodeRef ? keyOf(value, name) : value);
  if (isListType(nullable)) {
    const entry = resolving(nullable.ofType, name, ofInput);
    if (!entry) return null;
    return (value: unknown) => {
      if (Array.isArray(value)) for (const [i, one] of value.entries()) value[i] = entry(one);
      return value;
    };
  }
  const input = isInputObjectType(nullable) ? ofInput(nullable) : null;
  if (!input) return null;
  return (value: unknown) => {
    if (value !== null && value !== undefined) input(value as Values);
    return value;
  };
}

/** Makes everything that takes UUIDs accept global ids too. The values may be modified, since they were parsed for this request. */
export function takeNodeIds(schema: GraphQLSchema): void {
  const inputs = new Map<GraphQLInputObjectType, Resolve | null>();
  const ofMembers = (members: Members): Resolve | null => {
    const resolves = members.flatMap(({ name, type }) => {
      const resolve = resolving(type, name, ofInput);
      return resolve ? [[name, resolve] as const] : [];
    });
    if (resolves.length === 0) return null;
    return (values) => {
      for (const [name, resolve] of resolves) if (values[name] !== undefined) values[name] = resolve(values[name]);
    };
  };
  const ofInput = (type: GraphQLInputObjectType): Resolve | null => {
    if (!inputs.has(type)) inputs.set(type, ofMembers(Object.values(type.getFields())));
    return inputs.get(type)!;
  };
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const resolveIds = ofMembers(field.args);
      if (!resolveIds) continue;
      const { resolve } = field;
      if (!resolve) throw new Error(`${type.name}.${field.name} takes arguments, and nothing resolves it.`);
      field.resolve = (source, args: Values, context, info): unknown => {
        resolveIds(args);
        return resolve(source, args, context, info);
      };
    }
  }
}

/** Whether a value contains a global id in place of a UUID. */
export function holdsNodeIds(value: unknown): boolean {
  if (value instanceof NodeRef) return true;
  if (typeof value !== 'object' || value === null || value instanceof Date) return false;
  return Object.values(value).some(holdsNodeIds);
}
