/** What forms, column choosers and comparisons need to know about a phase's fields, taken from its declaration. */
import { shownAs, type Field, type FieldTable, type StoredField } from '../../versioning/fields';
import type { PhaseDeclaration } from '../../versioning/phase';
import { titleOf } from '../../versioning/titles';
import { a, objectType, optional } from '../declare';
import { enumOf, UserRoleEnum } from '../enums';
import { describe } from '../phase/field-types';

const fieldKinds = [
  'TEXT',
  'LONG_TEXT',
  'UUID',
  'FLAG',
  'INTEGER',
  'NUMBER',
  'DATE',
  'INSTANT',
  'JSON',
  'JSON_LIST',
  'TEXT_LIST',
  'ENUMERATION',
  'USER',
  'LOB',
  'VERSION',
  'OBJECTS',
] as const;
type FieldKind = (typeof fieldKinds)[number];

const FieldKindEnum = enumOf(
  'FieldKind',
  fieldKinds,
  'The kind of a field’s values. LONG_TEXT: prose, which needs a large input and is compared word by word. JSON: an object. USER, LOB and VERSION are given by id and shown as objects. OBJECTS: a list of objects of a type of its own.',
);

interface Constant {
  readonly value: string;
  readonly title: string;
}
const FieldConstant = objectType<Constant>('FieldConstant', 'A value that a field may have.', {
  value: a.text('The value as it is sent and shown.'),
  title: a.text('Its title.'),
});

export const FieldConfig = objectType<ReturnType<typeof configOf>>(
  'FieldConfig',
  'A field of a phase’s versions, or of their items.',
  {
    name: a.text('Its name in the GraphQL type.'),
    title: a.text('Its title.'),
    description: a.text('What it is, in a sentence.'),
    kind: a.of('The kind of its values.', () => FieldKindEnum),
    constants: a.of('Its possible values if it has a fixed set; otherwise empty.', () => [FieldConstant]),
    suggestions: a.texts('Usual values; others are accepted too.'),
    isContent: a.flag(
      'Whether it is content, which is hashed, compared and merged. Other fields derive from decisions, stamps or counts.',
    ),
    isRequired: a.flag('Whether it is required.'),
    inputName: optional.text('Its name in inputs and in `content`; null if it is derived.'),
    editableBy: a.of('Who may set it, given an assignment to the workflow; empty if it is derived.', () => [
      UserRoleEnum,
    ]),
  },
);

const storedKind = ({ kind, isLong }: StoredField): FieldKind => {
  if (kind === 'text') return isLong ? 'LONG_TEXT' : 'TEXT';
  const names = { jsonList: 'JSON_LIST', textList: 'TEXT_LIST' } as Partial<Record<typeof kind, FieldKind>>;
  return names[kind] ?? (kind.toUpperCase() as FieldKind);
};

/** The kind of a derived field. */
function derivedKind(field: Exclude<Field, StoredField>): FieldKind {
  switch (field.source) {
    case 'stamped':
      return field.stamp === 'actor' ? 'USER' : 'INSTANT';
    case 'change':
      return field.kind === 'json' ? 'JSON' : 'LONG_TEXT';
    case 'decision':
      return ({ status: 'ENUMERATION', decidedBy: 'USER', decidedAt: 'INSTANT', notes: 'LONG_TEXT' } as const)[
        field.of
      ];
    case 'approval':
      return field.of === 'by' ? 'USER' : 'INSTANT';
    case 'count':
      return 'INTEGER';
    case 'duration':
      return 'NUMBER';
    case 'latest':
      return 'FLAG';
    case 'lineage':
    case 'signOffs':
    case 'history':
      return 'OBJECTS';
  }
}

/** The possible values of a field, if it has a fixed set. */
export const constantsOf = (field: Field): readonly string[] => {
  if (field.source === 'input') return field.enumeration?.values ?? (field.onlySuggested ? field.suggestions! : []);
  if (field.source !== 'decision' || !field.enumeration) return [];
  const { words, whileDraft } = field.enumeration;
  return [...(whileDraft ? [whileDraft] : []), ...Object.values(words)];
};

const configOf = (phase: PhaseDeclaration, name: string, field: Field) => {
  const given = field.source === 'input' ? field : null;
  return {
    name: given ? shownAs(name, given.kind) : name,
    title: field.label,
    description: describe(field),
    kind: field.source === 'input' ? storedKind(field) : derivedKind(field),
    constants: constantsOf(field).map((value) => ({ value, title: titleOf(value) })),
    suggestions: given?.onlySuggested ? [] : (given?.suggestions ?? []),
    isContent: given !== null,
    isRequired: given?.required === true,
    inputName: given && name,
    editableBy: given && !given.codeOf ? (given.restricted?.to ?? phase.preparedBy) : [],
  };
};

export const fieldConfigs = (phase: PhaseDeclaration, fields: FieldTable): ReturnType<typeof configOf>[] =>
  Object.entries(fields).map(([name, field]) => configOf(phase, name, field));
