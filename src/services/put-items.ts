import { existingHashes, putItems as write } from '../database/versions/item-writes';
import { fullPhaseOf } from '../phases';
import { badInput } from '../versioning/errors';
import { changeContent, type VersionCommand } from './change-version';
import { changedItems, changesSent } from './item-changes';
import { requireKeys, requireDistinct, itemsSent, labelled, type ItemsInput } from './phase-input';

export interface PutItems extends VersionCommand {
  readonly items?: ItemsInput | null;
  readonly replaceExisting?: boolean | null;
  readonly changes?: ItemsInput | null;
}

/** Adds items to a draft, replaces those whose itemKey is given, and partially changes others. */
export const putItems = changeContent<
  PutItems,
  { items: Awaited<ReturnType<typeof labelled>>; existing: Map<string, string> }
>('putItems', 'EDIT', {
  look: async (tx, version, { items, replaceExisting, changes }) => {
    const phase = fullPhaseOf(version.phase);
    const { versionId, masterRecordId, streamId } = version;
    if (!items && !changes) throw badInput('Nothing is sent: send `items`, `changes` or both.');
    const sent = items ? itemsSent(phase, masterRecordId, items, replaceExisting ?? false) : [];
    const changing = changes ? changesSent(phase, masterRecordId, changes) : [];
    const all = [...sent, ...changing];
    requireDistinct(all);
    const [existing, put, changed] = await Promise.all([
      existingHashes(
        tx,
        phase,
        versionId,
        all.map(({ itemKey }) => itemKey),
      ),
      sent.length > 0 ? labelled(tx, phase, streamId, sent) : [],
      changedItems(tx, phase, versionId, changing).then((found) =>
        found.length > 0 ? labelled(tx, phase, streamId, found) : [],
      ),
    ]);
    requireKeys(phase, sent, existing);
    return { items: [...put, ...changed], existing };
  },
  work: ({ tx, stamps, version, phase }, { items, existing }) => write(tx, phase, version, items, stamps, existing),
});
