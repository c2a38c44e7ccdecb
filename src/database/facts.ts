/** Gathers what the rules look at, for reads and, inside the transaction, for writes: the same statements for both. */
import { phaseOf } from '../phases';
import { NO_STANDING, type JsonObject, type Standing, type VersionHeader, type Viewer } from '../versioning/model';
import type { AuditOnlyPhase, FullPhase, PhaseDeclaration } from '../versioning/phase';
import type { CreationFacts, FullFacts, RecordFacts, VersionFacts } from '../versioning/rules';
import { signOffStates, type GivenSignOff, type Signatories } from '../versioning/sign-offs';
import type { Db } from './database';
import { itemCounts } from './items';
import { standings, usersById, workflowsById } from './people';
import { signOffsByVersion } from './sign-offs';
import { contentNow } from './version-writes';
import { circumstances, phaseStates, replacedRecords, type PhaseState, type VersionCircumstances } from './versions';

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

/** What can be known before there is a version, read in a writing transaction that holds the stream's head. */
export async function factsForCreating(
  tx: Db,
  streamId: string,
  about: Pick<CreationFacts, 'phase' | 'viewer' | 'standing'>,
): Promise<CreationFacts> {
  const states = await phaseStates(tx, [streamId]);
  return { ...about, missingPrerequisites: missingPrerequisites(about.phase, states) };
}

/** Where the facts come from: loaders for reads, the transaction for writes. */
export interface FactSource {
  circumstances(version: VersionHeader): Promise<VersionCircumstances | null | undefined>;
  phaseStates(version: VersionHeader): Promise<readonly PhaseState[]>;
  content(version: VersionHeader): Promise<JsonObject>;
  itemCounts(version: VersionHeader): Promise<FullFacts['items'] | undefined>;
  signOffs(version: VersionHeader): Promise<readonly GivenSignOff[]>;
  signatories(version: VersionHeader): Promise<Signatories>;
  people(ids: readonly number[]): Promise<readonly Pick<Viewer, 'userId' | 'name'>[]>;
  isReplaced(version: VersionHeader): Promise<boolean>;
}

export async function factsAbout(
  about: Pick<VersionFacts, 'version' | 'viewer' | 'standing'>,
  source: FactSource,
): Promise<VersionFacts> {
  const { version } = about;
  const phase = phaseOf(version.phase);
  const circumstances = source.circumstances(version);
  const [circumstance, states, special] = await Promise.all([
    circumstances,
    source.phaseStates(version),
    phase.versioning === 'FULL'
      ? aboutDraft(phase, version, source, circumstances)
      : aboutRecord(phase, version, source),
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

async function aboutDraft(
  phase: FullPhase,
  version: VersionHeader,
  source: FactSource,
  circumstances: Promise<VersionCircumstances | null | undefined>,
): Promise<Pick<FullFacts, 'phase' | 'items' | 'signOffs' | 'nameOf'>> {
  const [items = { total: 0, undecided: 0 }, signed] = await Promise.all([
    source.itemCounts(version),
    phase.signOffs ? aboutSignOffs(phase, version, source, circumstances) : { signOffs: [], nameOf: String },
  ]);
  return { phase, items, ...signed };
}

async function aboutSignOffs(
  phase: FullPhase,
  version: VersionHeader,
  source: FactSource,
  circumstances: Promise<VersionCircumstances | null | undefined>,
): Promise<Pick<FullFacts, 'signOffs' | 'nameOf'>> {
  const [content, given, signatories, circumstance] = await Promise.all([
    source.content(version),
    source.signOffs(version),
    source.signatories(version),
    circumstances,
  ]);
  const editors = circumstance?.editors ?? [];
  const signOffs = signOffStates(phase, { content, version, editors, signatories, given });
  const ids = signOffs
    .flatMap(({ principalId, signerId, named }) => [principalId, signerId, ...Object.values(named)])
    .filter((id) => id !== null);
  const names = new Map((await source.people([...new Set(ids)])).map(({ userId, name }) => [userId, name]));
  return { signOffs, nameOf: (userId) => names.get(userId) ?? String(userId) };
}

async function aboutRecord(
  phase: AuditOnlyPhase,
  version: VersionHeader,
  source: FactSource,
): Promise<Pick<RecordFacts, 'phase' | 'content' | 'isReplaced'>> {
  const [content, isReplaced] = await Promise.all([
    source.content(version),
    phase.replaces ? source.isReplaced(version) : false,
  ]);
  return { phase, content, isReplaced };
}

/** The facts about one version, read in a writing transaction that holds the stream's head. */
export function factsForWriting(
  tx: Db,
  about: Pick<VersionFacts, 'version' | 'viewer' | 'standing'>,
): Promise<VersionFacts> {
  const { versionId, masterRecordId } = about.version;
  return factsAbout(about, {
    circumstances: async () => (await circumstances(tx, [versionId]))[0],
    phaseStates: ({ streamId }) => phaseStates(tx, [streamId]),
    content: ({ phase }) => contentNow(tx, phaseOf(phase), versionId),
    itemCounts: async ({ phase }) => (await itemCounts(tx, phaseOf(phase) as FullPhase, [versionId]))[0],
    signOffs: () => signOffsByVersion(tx, [versionId]),
    signatories: async ({ streamId }) => (await workflowsById(tx, [streamId]))[0]!,
    people: (ids) => usersById(tx, ids),
    isReplaced: async ({ phase }) =>
      (await replacedRecords(tx, phaseOf(phase) as AuditOnlyPhase, [masterRecordId])).has(masterRecordId),
  });
}
