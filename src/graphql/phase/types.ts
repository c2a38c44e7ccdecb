/**
 * The object types of the phases, made from their field tables: a version type and an item type each. A field's source determines its
 * resolver; no phase is known by name.
 */
import { Float, Int } from 'type-graphql';
import type { ItemRow } from '../../database/connection/rows';
import { fullPhaseOf, fullPhases, phases } from '../../phases';
import { keyOfIdentity } from '../../services/phase-input';
import { recordOfPhase } from '../../services/start-draft';
import { isAlwaysSet, isReference, shownAs } from '../../versioning/fields';
import type {
  ApprovalField,
  DecisionField,
  Field as DeclaredField,
  FieldTable,
  ReferenceKind,
  StampedField,
  StoredField,
} from '../../versioning/fields';
import type { Json, VersionHeader } from '../../versioning/model';
import type { FullPhase, PhaseDeclaration } from '../../versioning/phase';
import type { Context } from '../context';
import { a, resolved, addFields, objectType, optional, type Answered, type TypeOf } from '../declare';
import { CHANGES } from '../lasting';
import { maybe } from '../loaders';
import { Lob, User } from '../people/types';
import { DateTimeScalar } from '../scalars';
import { signOffsOf, TestReportSignOff } from '../version/sign-offs';
import { PhaseVersion, VersionItem } from '../version/types';
import { showsDecision, visibleVersion } from '../visibility';
import { describe, graphqlType, phaseEnum } from './field-types';
import { historyField, lineageField } from './history';

/** What a field's resolver depends on besides the field. */
interface Owner {
  readonly phase: PhaseDeclaration;
  readonly of: 'version' | 'item';
  /** The GraphQL type that the field belongs to. */
  readonly Type: TypeOf<never>;
}

const person = ({ loaders }: Context, userId: number | null) => maybe(loaders.user, userId);

/** The value of a column: a version's columns are in its detail row, an item's in the item itself. */
async function valueIn(of: Owner['of'], root: VersionHeader | ItemRow, name: string, { loaders }: Context) {
  const row = of === 'item' ? (root as ItemRow) : await loaders.detail.load(root);
  return row[name];
}

/** A plain column. */
const column = (name: string, field: DeclaredField, { of }: Owner, type: () => unknown, isSet: boolean) => ({
  ...(isSet ? a : optional).of(describe(field), type),
  answer: of === 'item' ? undefined : (root: VersionHeader, context: Context) => valueIn(of, root, name, context),
});

/** A field that loads what a column refers to. */
const followed = (
  name: string,
  field: DeclaredField,
  { of }: Owner,
  type: () => unknown,
  isSet: boolean,
  follow: (context: Context, key: never) => unknown,
) =>
  resolved(describe(field), { type, nullable: !isSet }, async (root: ItemRow | VersionHeader, context) => {
    const key = await valueIn(of, root, name, context);
    return key == null ? null : follow(context, key as never);
  });

const stampedField = (name: string, field: StampedField, owner: Owner): Answered<never> =>
  field.stamp === 'actor'
    ? followed(name, field, owner, () => User, field.kept === true, person)
    : column(name, field, owner, () => DateTimeScalar, field.kept === true);

const references: Record<ReferenceKind, (context: Context, key: never) => unknown> = {
  user: person,
  lob: ({ loaders }, key: string) => loaders.lob.load(key),
  version: async (context, key: string) => visibleVersion(context, await context.loaders.version.load(key)),
};

function storedField(name: string, field: StoredField, owner: Owner): Answered<never> {
  const { kind } = field;
  if (!isReference(kind)) return column(name, field, owner, graphqlType(field), isAlwaysSet(field));
  const type = { user: User, lob: Lob, version: owner.Type }[kind];
  return followed(name, field, owner, () => type, isAlwaysSet(field), references[kind]);
}

/** A field taken from the decision that counts. */
const ofDecision = (
  field: DecisionField,
  type: () => unknown,
  value: (row: ItemRow, context: Context) => unknown,
): Answered<never> =>
  resolved(describe(field), optional(type), async (row: ItemRow, context) =>
    row.decisionBar === null && (await showsDecision(context, row)) ? value(row, context) : null,
  );

function decisionField(field: DecisionField): Answered<never> {
  const { of, enumeration, label } = field;
  switch (of) {
    case 'status': {
      const { name, words, whileDraft } = enumeration!;
      const type = phaseEnum(name, [...(whileDraft ? [whileDraft] : []), ...Object.values(words)], `${label}.`);
      return resolved(
        describe(field),
        () => type,
        async ({ reviewStatus, versionId }: ItemRow, { loaders }) =>
          whileDraft && reviewStatus === 'PENDING' && (await loaders.version.load(versionId))?.status === 'DRAFT'
            ? whileDraft
            : words[reviewStatus],
      );
    }
    case 'decidedBy':
      return ofDecision(
        field,
        () => User,
        (row, context) => person(context, row.decidedBy),
      );
    case 'decidedAt':
      return ofDecision(
        field,
        () => DateTimeScalar,
        (row) => row.decidedAt,
      );
    case 'notes':
      return ofDecision(
        field,
        () => String,
        (row) => row.decisionNotes,
      );
  }
}

