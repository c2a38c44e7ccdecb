/** Versions that wait for somebody's decision, with the facts that say whose. */
import { phases } from '../phases';
import { decidersOf } from '../versioning/policy';
import { workflowsAssignedTo } from './people';
import { decisionFactsExpression } from './version-facts';
import { waits } from './versions';
import { since } from './work';

/** The phases that somebody with a person's roles may be asked about, wherever they are assigned. */
const phasesDecidedBy = (person: string): string => {
  const pairs = phases.flatMap((phase) => decidersOf(phase).map((role) => `('${role}', '${phase.key}')`));
  return `select d.phase::"Phase" from user_roles r join (values ${pairs.join(', ')}) d(role, phase) on d.role = r.role::text
    where r.user_id = ${person}`;
};

/** What the list is called in its cursors. */
export const REVIEW_QUEUE = 'review-queue';

/** The oldest first. */
export const queueOrder = [since, 'v.version_id'] as const;

/** All that the rules ask of a version `v` that waits. */
export const queueFacts = decisionFactsExpression('v', phases);

/** Which versions `v` wait in the workflows that a person is assigned to, of those that they may be asked about. */
export const isQueuedFor = (person: string): string =>
  `v.stream_id = any (array(${workflowsAssignedTo(person)})) and v.phase = any (array(${phasesDecidedBy(person)}))
     and not v.is_deleted and ${waits}`;
