/** The frame of every mutation of an existing version: find it, lock its stream, let the rules decide, write. */
import type { Db } from '../database/database';
import { factsForWriting, type VersionIdentity } from '../database/facts';
import { correctHashes, doubtfulItems } from '../database/item-writes';
import { versionFor } from '../database/people';
import { contentNow, noteEditor, updateHeader, type Hashed } from '../database/version-writes';
import { notFound } from '../versioning/errors';
import { fullPhaseOf, phaseOf } from '../phases';
import type { DraftAction } from '../versioning/draft-rules';
import type { JsonObject, VersionHeader } from '../versioning/model';
import type { PhaseDeclaration } from '../versioning/phase';
import { demand, savesDraft, type VersionAction } from '../versioning/policy';
import { canSeeDeleted, canSeeWorkflow } from '../versioning/seeing';
import type { FullFacts, RecordFacts, VersionFacts } from '../versioning/rules';
import { inFlight } from '../in-flight';
import { commit, type Caller, type Command, type Committed, type OpenCommit, type Written } from './commit';

export interface VersionCommand extends Command {
  readonly versionId: string;
  readonly expectedRevision: number;
}

export interface Change<Input, Facts extends VersionFacts = FullFacts> extends OpenCommit {
  readonly caller: Caller;
  readonly input: Input;
  readonly facts: Facts;
  readonly phase: Facts['phase'];
  readonly version: VersionHeader;
  /** Changes the version's header; with a draft's content, its hash as well. */
  update(changes: Partial<VersionHeader>, hashed?: Hashed): Written;
}

/** What a mutation does with a version that was found, and allowed by the rules. */
export interface Changing<Input, Facts extends VersionFacts, Seen> {
  /** What else the rules have to know of what is wanted. */
  readonly about?: (input: Input) => Pick<FullFacts, 'signOffRole'>;
  /** What is read of the version besides what the rules look at. */
  readonly look?: (tx: Db, version: VersionIdentity, input: Input) => Promise<Seen>;
  /** Writes the change; says which version the answer is about. */
  readonly work: (change: Change<Input, Facts>, seen: Seen) => Promise<Written> | Written;
}

/** Of a change that leaves a version's header alone. */
export const asItIs = (version: VersionHeader): Written => ({
  versionId: version.versionId,
  version: Promise.resolve(version),
});

/**
 * Makes a mutation of existing versions.
 * @param action what is done; where that depends on the phase, it is asked once the phase is known, and may refuse
 */
const changing =
  <Facts extends VersionFacts, Action extends VersionAction>() =>
  <Input extends VersionCommand = VersionCommand, Seen = void>(
    operation: string,
    action: Action | ((phase: PhaseDeclaration, input: Input) => Action),
    { about, look, work }: Changing<Input, Facts, Seen>,
  ) =>
  (caller: Caller, input: Input): Promise<Committed> =>
    commit(caller, operation, input, {
      about: input.versionId,
      find: async (db, asking) => {
        const found = await versionFor(db, input.versionId, caller.viewer.userId);
        const viewer = await asking;
        const isVisible =
          found &&
          canSeeWorkflow(viewer, found.assignment) &&
          (!found.version.isDeleted || canSeeDeleted(viewer, found.assignment));
        if (!isVisible) throw notFound(`Version ${input.versionId}`);
        return { ...found, streamId: found.version.streamId };
      },
      look: async (tx, { version: named }) => {
        const version = named!;
        const factsFor = factsForWriting(tx, version);
        const seen = look && inFlight(look(tx, version, input));
        return { factsFor: await factsFor, seen };
      },
      work: async (made, { version, assignment }, looking) => {
        const { tx, viewer } = made;
        const { factsFor, seen } = await looking;
        const facts = { ...factsFor({ viewer, assignment }), ...about?.(input) } as Facts;
        const does = typeof action === 'function' ? action(phaseOf(version.phase), input) : action;
        demand(does, facts, input.expectedRevision);
        if (facts.phase.versioning === 'FULL' && savesDraft(does) && !facts.editors.includes(viewer.userId))
          noteEditor(tx, version.versionId);
        const update: Change<Input>['update'] = (changes, hashed) => ({
          versionId: version.versionId,
          version: updateHeader(tx, version, changes, hashed),
        });
        const { phase } = facts;
        return work({ ...made, caller, input, facts, phase, version, update }, (await seen) as Seen);
      },
    });

/** A change of a version of a fully versioned phase; what is recorded is not drafted, and the rules say so. */
export const changeVersion = changing<FullFacts, DraftAction>();
/** A change of a record of an audit-only phase. */
export const changeRecord = changing<RecordFacts, VersionAction>();

/** What a content hash is made of: the content, and the hashes of items, of which some may have been forgotten. */
export async function hashable(tx: Db, { phase: key, versionId }: VersionIdentity, all = false) {
  const phase = fullPhaseOf(key);
  const [content, doubtful] = await Promise.all([
    contentNow(tx, phase, versionId),
    doubtfulItems(tx, phase, versionId, all),
  ]);
  return { phase, content, doubtful };
}

interface ContentChange<Input, Seen> {
  readonly look: (tx: Db, version: VersionIdentity, input: Input) => Promise<Seen>;
  /** Writes; says what the version's own content is afterwards where that has changed. */
  readonly work: (change: Change<Input, FullFacts>, seen: Seen, content: JsonObject) => JsonObject | void;
}

/** A change of what a draft holds; its hash follows. */
export const changeContent = <Input extends VersionCommand, Seen>(
  operation: string,
  action: DraftAction | ((phase: PhaseDeclaration, input: Input) => DraftAction),
  { look, work }: ContentChange<Input, Seen>,
) =>
  changeVersion<Input, { seen: Promise<Seen>; before: Awaited<ReturnType<typeof hashable>> }>(operation, action, {
    look: async (tx, version, input) => {
      const seen = inFlight(look(tx, version, input));
      return { seen, before: await hashable(tx, version) };
    },
    work: async (change, { seen, before: { content, doubtful } }) => {
      const { tx, phase, update } = change;
      const found = await seen;
      correctHashes(tx, phase, doubtful);
      const after = work(change, found, content) ?? content;
      return update({}, { phase, content: after });
    },
  });
