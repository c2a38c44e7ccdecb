/** Fields that show history: the changes of a record, and the earlier forms of an item. */
import type { ItemRow } from '../../database/connection/rows';
import { asCarried, contentOfForm, lineOf } from '../../versioning/blame';
import { contentOf } from '../../versioning/content';
import { sameJson } from '../../versioning/diff';
import type { HistoryField, LineageField, RecordChange } from '../../versioning/fields';
import type { JsonObject, VersionHeader } from '../../versioning/model';
import type { FullPhase, PhaseDeclaration } from '../../versioning/phase';
import type { Context } from '../context';
import { a, resolved, objectType, optional, type Answered } from '../declare';
import { User } from '../people/types';
import { JSONObjectScalar } from '../scalars';
import { seesDeleted } from '../visibility';
import { describe, graphqlType } from './field-types';

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
        changeFields: version as unknown as JsonObject,
      };
      before = after;
      return change;
    });
}

export function historyField(field: HistoryField, phase: PhaseDeclaration): Answered<never> {
  const { type, label, entry, where = () => true } = field;
  const Entry = objectType(
    type,
    `An entry of a history: ${label.toLowerCase()}.`,
    Object.fromEntries(
      Object.entries(entry).map(([name, shown]) => {
        const shownType = shown.kind === 'user' ? () => User : graphqlType({ ...shown, kind: shown.kind });
        return [name, (shown.required ? a : optional).of(describe(shown), shownType)];
      }),
    ),
  );
  const entryOf = (change: RecordChange, { loaders }: Context) =>
    Object.fromEntries(
      Object.entries(entry).map(([name, { kind, value }]) => [
        name,
        // A function, which graphql-js calls only if the person is selected.
        kind === 'user' ? () => loaders.user.load(value(change) as number) : value(change),
      ]),
    );
  return resolved(
    describe(field),
    () => [Entry],
    async (version: VersionHeader, context) => {
      const changes = await changesUpTo(phase.version, version, context);
      return changes.filter(where).map((change) => entryOf(change, context));
    },
  );
}

/**
 * Earlier forms of an item along its line of carrying, wherever its content changed, without those in versions that the viewer may not see.
 */
export const lineageField = (field: LineageField, phase: FullPhase): Answered<never> =>
  resolved(
    describe(field),
    () => [JSONObjectScalar],
    async ({ itemId, streamId }: ItemRow, context) => {
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
  );
