/**
 * The object types of the phases, made from their field tables: a version type and an item type each, with a resolver class
 * for the fields that are not plain columns. A field's source says how it is answered; no phase is known by name.
 */
import { Ctx, FieldResolver, Field, Int, ObjectType, Resolver, Root, type NonEmptyArray } from 'type-graphql';
import type { ItemRow } from '../../database/rows';
import { phases } from '../../phases';
import { contentOf } from '../../versioning/content';
import { isAlwaysSet } from '../../versioning/fields';
import type {
  CountField,
  DecisionField,
  Field as DeclaredField,
  FieldTable,
  StampedField,
} from '../../versioning/fields';
import type { VersionHeader } from '../../versioning/model';
import type { PhaseDeclaration } from '../../versioning/phase';
import type { Context } from '../context';
import { maybe } from '../loaders/loaders';
import { User } from '../people/types';
import { DateTimeScalar, JSONObjectScalar } from '../scalars';
import { PhaseVersion, VersionItem } from '../version/types';
import { describe, graphqlType, phaseEnum } from './field-types';

type ResolverClass = new () => object;
type Resolve = (root: never, context: Context) => unknown;
interface Answer {
  readonly type: () => unknown;
  readonly nullable: boolean;
  /** Left out where the field is a column of the row. */
  readonly resolve?: Resolve;
}

const person = ({ loaders }: Context, userId: number | null) => maybe(loaders.user, userId);

const stampAnswer = (name: string, field: StampedField): Answer =>
  field.stamp === 'actor'
    ? {
        type: () => User,
        nullable: true,
        resolve: (row: ItemRow, context) => person(context, row[name] as number | null),
      }
    : { type: () => DateTimeScalar, nullable: true };

function decisionAnswer({ of, enumeration, label }: DecisionField): Answer {
  switch (of) {
    case 'status': {
      const { name, words } = enumeration!;
      const type = phaseEnum(name, Object.values(words), `${label}.`);
      return {
        type: () => type,
        nullable: false,
        resolve: (row: ItemRow) => words[row.reviewStatus],
      };
    }
    case 'decidedBy':
      return { type: () => User, nullable: true, resolve: (row: ItemRow, context) => person(context, row.decidedBy) };
    case 'decidedAt':
      return { type: () => DateTimeScalar, nullable: true, resolve: (row: ItemRow) => row.decidedAt };
    case 'notes':
      return { type: () => String, nullable: true, resolve: (row: ItemRow) => row.decisionNotes };
  }
}

const countAnswer = (field: CountField): Answer => ({
  type: () => Int,
  nullable: false,
  resolve: ({ phase, versionId }: VersionHeader, { loaders }) => loaders.countField(field).load({ phase, versionId }),
});

/** Earlier forms of an item, where its content changed; versions the viewer may not see are left out with their deletion. */
const lineageAnswer = (phase: PhaseDeclaration): Answer => ({
  type: () => [JSONObjectScalar],
  nullable: false,
  resolve: async ({ itemId, phase: key }: ItemRow, { loaders }) => {
    const line = await loaders.lineage.load({ phase: key, itemId });
    return line
      .filter((form, i) => form.itemId !== itemId && form.itemHash !== line[i + 1]?.itemHash && !form.isDeleted)
      .map((form) => ({
        versionId: form.versionId,
        versionNumber: form.versionNumber,
        createdAt: form.createdAt.toISOString(),
        createdBy: form.createdBy,
        content: contentOf(phase.item.fields, form),
      }));
  },
});

function answer(phase: PhaseDeclaration, of: 'version' | 'item', name: string, field: DeclaredField): Answer {
  switch (field.source) {
    case 'stamped':
      return stampAnswer(name, field);
    case 'decision':
      return decisionAnswer(field);
    case 'count':
      return countAnswer(field);
    case 'lineage':
      return lineageAnswer(phase);
    case 'input':
      return {
        type: graphqlType(field),
        nullable: !isAlwaysSet(field),
        // A version's own content lies in its detail table, an item's in its row.
        resolve:
          of === 'version'
            ? async ({ phase: key, versionId }: VersionHeader, { loaders }) =>
                (await loaders.content.load({ phase: key, versionId }))[name]
            : undefined,
      };
  }
}

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
  for (const [name, field] of Object.entries(table)) {
    const { type, nullable, resolve } = answer(phase, of, name, field);
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
  }
  Resolver(() => Type as never)(Answers);
  return Answers;
}

/** Every phase's own resolvers; importing this module registers its types. */
export const phaseResolvers = phases.flatMap((phase) => [
  phaseType(phase, 'version', phase.version.type, PhaseVersion, phase.version.fields, `A version of ${phase.title}.`),
  phaseType(phase, 'item', phase.item.type, VersionItem, phase.item.fields, `An item of ${phase.title}.`),
]) as unknown as NonEmptyArray<ResolverClass>;
