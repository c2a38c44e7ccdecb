/** The inputs of the phases, made from their field tables. schema.ts turns on @oneOf, which demands exactly one member. */
import type { ContentInput, ItemsInput } from '../../services/phase-input';
import { fullPhases } from '../../phases';
import { inputType, optional } from '../declare';
import { inputValues } from './field-types';

export const ONE_OF_INPUTS = ['PhaseContentInput', 'PhaseItemsInput', 'PhaseItemChangesInput'];

export const PhaseContentInput = inputType<ContentInput>(
  'PhaseContentInput',
  'Exactly one member, the one of the version’s phase.',
  Object.fromEntries(
    fullPhases.map(({ title, version: { input, inputType: name, fields } }) => {
      const Input = inputType(name, `Content fields of a version of ${title}.`, inputValues(fields, true));
      return [input, optional.of(`For ${title}.`, () => Input)];
    }),
  ),
);

export const PhaseItemsInput = inputType<ItemsInput>(
  'PhaseItemsInput',
  'Exactly one member, the one of the version’s phase. An item with an itemKey of this version is replaced (an unknown one is BAD_USER_INPUT); one without is added. Where the phase has an identity (attributeId, sampleIdentifier) the key is derived from it and adding an identity twice is BAD_USER_INPUT.',
  Object.fromEntries(
    fullPhases.map(({ title, item: { input, inputType: name, fields } }) => {
      const Input = inputType(name, `An item of ${title}.`, {
        ...inputValues(fields),
        itemKey: optional.uuid('The item to replace; omitted for an item to add.'),
      });
      return [input, optional.of(`For ${title}.`, () => [Input])];
    }),
  ),
);

/** The name of the input type for changes of a phase's items. */
export const changeInputType = (inputType: string): string => inputType.replace(/Input$/, 'ChangeInput');

export const PhaseItemChangesInput = inputType<ItemsInput>(
  'PhaseItemChangesInput',
  'Exactly one member, the one of the version’s phase. Each change names its item by itemKey or by the phase’s identity (attributeId, sampleIdentifier); an unknown one is BAD_USER_INPUT. Omitted fields stay as they are; an explicit null clears.',
  Object.fromEntries(
    fullPhases.map(({ title, item: { input, inputType: name, fields } }) => {
      const Input = inputType(changeInputType(name), `A change of an item of ${title}, in part.`, {
        ...inputValues(fields, true),
        itemKey: optional.uuid('The item; may be omitted if its identity is given.'),
      });
      return [input, optional.of(`For ${title}.`, () => [Input])];
    }),
  ),
);
