/** Versions that wait for a decision, with the facts that tell who may make it. */
import { phases } from '../../phases';
import { decidersOf } from '../../versioning/policy';
import type { VersionHeader, WorkflowAssignment } from '../../versioning/model';
import type { Db } from '../connection/database';
import { assignmentColumns, workflowsAssignedTo } from '../register/people';
import { decisionFactsExpression, type DecisionFactsRow } from './version-facts';
import { waits } from './versions';
import { since } from './work';

/** The phases for which a person's roles may allow decisions, wherever they are assigned. */
const phasesDecidedBy = (person: string): string => {
  const pairs = phases.flatMap((phase) => decidersOf(phase).map((role) => `('${role}', '${phase.key}')`));
  return `select d.phase::"Phase" from user_roles r join (values ${pairs.join(', ')}) d(role, phase) on d.role = r.role::text
    where r.user_id = ${person}`;
};

/** The list's name in cursors. */
export const REVIEW_QUEUE = 'review-queue';

/** Oldest first. */
export const queueOrder = [since, 'v.version_id'] as const;

/** The facts that the rules need about a waiting version `v`. */
export const queueFacts = decisionFactsExpression('v', phases);

/** Versions `v` that wait in the workflows to which a person is assigned, in phases on which they may decide. */
const isQueuedFor = (person: string): string =>
  `v.stream_id = any (array(${workflowsAssignedTo(person)})) and v.phase = any (array(${phasesDecidedBy(person)}))
     and not v.is_deleted and ${waits}`;

/**
 * Candidates for a person's queue: versions `v` with their workflows `w`. The rules decide which of them belong in it.
 * @param ofPhases an expression for an array of phases; null for all phases
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
