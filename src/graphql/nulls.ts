/**
 * The meaning of null in mutation inputs: the same as omitting the field, so that a client may send either, and a retry the other. Only in
 * a version's content, in changes of items and in those of the register does null clear a field.
 */
import {
  getNullableType,
  isInputObjectType,
  isListType,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLSchema,
} from 'graphql';
import { fullPhases } from '../phases';
import { changeInputType } from './phase/inputs';

const clearing: ReadonlySet<string> = new Set([
  ...fullPhases.flatMap(({ version, item }) => [version.inputType, changeInputType(item.inputType)]),
  'UpdateCycleInput',
  'UpdateReportInput',
  'UpdateWorkflowInput',
]);

function withoutNulls(value: unknown, given: GraphQLInputType): unknown {
  const type = getNullableType(given);
  if (value === null || value === undefined) return value;
  if (isListType(type)) return (value as readonly unknown[]).map((entry) => withoutNulls(entry, type.ofType));
  if (!isInputObjectType(type) || clearing.has(type.name)) return value;
  return membersOf(value as Record<string, unknown>, Object.values(type.getFields()));
}

function membersOf(
  value: Readonly<Record<string, unknown>>,
  fields: readonly Pick<GraphQLInputField, 'name' | 'type' | 'defaultValue'>[],
) {
  const members: Record<string, unknown> = {};
  for (const { name, type, defaultValue } of fields) {
    const member = withoutNulls(value[name], type) ?? defaultValue;
    if (member !== undefined) members[name] = member;
  }
  return members;
}

/** Makes every mutation treat null as omitted. */
export function takeNullsAsLeftOut(schema: GraphQLSchema): void {
  for (const field of Object.values(schema.getMutationType()!.getFields())) {
    const resolve = field.resolve!;
    field.resolve = (source, args: Record<string, unknown>, context, info): unknown =>
      resolve(source, membersOf(args, field.args), context, info);
  }
}
