/**
 * The object types of the phases, made from their field tables: a version type and an item type each, with a resolver class
 * for the fields that are not plain columns. A field's source says how it is answered; no phase is known by name.
 */
import {
  Ctx,
  Extensions,
  FieldResolver,
  Field,
  Float,
  Int,
  ObjectType,
  Resolver,
  Root,
  type NonEmptyArray,
} from 'type-graphql';
import type { ItemRow } from '../../database/rows';
import { fullPhases, phases } from '../../phases';
import { asCarried, contentOfForm, lineOf } from '../../versioning/blame';
import { contentOf } from '../../versioning/content';
import { sameJson } from '../../versioning/diff';
import { isAlwaysSet, isReference, shownAs } from '../../versioning/fields';
import type {
  ApprovalField,
  CountField,
  DecisionField,
  Field as DeclaredField,
  FieldTable,
  HistoryField,
  RecordChange,
  ReferenceKind,
  StampedField,
  StoredField,
} from '../../versioning/fields';
import type { Json, JsonObject, VersionHeader } from '../../versioning/model';
import type { FullPhase, PhaseDeclaration } from '../../versioning/phase';
import type { Context } from '../context';
import { CHANGES } from '../lasting';
import { maybe } from '../loaders/loaders';
import { Lob, User } from '../people/types';
import { DateTimeScalar, JSONObjectScalar } from '../scalars';
import { signOffsOf, TestReportSignOff } from '../version/sign-offs';
import { PhaseVersion, VersionItem } from '../version/types';
import { seesDeleted, showsDecision, visibleVersion } from '../visibility';
import { describe, graphqlType, phaseEnum } from './field-types';

type ObjectClass = new () => object;
type ResolverClass = new () => object;
type Resolve = (root: never, context: Context) => unknown;
interface Answer {
  readonly type: () => unknown;
  readonly nullable: boolean;
  /** Left out where the field is a column of the row. */
  readonly resolve?: Resolve;
}
/** What a field's answer depends on besides the field. */
interface Owner {
  readonly phase: PhaseDeclaration;
  readonly of: 'version' | 'item';
  /** The GraphQL type that the field belongs to. */
  readonly Type: ObjectClass;
}

const person = ({ loaders }: Context, userId: number | null) => maybe(loaders.user, userId);

/** The row that a field's column is in: a version's own columns lie in its detail table, an item's in the item itself. */
type RowOf = (root: never, context: Context) => Promise<Readonly<Record<string, unknown>>>;
const detailOf: RowOf = ({ phase, versionId }: VersionHeader, { loaders }) => loaders.detail.load({ phase, versionId });

/** The answer of a plain column. */
const column = (of: Owner['of'], name: string): Resolve | undefined =>
  of === 'item' ? undefined : async (root, context) => (await detailOf(root, context))[name];

/** What a column points at. */
const followed =
  (of: Owner['of'], name: string, follow: (context: Context, key: never) => unknown): Resolve =>
  async (root: ItemRow, context) => {
    const key = of === 'item' ? root[name] : (await detailOf(root as never, context))[name];
    return key == null ? null : follow(context, key as never);
  };

const stampAnswer = (name: string, field: StampedField, { of }: Owner): Answer =>
  field.stamp === 'actor'
    ? { type: () => User, nullable: !field.kept, resolve: followed(of, name, person) }
    : { type: () => DateTimeScalar, nullable: !field.kept, resolve: column(of, name) };

const references: Record<
  ReferenceKind,
  (Type: ObjectClass) => { type: () => unknown; follow: (context: Context, key: never) => unknown }
> = {
  user: () => ({ type: () => User, follow: person }),
  lob: () => ({ type: () => Lob, follow: ({ loaders }, key: string) => loaders.lob.load(key) }),
  version: (Type) => ({
    type: () => Type,
    follow: async (context, key: string) => visibleVersion(context, await context.loaders.version.load(key)),
  }),
};

function storedAnswer(name: string, field: StoredField, { of, Type }: Owner): Answer {
  const nullable = !isAlwaysSet(field);
  if (!isReference(field.kind)) return { type: graphqlType(field), nullable, resolve: column(of, name) };
  const { type, follow } = references[field.kind](Type);
  return { type, nullable, resolve: followed(of, name, follow) };
}

