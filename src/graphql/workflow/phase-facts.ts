/** The state of a workflow's phase, computed from the progress of all its phases, for resolvers and plans alike. */
import { missingPrerequisites } from '../../database/versions/facts';
import type { PhaseState } from '../../database/versions/versions';
import { cannotCreateReason } from '../../versioning/policy';
import { progressOf } from '../../versioning/progress';
import type { ActorFacts } from '../../versioning/rules';

/** A phase of a workflow, and its viewer. */
export interface PhaseFacts extends ActorFacts {
  readonly states: readonly PhaseState[];
  /** The instant at which it is read; null for the present. */
  readonly at: Date | null;
}

const missing = ({ phase, states }: PhaseFacts) => missingPrerequisites(phase, states);

function whyNotCreate(standing: PhaseFacts): string | null {
  if (standing.at) return `This is the state at ${standing.at.toISOString()}: the past does not change.`;
  return cannotCreateReason({ ...standing, missingPrerequisites: missing(standing) });
}

export const phaseAnswers = {
  progress: (standing: PhaseFacts) => {
    const { phase, states } = standing;
    const { statuses = [], isWaiting } = states.find((state) => state.phase === phase.key) ?? {};
    return progressOf(phase, statuses, missing(standing).length > 0, isWaiting);
  },
  blockedBy: (standing: PhaseFacts) => missing(standing).map(({ key }) => key),
  canCreate: (standing: PhaseFacts) => whyNotCreate(standing) === null,
  cannotCreateReason: whyNotCreate,
};
