/**
 * Generates the Prisma models of the phases' tables from their declarations, so that a field is declared in one place. The models are
 * committed, because Prisma derives migrations from them; `npm run generate` writes them and `npm run check` compares them.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  columnFields,
  columnName,
  isAlwaysSet,
  isReference,
  shownAs,
  type ChangeField,
  type FieldTable,
  type ReferenceKind,
  type StampedField,
  type StoredField,
  type StoredKind,
} from '../../versioning/fields';
import { itemReviewStatuses, rowOperations, userRoles, versioningTypes, versionStatuses } from '../../versioning/model';
import type { AuditOnlyPhase, PhaseDeclaration } from '../../versioning/phase';
import { givenSignOffStatuses } from '../../versioning/sign-offs';

/** A field of a model, as the three columns that Prisma's formatter aligns. */
type Line = readonly [name: string, type: string, attributes: string];

/** A relation from a phase's table to a shared one. Prisma requires the opposite side on the shared model too. */
interface Relation {
  readonly model: string;
  readonly field: string;
  readonly to: string;
  readonly isOneToOne: boolean;
}

const types: Readonly<Record<Exclude<StoredKind, 'enumeration'>, readonly [type: string, attribute: string]>> = {
  text: ['String', ''],
  uuid: ['String', '@db.Uuid'],
  flag: ['Boolean', ''],
  integer: ['Int', ''],
  date: ['DateTime', '@db.Date'],
  instant: ['DateTime', '@db.Timestamptz(3)'],
  json: ['Json', ''],
  jsonList: ['Json', ''],
  textList: ['Json', ''],
  user: ['Int', ''],
  lob: ['String', '@db.Uuid'],
  version: ['String', '@db.Uuid'],
};

const relationName = ({ model, field }: Relation): string => `${model}_${field}`;
const lowered = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);
const joined = (...words: readonly string[]): string => words.filter((word) => word !== '').join(' ');
const mapped = (name: string): string => (columnName(name) === name ? '' : `@map("${columnName(name)}")`);

const kindOf = (field: StoredField | StampedField | ChangeField): StoredKind =>
  field.source === 'stamped' ? (field.stamp === 'actor' ? 'user' : 'instant') : field.kind;

/** The database fills in missing values. The fallback of a text is written by the service instead. */
function defaultOf({ kind, fallback }: StoredField): string {
  if (kind === 'flag' && fallback !== undefined) return `@default(${JSON.stringify(fallback)})`;
  return kind === 'jsonList' || kind === 'textList' ? '@default("[]")' : '';
}

function columnLine(name: string, field: StoredField | StampedField | ChangeField): Line {
  const kind = kindOf(field);
  const isStored = field.source === 'input';
  const [type, attribute] = kind === 'enumeration' ? [(field as StoredField).enumeration!.name, ''] : types[kind];
  const mark = isStored && isAlwaysSet(field) ? '' : '?';
  return [name, type + mark, joined(isStored ? defaultOf(field) : '', mapped(name), attribute)];
}

/** A relation to the version that a row belongs to, or to another version of its workflow. */
const versionRelation = (relation: Relation, column: string): string =>
  `@relation("${relationName(relation)}", fields: [${column}, streamId], references: [versionId, streamId], onDelete: Restrict, onUpdate: Restrict)`;

const relationTo: Readonly<Record<ReferenceKind, (relation: Relation, column: string) => string>> = {
  version: versionRelation,
  user: (relation, column) =>
    `@relation("${relationName(relation)}", fields: [${column}], references: [userId], onDelete: Restrict)`,
  lob: (relation, column) =>
    `@relation("${relationName(relation)}", fields: [${column}], references: [lobId], onDelete: Restrict)`,
};
const modelOf: Readonly<Record<ReferenceKind, string>> = { version: 'PhaseVersion', user: 'User', lob: 'Lob' };

/** The relation's name in Prisma: the name in the API, or else one made from what it holds. */
function referenceName(name: string, kind: ReferenceKind): string {
  const shown = shownAs(name, kind);
  return shown === name ? `${name}User` : shown;
}

