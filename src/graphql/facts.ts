import { factsFrom } from '../database/facts';
import { phaseOf } from '../phases';
import type { VersionHeader } from '../versioning/model';
import type { VersionFacts } from '../versioning/rules';
import type { Context } from './context';

/** What the rules look at in a version, for the viewer; versions that are asked about together are read together. */
export async function factsOf({ loaders, viewer }: Context, version: VersionHeader): Promise<VersionFacts> {
  const [assignment, facts] = await Promise.all([
    loaders.assignment.load(version.streamId),
    loaders.facts.load(version),
  ]);
  return factsFrom(phaseOf(version.phase), facts!, { viewer, assignment });
}
