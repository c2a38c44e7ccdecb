/** Versions that wait for somebody's decision, with the facts that say whose. */
import { phases } from '../phases';
import { decidersOf } from '../versioning/policy';
import type { VersionHeader, WorkflowAssignment } from '../versioning/model';
import type { Db } from './database';
import { assignmentColumns, workflowsAssignedTo } from './people';
import { decisionFactsExpression, type DecisionFactsRow } from './version-facts';
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
const isQueuedFor = (person: string): string =>
  `v.stream_id = any (array(${workflowsAssignedTo(person)})) and v.phase = any (array(${phasesDecidedBy(person)}))
     and not v.is_deleted and ${waits}`;

/**
 * What may wait for a person: versions `v` with their workflows `w`. Whether it does, the rules say.
 * @param ofPhases an array of phases, as an expression; of all phases where it is null
 */
export const queuedFrom = (person: string, ofPhases: string): string =>
  `phase_version v join workflows w on w.workflow_id = v.stream_id
     where ${isQueuedFor(person)} and (${ofPhases}::text[] is null or v.phase::text = any (${ofPhases}::text[]))`;

export type QueuedVersion = VersionHeader & WorkflowAssignment & { readonly facts: DecisionFactsRow };

export const queuedVersions = (db: Db, userId: number, ofPhases: readonly string[] | null): Promise<QueuedVersion[]> =>
  db.query(
    `select v.*, ${assignmentColumns(1)}, ${queueFacts} as facts from ${queuedFrom('$1', '$2')} order by ${queueOrder.join(', ')}`,
    [userId, ofPhases],
  );