const ofDecision =
  (value: (row: ItemRow, context: Context) => unknown): Resolve =>
  async (row: ItemRow, context) =>
    row.decisionBar === null && (await showsDecision(context, row)) ? value(row, context) : null;

function decisionAnswer({ of, enumeration, label }: DecisionField): Answer {
  switch (of) {
    case 'status': {
      const { name, words, whileDraft } = enumeration!;
      const type = phaseEnum(name, [...(whileDraft ? [whileDraft] : []), ...Object.values(words)], `${label}.`);
      return {
        type: () => type,
        nullable: false,
        resolve: async ({ reviewStatus, versionId }: ItemRow, { loaders }) =>
          whileDraft && reviewStatus === 'PENDING' && (await loaders.version.load(versionId))?.status === 'DRAFT'
            ? whileDraft
            : words[reviewStatus],
      };
    }
    case 'decidedBy':
      return {
        type: () => User,
        nullable: true,
        resolve: ofDecision((row, context) => person(context, row.decidedBy)),
      };
    case 'decidedAt':
      return { type: () => DateTimeScalar, nullable: true, resolve: ofDecision((row) => row.decidedAt) };
    case 'notes':
      return { type: () => String, nullable: true, resolve: ofDecision((row) => row.decisionNotes) };
  }
}

const countAnswer = (field: CountField): Answer => ({
  type: () => Int,
  nullable: false,
  resolve: ({ phase, versionId }: VersionHeader, { loaders }) => loaders.countField(field).load({ phase, versionId }),
});

const approvalAnswer = ({ of }: ApprovalField): Answer => ({
  type: () => (of === 'by' ? User : DateTimeScalar),
  nullable: true,
  // Only what came into force was approved.
  resolve: ({ effectiveFrom, reviewedBy, reviewedAt }: VersionHeader, context) =>
    of === 'by' ? person(context, effectiveFrom && reviewedBy) : effectiveFrom && reviewedAt,
});

/** The changes of a record up to a version, oldest first. */
async function changesUpTo(
  { fields }: PhaseDeclaration['version'],
  { phase, masterRecordId, versionNumber }: VersionHeader,
  { loaders }: Context,
): Promise<RecordChange[]> {
  const versions = await loaders.versionsOfRecord.load({ phase, masterRecordId });
  let before: JsonObject | null = null;
  return versions
    .filter((version) => version.versionNumber <= versionNumber)
    .map((version) => {
      const after = contentOf(fields, version);
      const change = {
        versionId: version.versionId,
        by: version.createdBy,
        at: version.createdAt.toISOString(),
        before,
        after,
        said: version as unknown as JsonObject,
      };
      before = after;
      return change;
    });
}

function historyAnswer({ type, label, entry, where = () => true }: HistoryField, { phase }: Owner): Answer {
  const Entry = { [type]: class {} }[type]!;
  for (const [name, field] of Object.entries(entry)) {
    const options = { nullable: !field.required, description: describe(field) };
    // `simple`: graphql-js itself asks for it, and calls what is a function.
    if (field.kind === 'user') Field(() => User, { ...options, simple: true })(Entry.prototype, name);
    else Field(graphqlType({ ...field, kind: field.kind }), options)(Entry.prototype, name);
  }
  ObjectType(type, { description: `An entry of a history: ${label.toLowerCase()}.` })(Entry);
  return {
    type: () => [Entry],
    nullable: false,
    resolve: async (version: VersionHeader, context) =>
      (await changesUpTo(phase.version, version, context)).filter(where).map((change) =>
        Object.fromEntries(
          Object.entries(entry).map(([name, { kind, value }]) => [
            name,
            // The person is looked up only if asked for.
            kind === 'user' ? () => person(context, value(change) as number) : value(change),
          ]),
        ),
      ),
  };
}

/** Earlier forms of an item, as they were carried on, where its content changed; those of versions the viewer may not see are left out. */
const lineageAnswer = (phase: FullPhase): Answer => ({
  type: () => [JSONObjectScalar],
  nullable: false,
  resolve: async ({ itemId, streamId }: ItemRow, context) => {
    const [forms, showsDeleted] = await Promise.all([
      context.loaders.forms.load({ phase: phase.key, itemId }),
      seesDeleted(context, streamId),
    ]);
    const line = asCarried(lineOf(forms, itemId)).map((form) => ({
      ...form,
      content: contentOfForm(phase.item.fields, form),
    }));
    return line
      .filter(({ content }, i) => line[i + 1] && !sameJson(content, line[i + 1]!.content))
      .filter(({ isDeleted }) => showsDeleted || !isDeleted)
      .map(({ versionId, versionNumber, createdAt, createdBy, content }) => ({
        versionId,
        versionNumber,
        createdAt: createdAt.toISOString(),
        createdBy,
        content,
      }));
  },
});