/** Only versions that came into force have been approved. */
const approvalField = (field: ApprovalField): Answered<never> =>
  field.of === 'by'
    ? resolved(
        describe(field),
        optional(() => User),
        ({ effectiveFrom, reviewedBy }: VersionHeader, context) => person(context, effectiveFrom && reviewedBy),
      )
    : resolved(
        describe(field),
        optional(() => DateTimeScalar),
        ({ effectiveFrom, reviewedAt }: VersionHeader) => effectiveFrom && reviewedAt,
      );

const HOUR_MS = 3_600_000;
export const hoursBetween = (from: Json | undefined, to: Json | undefined): number | null =>
  from && to ? (Date.parse(to as string) - Date.parse(from as string)) / HOUR_MS : null;

function shownField(name: string, field: DeclaredField, owner: Owner): Answered<never> {
  const description = describe(field);
  switch (field.source) {
    case 'input':
      return storedField(name, field, owner);
    case 'stamped':
      return stampedField(name, field, owner);
    case 'change':
      return column(name, field, owner, graphqlType(field), false);
    case 'decision':
      return decisionField(field);
    case 'count':
      return resolved(
        description,
        () => Int,
        ({ phase, versionId }: VersionHeader, { loaders }) => loaders.countField(field).load({ phase, versionId }),
      );
    case 'lineage':
      // Earlier forms are visible as long as their versions are.
      return { ...lineageField(field, owner.phase as FullPhase), extensions: CHANGES };
    case 'approval':
      return approvalField(field);
    case 'signOffs':
      return resolved(
        description,
        () => [TestReportSignOff],
        (version: VersionHeader, context) => signOffsOf(context, version),
      );
    case 'duration':
      return resolved(
        description,
        optional(() => Float),
        async (version: VersionHeader, { loaders }) => {
          const content = await loaders.content(version);
          return hoursBetween(content[field.from], content[field.to]);
        },
      );
    case 'latest':
      return resolved(
        description,
        () => Boolean,
        async (version: VersionHeader, { loaders }) =>
          version.status === 'RECORDED' && !(await loaders.isReplaced.load(version)),
      );
    case 'history':
      return historyField(field, owner.phase);
  }
}

const versionTypes = new Map<string, TypeOf<never>>();

/** The GraphQL type of a phase's versions. */
export const phaseTypeOf = (phase: string): TypeOf<never> => versionTypes.get(phase)!;

function phaseType(owner: Omit<Owner, 'Type'>, typeName: string, Interface: TypeOf<never>, table: FieldTable) {
  const { phase, of } = owner;
  const description = `${of === 'version' ? 'A version' : 'An item'} of ${phase.title}.`;
  const Type: TypeOf<never> = objectType(typeName, description, {}, Interface);
  for (const [name, field] of Object.entries(table))
    addFields(Type, {
      [field.source === 'input' ? shownAs(name, field.kind) : name]: shownField(name, field, { ...owner, Type }),
    });
  return Type;
}

for (const phase of phases) {
  const { type, fields } = phase.version;
  versionTypes.set(phase.key, phaseType({ phase, of: 'version' }, type, PhaseVersion, fields));
}
const itemTypes = new Map(
  fullPhases.map((phase) => [
    phase.key,
    phaseType({ phase, of: 'item' }, phase.item.type, VersionItem, phase.item.fields),
  ]),
);

/** For items about another phase's items: the item with the same identity in that phase's version in force. */
function sameElsewhere({ item: { identity, label } }: FullPhase): Readonly<Record<string, Answered<never>>> {
  if (typeof label === 'function') return {};
  const other = fullPhaseOf(label.sameIdentityIn);
  return {
    [shownAs(identity!, 'version')]: resolved(
      `The item of ${other.title} it refers to, in the version in force there; null if there is none.`,
      optional(() => itemTypes.get(other.key)),
      async (row: ItemRow, { loaders }) => {
        const record = recordOfPhase(row.streamId, other);
        const current = await loaders.currentOfRecord.load(record);
        const value = (row as unknown as Record<string, string>)[identity!]!;
        return (
          current &&
          loaders.itemByKey.load({
            phase: other.key,
            versionId: current.versionId,
            itemKey: keyOfIdentity(value, record),
          })
        );
      },
    ),
  };
}

for (const phase of fullPhases) addFields(itemTypes.get(phase.key)!, sameElsewhere(phase));
