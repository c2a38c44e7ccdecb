/** The fields that identify an attribute of the report, shared by all phases whose items are about attributes. */
import { requiredUuid, text } from '../versioning/fields';

export const attributeFields = {
  attributeId: requiredUuid('Attribute', {
    description:
      "The attribute's id; it identifies the item in every version. Inputs take a code of the bank's own as well, which a UUID follows from.",
    codedIn: 'attributeCode',
  }),
  attributeCode: text('Attribute code', {
    description: 'The code by which the attribute was given; null if it was given by UUID.',
    codeOf: 'attributeId',
  }),
};
