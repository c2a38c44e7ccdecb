import { existingHashes, putItems as write } from '../database/item-writes';
import { fullPhaseOf } from '../phases';
import { changeContent, type VersionCommand } from './change-version';
import { demandKeys, itemsSent, labelled, type ItemsInput } from './phase-input';

export interface PutItems extends VersionCommand {
  readonly items: ItemsInput;
}

/** Adds items to a draft, or replaces those whose itemKey is given. */
export const putItems = changeContent<
  PutItems,
  { items: Awaited<ReturnType<typeof labelled>>; existing: Map<string, string> }
>('putItems', 'EDIT', {
  look: async (tx, version, input) => {
    const phase = fullPhaseOf(version.phase);
    const sent = itemsSent(phase, version.masterRecordId, input.items);
    const [existing, items] = await Promise.all([
      existingHashes(
        tx,
        phase,
        version.versionId,
        sent.map(({ itemKey }) => itemKey),
      ),
      labelled(tx, phase, version.streamId, sent),
    ]);
    demandKeys(phase, sent, existing);
    return { items, existing };
  },
  work: ({ tx, stamps, version, phase }, { items, existing }) => write(tx, phase, version, items, stamps, existing),
});
