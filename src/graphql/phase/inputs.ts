/**
 * The inputs of the phases, made from their field tables. The classes are made here by calling type-graphql's decorators as
 * functions; `@oneOf` itself is switched on after the schema is built (schema.ts), because type-graphql only prints it.
 */
import { Field, InputType } from 'type-graphql';
import type { ContentInput, ItemsInput } from '../../services/phase-input';
import { contentFields, type FieldTable } from '../../versioning/fields';
import { fullPhases } from '../../phases';
import { UUIDScalar } from '../scalars';
import { describe, graphqlType } from './field-types';

interface InputClass {
  new (): object;
  readonly prototype: object;
}

function inputClass(
  name: string,
  description: string,
  table: FieldTable,
  { allOptional }: { allOptional: boolean },
): InputClass {
  const Input = { [name]: class {} }[name]!;
  for (const [field, declared] of contentFields(table))
    Field(graphqlType(declared), { nullable: allOptional || !declared.required, description: describe(declared) })(
      Input.prototype,
      field,
    );
  InputType(name, { description })(Input);
  return Input;
}

function oneOf(
  name: string,
  description: string,
  members: { name: string; type: () => unknown; description: string }[],
) {
  const Input = { [name]: class {} }[name]!;
  for (const member of members)
    Field(member.type as () => never, { nullable: true, description: member.description })(
      Input.prototype,
      member.name,
    );
  InputType(name, { description })(Input);
  return Input as never;
}

export const ONE_OF_INPUTS = ['PhaseContentInput', 'PhaseItemsInput'];

export const PhaseContentInput: new () => ContentInput = oneOf(
  'PhaseContentInput',
  'Exactly one member, the one of the version’s phase.',
  fullPhases.map(({ title, version }) => {
    const Input = inputClass(version.inputType, `Content fields of a version of ${title}.`, version.fields, {
      allOptional: true,
    });
    return { name: version.input, type: () => Input, description: `For ${title}.` };
  }),
);

export const PhaseItemsInput: new () => ItemsInput = oneOf(
  'PhaseItemsInput',
  'Exactly one member, the one of the version’s phase. An item with an itemKey of this version is replaced (an unknown one is BAD_USER_INPUT); one without is added. Where the phase has an identity (attributeId, sampleIdentifier) the key is derived from it and adding an identity twice is BAD_USER_INPUT.',
  fullPhases.map(({ title, item }) => {
    const Input = inputClass(item.inputType, `An item of ${title}.`, item.fields, { allOptional: false });
    Field(() => UUIDScalar, { nullable: true, description: 'The item to replace; left out for an item to add.' })(
      Input.prototype,
      'itemKey',
    );
    return { name: item.input, type: () => [Input], description: `For ${title}.` };
  }),
);