function aligned(lines: readonly Line[]): string[] {
  const width = (column: 0 | 1) => Math.max(...lines.map((line) => line[column].length));
  return lines.map(([name, type, attributes]) =>
    `  ${name.padEnd(width(0))} ${type.padEnd(width(1))} ${attributes}`.trimEnd(),
  );
}

const enumOf = (name: string, values: readonly string[], schema = 'public'): string =>
  [`enum ${name} {`, ...values.map((value) => `  ${value}`), '', `  @@schema("${schema}")`, '}'].join('\n');

interface Table {
  /** What the table holds, as a comment in the schema. */
  readonly holds: string;
  readonly type: string;
  readonly table: string;
  readonly fields: FieldTable;
}

/** What all tables of one kind share: the columns about the row, its relations, and its unique keys. */
interface Frame {
  readonly columns: readonly Line[];
  readonly isOneToOne: boolean;
  readonly decision: boolean;
  readonly unique: readonly (readonly string[])[];
}

const streamId: Line = ['streamId', 'String', '@map("stream_id") @db.Uuid'];
const detailFrame: Frame = {
  columns: [['versionId', 'String', '@id @map("version_id") @db.Uuid'], streamId],
  isOneToOne: true,
  decision: false,
  unique: [['versionId', 'streamId']],
};
const itemFrame: Frame = {
  columns: [
    ['itemId', 'String', '@id @map("item_id") @db.Uuid'],
    streamId,
    ['versionId', 'String', '@map("version_id") @db.Uuid'],
    ['itemKey', 'String', '@map("item_key") @db.Uuid'],
    ['label', 'String', '@default("")'],
    ['itemHash', 'String', '@default("") @map("item_hash")'],
    ['carriedFromItemId', 'String?', '@map("carried_from_item_id") @db.Uuid'],
    ['mergedFromItemId', 'String?', '@map("merged_from_item_id") @db.Uuid'],
    ['carriedDecisionId', 'String?', '@map("carried_decision_id") @db.Uuid'],
  ],
  isOneToOne: false,
  decision: true,
  unique: [
    ['versionId', 'itemKey'],
    ['versionId', 'itemId'],
  ],
};

/** A model, and its relations to shared models. */
function modelFor({ holds, type: model, table, fields }: Table, frame: Frame, lookedUpBy: readonly string[]) {
  const columns = columnFields(fields);
  const ownVersion: Relation = { model, field: 'version', to: 'PhaseVersion', isOneToOne: frame.isOneToOne };
  const decision: Relation = { model, field: 'carriedDecision', to: 'ItemDecision', isOneToOne: false };
  const references = columns.flatMap(([name, field]) => {
    const kind = kindOf(field);
    if (!isReference(kind)) return [];
    const relation: Relation = { model, field: referenceName(name, kind), to: modelOf[kind], isOneToOne: false };
    const mark = field.source === 'input' && isAlwaysSet(field) ? '' : '?';
    return [{ relation, line: [relation.field, relation.to + mark, relationTo[kind](relation, name)] as Line }];
  });
  const common: Line[] = [['version', 'PhaseVersion', versionRelation(ownVersion, 'versionId')]];
  if (frame.decision)
    common.push([
      'carriedDecision',
      'ItemDecision?',
      `@relation("${relationName(decision)}", fields: [carriedDecisionId], references: [decisionId], onDelete: Restrict)`,
    ]);
  const text = [
    `/// ${holds}`,
    `model ${model} {`,
    ...aligned([
      ...frame.columns,
      ...columns.map(([name, field]) => columnLine(name, field)),
      ...common,
      ...references.map(({ line }) => line),
    ]),
    '',
    ...frame.unique.map((names) => `  @@unique([${names.join(', ')}])`),
    // All rows of a workflow are found without a look at those of others.
    ...['streamId', ...lookedUpBy].map((name) => `  @@index([${name}])`),
    `  @@map("${table}")`,
    '  @@schema("public")',
    '}',
  ].join('\n');
  return {
    text,
    relations: [ownVersion, ...(frame.decision ? [decision] : []), ...references.map(({ relation }) => relation)],
  };
}

/** The indexed fields of records: the one that names the replaced record, and the one that names the owner. */
const lookedUpBy = ({ replaces, ownership }: AuditOnlyPhase): string[] =>
  [replaces, ownership?.owner].flatMap((name) => name ?? []);

