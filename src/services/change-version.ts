/** The common sequence of every mutation on an existing version: find it, lock its stream, check the rules, write. */
import type { Db } from '../database/connection/database';
import { factsForWriting, type VersionIdentity } from '../database/versions/facts';
import { correctHashes, doubtfulItems } from '../database/versions/item-writes';
import { versionFor } from '../database/register/people';
import { contentNow, recordEditor, updateHeader, type Hashed } from '../database/versions/version-writes';
import { notFound } from '../versioning/errors';
import { fullPhaseOf, phaseOf } from '../phases';
import type { DraftAction } from '../versioning/draft-rules';
import type { JsonObject, VersionHeader } from '../versioning/model';
import type { PhaseDeclaration } from '../versioning/phase';
import { requireAllowed, savesDraft, type VersionAction } from '../versioning/policy';
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
  /** Updates the version's header, and its hash if a draft's content is given. */
  update(changes: Partial<VersionHeader>, hashed?: Hashed): Written;
}

/** What a mutation does with a version after it was found and the rules allowed it. */
export interface Changing<Input, Facts extends VersionFacts, Seen> {
  /** Further facts that the rules need from the input. */
  readonly about?: (input: Input) => Pick<FullFacts, 'signOffRole'>;
  /** What is read of the version besides the facts for the rules. */
  readonly look?: (tx: Db, version: VersionIdentity, input: Input) => Promise<Seen>;
  /** Writes the change; returns the version that the answer is about. */
  readonly work: (change: Change<Input, Facts>, seen: Seen) => Promise<Written> | Written;
}

/** For a change that leaves the version's header alone. */
export const asItIs = (version: VersionHeader): Written => ({
  versionId: version.versionId,
  version: Promise.resolve(version),
});

/**
 * Makes a mutation on existing versions.
 * @param action the action for the rules; if it depends on the phase, a function of the phase, which may refuse
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
        const found = await versionFor(db, input.versionId, caller.userId);
        const viewer = await asking;
        const isVisible =
          found &&
          canSeeWorkflow(viewer, found.assignment) &&
          (!found.version.isDeleted || canSeeDeleted(viewer, found.assignment));
        if (!isVisible) throw notFound(`Version ${input.versionId}`);
        return { ...found, streamId: found.version.streamId };
      },
      readFacts: async (tx, { version: named }) => {
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
        requireAllowed(does, facts, input.expectedRevision);
        if (facts.phase.versioning === 'FULL' && savesDraft(does) && !facts.editors.includes(viewer.userId))
          recordEditor(tx, version.versionId);
        const update: Change<Input>['update'] = (changes, hashed) => ({
          versionId: version.versionId,
          version: updateHeader(tx, version, changes, hashed),
        });
        const { phase } = facts;
        return work({ ...made, caller, input, facts, phase, version, update }, (await seen) as Seen);
      },
    });

/** A change of a version in a fully versioned phase. The rules refuse it for audit-only records. */
export const changeVersion = changing<FullFacts, DraftAction>();
/** A change of a record in an audit-only phase. */
export const changeRecord = changing<RecordFacts, VersionAction>();

/** The input of a content hash: the content, and the items' hashes, some of which may have been cleared. */
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
  /** Writes; returns the version's new content if it changed. */
  readonly work: (change: Change<Input, FullFacts>, seen: Seen, content: JsonObject) => JsonObject | void;
}

/** A change to a draft's content or items, after which its hash is updated. */
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