const HOUR_MS = 3_600_000;
export const hoursBetween = (from: Json | undefined, to: Json | undefined): number | null =>
  from && to ? (Date.parse(to as string) - Date.parse(from as string)) / HOUR_MS : null;

function answer(name: string, field: DeclaredField, owner: Owner): Answer {
  switch (field.source) {
    case 'input':
      return storedAnswer(name, field, owner);
    case 'stamped':
      return stampAnswer(name, field, owner);
    case 'change':
      return { type: graphqlType(field), nullable: true, resolve: column(owner.of, name) };
    case 'decision':
      return decisionAnswer(field);
    case 'count':
      return countAnswer(field);
    case 'lineage':
      return lineageAnswer(owner.phase as FullPhase);
    case 'approval':
      return approvalAnswer(field);
    case 'signOffs':
      return {
        type: () => [TestReportSignOff],
        nullable: false,
        resolve: (version: VersionHeader, context) => signOffsOf(context, version),
      };
    case 'duration':
      return {
        type: () => Float,
        nullable: true,
        resolve: async ({ phase, versionId }: VersionHeader, { loaders }) => {
          const content = await loaders.content({ phase, versionId });
          return hoursBetween(content[field.from], content[field.to]);
        },
      };
    case 'standing':
      return {
        type: () => Boolean,
        nullable: false,
        resolve: async ({ status, phase, masterRecordId }: VersionHeader, { loaders }) =>
          status === 'RECORDED' && !(await loaders.isReplaced.load({ phase, masterRecordId })),
      };
    case 'history':
      return historyAnswer(field, owner);
  }
}

const versionTypes = new Map<string, ObjectClass>();

/** The GraphQL type of a phase's versions. */
export const phaseTypeOf = (phase: string): ObjectClass => versionTypes.get(phase)!;

function phaseType(
  phase: PhaseDeclaration,
  of: 'version' | 'item',
  typeName: string,
  Interface: typeof PhaseVersion | typeof VersionItem,
  table: FieldTable,
  description: string,
): ResolverClass {
  const Type = { [typeName]: class extends (Interface as unknown as new () => object) {} }[typeName]!;
  const Answers = { [`${typeName}Resolver`]: class {} }[`${typeName}Resolver`]!;
  ObjectType(typeName, { implements: Interface as never, description })(Type);
  if (of === 'version') versionTypes.set(phase.key, Type);
  for (const [declaredName, field] of Object.entries(table)) {
    const { type, nullable, resolve } = answer(declaredName, field, { phase, of, Type });
    const name = field.source === 'input' ? shownAs(declaredName, field.kind) : declaredName;
    const options = { nullable, description: describe(field) };
    if (!resolve) {
      Field(type as () => never, options)(Type.prototype, name);
      continue;
    }
    const method = { value: resolve as (...values: never[]) => unknown, configurable: true, writable: true };
    Object.defineProperty(Answers.prototype, name, method);
    Reflect.defineMetadata('design:paramtypes', [Object, Object], Answers.prototype, name);
    Root()(Answers.prototype, name, 0);
    Ctx()(Answers.prototype, name, 1);
    FieldResolver(type as () => never, options)(Answers.prototype, name, method);
    // Its earlier forms are shown as long as the versions they are in are.
    if (field.source === 'lineage') Extensions(CHANGES)(Answers.prototype, name, method);
  }
  Resolver(() => Type as never)(Answers);
  return Answers;
}

/** Every phase's own resolvers; importing this module registers its types. */
export const phaseResolvers = [
  ...phases.map((phase) =>
    phaseType(phase, 'version', phase.version.type, PhaseVersion, phase.version.fields, `A version of ${phase.title}.`),
  ),
  ...fullPhases.map((phase) =>
    phaseType(phase, 'item', phase.item.type, VersionItem, phase.item.fields, `An item of ${phase.title}.`),
  ),
] as unknown as NonEmptyArray<ResolverClass>;