function modelsOf(phase: PhaseDeclaration) {
  const { title, version } = phase;
  if (phase.versioning === 'AUDIT_ONLY')
    return [
      modelFor({ holds: `Records of ${title}, as each version has them.`, ...version }, detailFrame, lookedUpBy(phase)),
    ];
  return [
    modelFor({ holds: `What versions of ${title} say as a whole.`, ...version }, detailFrame, []),
    modelFor({ holds: `The items of versions of ${title}.`, ...phase.item }, itemFrame, []),
  ];
}

const enumsOf = (phase: PhaseDeclaration): string[] =>
  [phase.version.fields, ...(phase.versioning === 'FULL' ? [phase.item.fields] : [])].flatMap((fields) =>
    columnFields(fields).flatMap(([, field]) =>
      field.source === 'input' && field.enumeration ? [enumOf(field.enumeration.name, field.enumeration.values)] : [],
    ),
  );

const written = (from: string): string => `// Written by "npm run generate" from ${from}: change it there.`;
const fileOf = (...blocks: readonly string[]): string => `${blocks.join('\n\n')}\n`;

const folderOf = ({ key }: PhaseDeclaration): string => key.toLowerCase().replaceAll('_', '-');

/** The files that the generator owns, by their path in prisma/. */
function modelFiles(phases: readonly PhaseDeclaration[]): Map<string, string> {
  const enums = fileOf(
    written('src/phases and src/versioning'),
    enumOf(
      'Phase',
      phases.map(({ key }) => key),
    ),
    enumOf('VersioningType', versioningTypes),
    enumOf('VersionStatus', versionStatuses),
    enumOf('ItemReviewStatus', itemReviewStatuses),
    enumOf('SignOffStatus', givenSignOffStatuses),
    enumOf('UserRole', userRoles),
    enumOf('RowOperation', rowOperations, 'log'),
  );
  const ofPhases = phases.map((phase): [string, string] => [
    `phases/${folderOf(phase)}.prisma`,
    fileOf(written(`src/phases/${folderOf(phase)}`), ...enumsOf(phase), ...modelsOf(phase).map(({ text }) => text)),
  ]);
  return new Map([['enums.prisma', enums], ...ofPhases]);
}

const heading = '  // The tables of the phases, written by "npm run generate".';

/** A shared schema file in which each model that has the heading for back-relations lists those of the phases. */
function withBackRelations(text: string, phases: readonly PhaseDeclaration[]): string {
  const relations = phases.flatMap(modelsOf).flatMap((model) => model.relations);
  return text.replaceAll(/^model (\w+) \{.*?^\}$/gms, (model: string, name: string) => {
    const lines = relations
      .filter(({ to }) => to === name)
      .map((relation): Line => {
        const field = lowered(relationName(relation));
        const type = relation.model + (relation.isOneToOne ? '?' : '[]');
        return [field, type, `@relation("${relationName(relation)}")`];
      });
    const start = model.indexOf(heading);
    if (start < 0) {
      if (lines.length > 0) throw new Error(`model ${name} has no place for the tables of the phases`);
      return model;
    }
    const end = model.indexOf('\n\n', start);
    return model.slice(0, start) + [heading, ...aligned(lines)].join('\n') + model.slice(end);
  });
}

/** The files to write into a folder of schema files so that they match the declarations, and the files to delete. */
export function modelChanges(
  folder: string,
  phases: readonly PhaseDeclaration[],
): { readonly texts: Map<string, string>; readonly orphans: string[] } {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.prisma'))
    .map((name) => name.replaceAll(path.sep, '/'));
  const there = new Map(
    files.map((name) => [name, readFileSync(path.join(folder, name), 'utf8').replaceAll('\r\n', '\n')]),
  );
  const made = modelFiles(phases);
  const orphans = files.filter((name) => name.startsWith('phases/') && !made.has(name));
  for (const [name, text] of there)
    if (!made.has(name) && !orphans.includes(name)) made.set(name, withBackRelations(text, phases));
  return { texts: new Map([...made].filter(([name, text]) => there.get(name) !== text)), orphans };
}
