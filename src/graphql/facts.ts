import { factsAbout } from '../database/facts';
import type { VersionHeader } from '../versioning/model';
import type { VersionFacts } from '../versioning/rules';
import type { Context } from './context';

/** What the rules look at in a version, for the viewer; versions that are asked about together are read together. */
export async function factsOf({ loaders, viewer }: Context, version: VersionHeader): Promise<VersionFacts> {
  return factsAbout({ version, viewer, assignment: await loaders.assignment.load(version.streamId) }, loaders);
}
