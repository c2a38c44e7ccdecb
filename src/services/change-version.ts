/** The frame of every mutation of an existing version: find it, lock its stream, let the rules decide, write. */
import { factsForWriting, assignmentIn } from '../database/facts';
import { noteEditor, rehash, updateHeader } from '../database/version-writes';
import { versionsById } from '../database/versions';
import { notFound, staleRevision } from '../versioning/errors';
import { phaseOf } from '../phases';
import type { DraftAction } from '../versioning/draft-rules';
import type { VersionHeader } from '../versioning/model';
import type { PhaseDeclaration } from '../versioning/phase';
import { demand, savesDraft, type VersionAction } from '../versioning/policy';
import { canSeeDeleted, canSeeWorkflow } from '../versioning/seeing';
import type { FullFacts, RecordFacts, VersionFacts } from '../versioning/rules';
import { commit, type Caller, type Command, type OpenCommit, type Committed } from './commit';

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
  /** Changes the version's header; refuses if somebody outside the service changed it in between. */
  update(changes: Readonly<Record<string, unknown>>): Promise<void>;
}

/** What else the rules have to know of what is wanted. */
type About = Pick<FullFacts, 'signOffRole'>;

/**
 * Makes a mutation of existing versions.
 * @param action what is done; where that depends on the phase, it is asked once the phase is known, and may refuse
 * @param work writes the change; returns the version the answer is about where that is another one
 */
const changing =
  <Facts extends VersionFacts, Action extends VersionAction>() =>
  <Input extends VersionCommand = VersionCommand>(
    operation: string,
    action: Action | ((phase: PhaseDeclaration, input: Input) => Action),
    work: (change: Change<Input, Facts>) => Promise<string | void>,
    about: (input: Input) => About = () => ({}),
  ) =>
  (caller: Caller, input: Input): Promise<Committed> =>
    commit(
      caller,
      operation,
      input,
      async (tx, viewer) => {
        const [version] = await versionsById(tx, [input.versionId]);
        const assignment = version && (await assignmentIn(tx, version.streamId, viewer));
        const isVisible =
          assignment && canSeeWorkflow(viewer, assignment) && (!version.isDeleted || canSeeDeleted(viewer, assignment));
        if (!isVisible) throw notFound(`Version ${input.versionId}`);
        return { streamId: version.streamId, version, assignment };
      },
      async (made, { version, assignment }) => {
        const { tx, viewer } = made;
        const facts = { ...(await factsForWriting(tx, { version, viewer, assignment })), ...about(input) } as Facts;
        const does = typeof action === 'function' ? action(phaseOf(version.phase), input) : action;
        demand(does, facts, input.expectedRevision);
        if (facts.phase.versioning === 'FULL' && savesDraft(does) && !facts.editors.includes(viewer.userId))
          await noteEditor(tx, version.versionId);
        const update = async (changes: Readonly<Record<string, unknown>>) => {
          if (!(await updateHeader(tx, version, changes)))
            throw staleRevision(input.expectedRevision, version.revision + 1);
        };
        const { phase } = facts;
        return (await work({ ...made, caller, input, facts, phase, version, update })) ?? version.versionId;
      },
    );

/** A change of a version of a fully versioned phase; what is recorded is not drafted, and the rules say so. */
export const changeVersion = changing<FullFacts, DraftAction>();
/** A change of a record of an audit-only phase. */
export const changeRecord = changing<RecordFacts, VersionAction>();

/** A change of what a draft holds; its hash follows. */
export const changeContent: typeof changeVersion = (operation, action, work) =>
  changeVersion(operation, action, async (change) => {
    const { tx, phase, version, update } = change;
    await work(change);
    await update({ contentHash: await rehash(tx, phase, version.versionId) });
  });
