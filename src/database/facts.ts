/** Gathers what the rules look at, for reads and, inside the transaction, for writes: the same statements for both. */
import { fullPhaseOf, phaseOf } from '../phases';
import { contentOf } from '../versioning/content';
import {
  NO_ASSIGNMENT,
  type JsonObject,
  type WorkflowAssignment,
  type VersionHeader,
  type Viewer,
} from '../versioning/model';
import type { AuditOnlyPhase, FullPhase, PhaseDeclaration } from '../versioning/phase';
import type { CreationFacts, VersionFacts } from '../versioning/rules';
import { signOffStates, type SignOffState } from '../versioning/sign-offs';
import { byForeignKey, byId, itself, oneWithin, within } from './batching';
import type { Db } from './database';
import { itemCounts } from './items';
import { assignmentsOf, usersById, workflowsById } from './people';
import { signOffsByVersion, type SignOffRow } from './sign-offs';
import {
  circumstances,
  detailsByVersion,
  phaseStates,
  replacedRecords,
  type DetailRow,
  type PhaseState,
} from './versions';

/** How a person stands to one workflow. */
export const assignmentIn = async (db: Db, workflowId: string, { userId }: Viewer): Promise<WorkflowAssignment> =>
  (await assignmentsOf(db, [workflowId], userId)).get(workflowId) ?? NO_ASSIGNMENT;

/** Prerequisites that have nothing in force yet, among the phase states of one workflow. */
export function missingPrerequisites(phase: PhaseDeclaration, states: readonly PhaseState[]): PhaseDeclaration[] {
  const inForce = (key: string) =>
    states.some(
      (state) => state.phase === key && (state.statuses.includes('APPROVED') || state.statuses.includes('RECORDED')),
    );
  return phase.prerequisites.filter((key) => !inForce(key)).map(phaseOf);
}

/** What can be known before there is a version, read in a writing transaction that holds the stream's head. */
export async function factsForCreating(
  tx: Db,
  streamId: string,
  about: Pick<CreationFacts, 'phase' | 'viewer' | 'assignment'>,
): Promise<CreationFacts> {
  const states = await phaseStates(tx, [streamId]);
  return { ...about, missingPrerequisites: missingPrerequisites(about.phase, states) };
}

/** What the facts about versions are read by, in batches: over the pool for reads, over the transaction for writes. */
export function factReaders(db: Db) {
  const detail = oneWithin(
    db,
    phaseOf,
    'versionId',
    detailsByVersion,
    (row, versionId): DetailRow => row ?? { versionId },
  );
  return {
    circumstances: byId(db, circumstances, 'versionId', itself),
    phaseStates: byForeignKey(db, phaseStates, 'workflowId'),
    /** The row of the phase's own version table. */
    detail,
    /** The version's own content. */
    content: async ({ phase, versionId }: { phase: string; versionId: string }): Promise<JsonObject> =>
      contentOf(phaseOf(phase).version.fields, await detail.load({ phase, versionId })),
    itemCounts: oneWithin(db, fullPhaseOf, 'versionId', itemCounts, (row) => row ?? { total: 0, undecided: 0 }),
    signOffs: byForeignKey(db, signOffsByVersion, 'versionId'),
    workflow: byId(db, workflowsById, 'workflowId', itself),
    user: byId(db, usersById, 'userId', itself),
    /** Whether another record took this one's place. */
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

/** The facts about one version, read in a writing transaction that holds the stream's head. */
export const factsForWriting = (
  tx: Db,
  about: Pick<VersionFacts, 'version' | 'viewer' | 'assignment'>,
): Promise<VersionFacts> => factsAbout(about, factReaders(tx));

/** What the rules look at in a version. */
export async function factsAbout(
  about: Pick<VersionFacts, 'version' | 'viewer' | 'assignment'>,
  readers: FactReaders,
): Promise<VersionFacts> {
  const { version } = about;
  const phase = phaseOf(version.phase);
  const [circumstance, states, special] = await Promise.all([
    readers.circumstances.load(version.versionId),
    readers.phaseStates.load(version.streamId),
    phase.versioning === 'FULL' ? aboutDraft(phase, version, readers) : aboutRecord(phase, version, readers),
  ]);
  const { currentVersionId, currentVersionNumber } = circumstance ?? {};
  return {
    ...about,
    ...special,
    editors: circumstance?.editors ?? [],
    current: currentVersionId ? { versionId: currentVersionId, versionNumber: currentVersionNumber! } : null,
    missingPrerequisites: missingPrerequisites(phase, states),
  };
}

async function aboutDraft(phase: FullPhase, version: VersionHeader, readers: FactReaders) {
  const [items, signOffs] = await Promise.all([readers.itemCounts.load(version), signOffsOf(version, readers)]);
  const ids = signOffs
    .flatMap(({ principalId, signerId, named }) => [principalId, signerId, ...Object.values(named)])
    .filter((id) => id !== null);
  const people = await Promise.all(ids.map((id) => readers.user.load(id)));
  const names = new Map(people.flatMap((person) => (person ? [[person.userId, person.name]] : [])));
  return { phase, items, signOffs, nameOf: (userId: number) => names.get(userId) ?? String(userId) };
}

/** The signatures that a version takes, in the order of its phase, and how they stand. */
export async function signOffsOf(
  version: VersionHeader,
  { content, signOffs, workflow, circumstances: ofVersion }: FactReaders,
): Promise<SignOffState<SignOffRow>[]> {
  const phase = fullPhaseOf(version.phase);
  if (!phase.signOffs) return [];
  const [signed, given, signatories, circumstance] = await Promise.all([
    content(version),
    signOffs.load(version.versionId),
    workflow.load(version.streamId),
    ofVersion.load(version.versionId),
  ]);
  const editors = circumstance?.editors ?? [];
  return signOffStates(phase, { content: signed, version, editors, signatories: signatories!, given });
}

async function aboutRecord(phase: AuditOnlyPhase, version: VersionHeader, readers: FactReaders) {
  const [content, isReplaced] = await Promise.all([readers.content(version), readers.isReplaced.load(version)]);
  return { phase, content, isReplaced };
}
