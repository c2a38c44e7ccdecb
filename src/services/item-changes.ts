/** Items of a draft that are changed in part: found by their key or by their identity, and kept in everything that is not sent. */
import { contentsByKey } from '../database/item-writes';
import type { Db } from '../database/database';
import { badInput } from '../versioning/errors';
import { tidied } from '../versioning/identity';
import type { JsonObject } from '../versioning/model';
import type { FullPhase } from '../versioning/phase';
import { itemFieldsSent, keySent, memberOf, type ItemsInput, type SentItem } from './phase-input';

/** What is to be changed of one item. */
export interface ItemChange {
  readonly itemKey: string;
  readonly given: JsonObject;
  /** What the caller named it by. */
  readonly named: string;
}

/** Changes as they were sent; each says which item it is about. */
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

/** The items as they will be: what was not sent stays. Refuses changes of what is not there. */
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
    // The identity stays as it was written first.
    const is = identity && (content[identity] as string);
    return {
      content: { ...content, ...given, ...(is !== undefined && { [identity!]: is }) },
      identity: is,
      itemKey,
      replaces: 'ALWAYS',
    } as const;
  });
}
