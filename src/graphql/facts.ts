import { factsAbout } from '../database/facts';
import type { VersionHeader } from '../versioning/model';
import type { VersionFacts } from '../versioning/rules';
import type { Context } from './context';

/** What the rules look at in a version, for the viewer; versions that are asked about together are read together. */
export async function factsOf({ loaders, viewer }: Context, version: VersionHeader): Promise<VersionFacts> {
  const { phase, versionId, streamId, masterRecordId } = version;
  const standing = await loaders.standing.load(streamId);
  return factsAbout(
    { version, viewer, standing },
    {
      circumstances: () => loaders.circumstances.load(versionId),
      phaseStates: () => loaders.phaseStates.load(streamId),
      content: () => loaders.content({ phase, versionId }),
      itemCounts: () => loaders.itemCounts.load({ phase, versionId }),
      signOffs: () => loaders.signOffs.load(versionId),
      signatories: async () => (await loaders.workflow.load(streamId))!,
      people: async (ids) =>
        (await Promise.all(ids.map((id) => loaders.user.load(id)))).filter((user) => user !== null),
      isReplaced: () => loaders.isReplaced.load({ phase, masterRecordId }),
    },
  );
}
