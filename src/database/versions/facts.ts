/** Reads the facts that the rules look at. Reads and writing transactions use the same statements. */
import { fullPhaseOf, phaseOf, phases } from '../../phases';
import { contentOf } from '../../versioning/content';
import { NO_ASSIGNMENT, type JsonObject, type WorkflowAssignment, type Viewer } from '../../versioning/model';
import type { VersionHeader } from '../../versioning/model';
import type { AuditOnlyPhase, PhaseDeclaration } from '../../versioning/phase';
import type { DecisionFacts, VersionFacts } from '../../versioning/rules';
import { signOffStates, type SignOffState } from '../../versioning/sign-offs';
import { byForeignKey, byId, byParts, itself, oneWithin, within } from '../connection/batching';
import type { Db } from '../connection/database';
import { assignmentsOf, usersById, workflowsById } from '../register/people';
import { signOffsByVersion, type SignOffRow } from './sign-offs';
import {
  factsExpression,
  missingPrerequisitesSql as missingExpression,
  type DecisionFactsRow,
  type FactsRow,
} from './version-facts';
import { detailsByVersion, phaseStates, replacedRecords, type DetailRow, type PhaseState } from './versions';

/** How a person is assigned to one workflow. */
export const assignmentIn = async (db: Db, workflowId: string, { userId }: Viewer): Promise<WorkflowAssignment> =>
  (await assignmentsOf(db, [workflowId], userId)).get(workflowId) ?? NO_ASSIGNMENT;

/** The prerequisites that have no version in force yet, from the phase states of one workflow. */
export function missingPrerequisites(phase: PhaseDeclaration, states: readonly PhaseState[]): PhaseDeclaration[] {
  const inForce = (key: string) =>
    states.some(
      (state) => state.phase === key && (state.statuses.includes('APPROVED') || state.statuses.includes('RECORDED')),
    );
  return phase.prerequisites.filter((key) => !inForce(key)).map(phaseOf);
}

/** The same, read in a writing transaction that holds the lock on the stream's head. */
export async function readMissingPrerequisites(
  tx: Db,
  streamId: string,
  phase: PhaseDeclaration,
): Promise<PhaseDeclaration[]> {
  if (phase.prerequisites.length === 0) return [];
  const [row] = await tx.query<{ missing: string[] }>(`select ${missingExpression('$1::uuid', phase)} as missing`, [
    streamId,
  ]);
  return row!.missing.map(phaseOf);
}

/** Facts about versions. If all are of one phase, the statement leaves out the tables of the others. */
async function factsByVersion(
  db: Db,
  versions: readonly Pick<VersionHeader, 'versionId' | 'phase'>[],
): Promise<{ versionId: string; facts: FactsRow }[]> {
  const [first, ...others] = versions;
  const occurring = others.every(({ phase }) => phase === first!.phase) ? [phaseOf(first!.phase)] : phases;
  return db.query(
    `select v.version_id, ${factsExpression('v', occurring)} as facts from phase_version v where v.version_id = any($1::uuid[])`,
    [versions.map(({ versionId }) => versionId)],
  );
}

/** Loaders for the facts about versions: over the pool for reads, over the transaction for writes. */
export function factReaders(db: Db) {
  const detail = oneWithin(
    db,
    phaseOf,
    'versionId',
    detailsByVersion,
    (row, versionId): DetailRow => row ?? { versionId },
  );
  return {
    facts: byParts(
      ({ versionId }: { readonly versionId: string }) => versionId,
      (versions: readonly Pick<VersionHeader, 'versionId' | 'phase'>[]) => factsByVersion(db, versions),
      ({ facts }) => facts,
    ),
    phaseStates: byForeignKey(db, phaseStates, 'workflowId'),
    /** The row of the phase's own version table. */
    detail,
    /** The version's own content. */
    content: async ({ phase, versionId }: { phase: string; versionId: string }): Promise<JsonObject> =>
      contentOf(phaseOf(phase).version.fields, await detail.load({ phase, versionId })),
    signOffs: byForeignKey(db, signOffsByVersion, 'versionId'),
    workflow: byId(db, workflowsById, 'workflowId', itself),
    user: byId(db, usersById, 'userId', itself),
    /** Whether another record replaced this one. */
    isReplaced: within(
      phaseOf,
      ({ masterRecordId }: { masterRecordId: string }) => masterRecordId,
      async (phase, keys) => {
        const records = keys.map(({ masterRecordId }) => masterRecordId);
        const replaced = await replacedRecords(db, phase as AuditOnlyPhase, records);
        return records.map((record) => replaced.has(record));
      },
    ),
  };
}
export type FactReaders = ReturnType<typeof factReaders>;

type About = Pick<VersionFacts, 'viewer' | 'assignment'>;

/** The immutable columns of a version, which are enough to find the facts about it. */
export type VersionIdentity = Pick<VersionHeader, 'versionId' | 'streamId' | 'phase' | 'masterRecordId'>;

/**
 * Reads the facts about one version in a writing transaction that holds the lock on the stream's head; for a record, its whole content too.
 * It returns a function of the viewer, so the viewer can be read at the same time.
 */
export async function factsForWriting(tx: Db, version: VersionIdentity): Promise<(about: About) => VersionFacts> {
  const readers = factReaders(tx);
  const phase = phaseOf(version.phase);
  const [row, content] = await Promise.all([
    readers.facts.load(version),
    phase.versioning === 'AUDIT_ONLY' ? readers.content(version) : null,
  ]);
  return (about) => {
    const facts = factsFrom(phase, row!, about);
    return facts.phase.versioning === 'FULL' ? facts : { ...facts, content: content! };
  };
}

/** The facts that decide who may review a version, in the form the rules take. */
export function decisionFactsFrom(phase: PhaseDeclaration, row: DecisionFactsRow, about: About): DecisionFacts {
  const { version, editors, current, signing, content, isReplaced } = row;
  const common = { ...about, version, editors, current };
  if (phase.versioning === 'AUDIT_ONLY') return { ...common, phase, content, isReplaced };
  const signOffs = signing ? signOffStates(phase, { ...signing, version, editors }) : [];
  return { ...common, phase, signOffs, nameOf: (userId) => signing?.names[userId] ?? String(userId) };
}

/** All facts about a version, in the form the rules take. */
export function factsFrom(phase: PhaseDeclaration, row: FactsRow, about: About): VersionFacts {
  const facts = decisionFactsFrom(phase, row, about);
  return { ...facts, items: row.items, missingPrerequisites: row.missing.map(phaseOf) };
}

/** The signatures that a version requires, in the order its phase declares, and the state of each. */
export async function signOffsOf(version: VersionHeader, readers: FactReaders): Promise<SignOffState<SignOffRow>[]> {
  const phase = fullPhaseOf(version.phase);
  if (!phase.signOffs) return [];
  const [facts, given] = await Promise.all([readers.facts.load(version), readers.signOffs.load(version.versionId)]);
  return signOffStates(phase, { ...facts!.signing!, editors: facts!.editors, version, given });
}
