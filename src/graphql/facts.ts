import { factsFrom } from '../database/versions/facts';
import { phaseOf } from '../phases';
import type { VersionHeader } from '../versioning/model';
import type { VersionFacts } from '../versioning/rules';
import type { Context } from './context';

/** The facts about a version for the rules, for this viewer; batched over versions. */
export async function factsOf({ loaders, viewer }: Context, version: VersionHeader): Promise<VersionFacts> {
  const [assignment, facts] = await Promise.all([
    loaders.assignment.load(version.streamId),
    loaders.facts.load(version),
  ]);
  return factsFrom(phaseOf(version.phase), facts!, { viewer, assignment });
}
