/** Gathers what the rules look at, for reads and, inside the transaction, for writes: the same statements for both. */
import { phaseOf } from '../phases';
import type { Standing, VersionHeader, Viewer } from '../versioning/model';
import type { PhaseDeclaration } from '../versioning/phase';
import type { VersionFacts } from '../versioning/policy';
import type { Db } from './database';
import { itemCounts } from './items';
import { standings } from './people';
import { circumstances, phaseStates, type PhaseState, type VersionCircumstances } from './versions';

export const NO_STANDING: Standing = {
  isTester: false,
  isTestLead: false,
  isReportOwner: false,
  isTestExecutive: false,
};

/** How a person stands to one workflow. */
export const standingIn = async (db: Db, workflowId: string, { userId }: Viewer): Promise<Standing> =>
  (await standings(db, [workflowId], userId)).get(workflowId) ?? NO_STANDING;

/** Prerequisites that have nothing in force yet, among the phase states of one workflow. */
export function missingPrerequisites(phase: PhaseDeclaration, states: readonly PhaseState[]): PhaseDeclaration[] {
  const inForce = (key: string) =>
    states.some(
      (state) => state.phase === key && (state.statuses.includes('APPROVED') || state.statuses.includes('RECORDED')),
    );
  return phase.prerequisites.filter((key) => !inForce(key)).map(phaseOf);
}

/** The facts about a version, from what was read of it, whether through loaders or in a transaction. */
export function factsFrom(
  about: Pick<VersionFacts, 'version' | 'viewer' | 'standing'>,
  circumstance: VersionCircumstances | null | undefined,
  items: VersionFacts['items'] | undefined,
  states: readonly PhaseState[],
): VersionFacts {
  const phase = phaseOf(about.version.phase);
  return {
    ...about,
    phase,
    hasEdited: circumstance?.hasEdited ?? false,
    currentVersionId: circumstance?.currentVersionId ?? null,
    items: items ?? { total: 0, undecided: 0 },
    missingPrerequisites: missingPrerequisites(phase, states),
  };
}

/** The facts about one version, read in a writing transaction that holds the stream's head. */
export async function factsForWriting(
  tx: Db,
  version: VersionHeader,
  viewer: Viewer,
  standing: Standing,
): Promise<VersionFacts> {
  const [circumstance] = await circumstances(tx, [version.versionId], viewer.userId);
  const [items] = await itemCounts(tx, phaseOf(version.phase), [version.versionId]);
  const states = await phaseStates(tx, [version.streamId]);
  return factsFrom({ version, viewer, standing }, circumstance, items, states);
}
