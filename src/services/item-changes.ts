/** Partial changes of a draft's items: an item is found by its key or identity, and fields that were not sent stay. */
import { contentsByKey } from '../database/versions/item-writes';
import type { Db } from '../database/connection/database';
import { badInput } from '../versioning/errors';
import { tidied } from '../versioning/identity';
import type { JsonObject } from '../versioning/model';
import type { FullPhase } from '../versioning/phase';
import { itemFieldsSent, keySent, memberOf, type ItemsInput, type SentItem } from './phase-input';

/** The change of one item. */
export interface ItemChange {
  readonly itemKey: string;
  readonly given: JsonObject;
  /** How the caller named it. */
  readonly named: string;
}

/** The changes as sent; each names its item. */
export function changesSent(phase: FullPhase, masterRecordId: string, input: ItemsInput): ItemChange[] {
  const { input: member, fields, identity: identityField } = phase.item;
  const raw = memberOf(phase, 'changes', member, input) as readonly Readonly<Record<string, unknown>>[];
  if (raw.length === 0) throw badInput(`\`${member}\` of \`changes\` is empty: send at least one change.`);
  return raw.map((sent, index) => {
    const fieldsSent = itemFieldsSent(fields, sent, `Change ${index + 1}`);
    const said = identityField && (fieldsSent[identityField] as string | undefined);
    const identity = said === undefined ? undefined : tidied(said);
    const given = identity === undefined ? fieldsSent : { ...fieldsSent, [identityField!]: identity };
    const itemKey = keySent(phase, masterRecordId, { itemKey: sent.itemKey, identity }, index);
    if (itemKey === null)
      throw badInput(
        `Change ${index + 1} does not say which item it is about. Send its itemKey${identityField ? ` or its ${identityField}` : ''}.`,
        { index },
      );
    const named =
      sent.itemKey == null ? `${identityField} ${(sent[identityField!] ?? identity) as string}` : `itemKey ${itemKey}`;
    return { itemKey, given, named };
  });
}

/** The items after the change: fields that were not sent stay. Refuses changes of items that do not exist. */
export async function changedItems(
  db: Db,
  phase: FullPhase,
  versionId: string,
  changes: readonly ItemChange[],
): Promise<SentItem[]> {
  if (changes.length === 0) return [];
  const before = await contentsByKey(
    db,
    phase,
    versionId,
    changes.map(({ itemKey }) => itemKey),
  );
  const { identity } = phase.item;
  return changes.map(({ itemKey, given, named }, index) => {
    const content = before.get(itemKey);
    if (!content)
      throw badInput(`Change ${index + 1}: this version has no item with ${named}. Add it with \`items\`.`, {
        index,
        itemKey,
      });
    // The identity keeps its original spelling.
    const is = identity && (content[identity] as string);
    return {
      content: { ...content, ...given, ...(is !== undefined && { [identity!]: is }) },
      identity: is,
      itemKey,
      replaces: 'ALWAYS',
    } as const;
  });
}
