/** The frame of every mutation of an existing version: find it, lock its stream, let the rules decide, write. */
import { factsForWriting, standingIn } from '../database/facts';
import { noteEditor, updateHeader } from '../database/version-writes';
import { versionsById } from '../database/versions';
import { notFound, staleRevision } from '../versioning/errors';
import { phaseOf } from '../phases';
import type { VersionHeader } from '../versioning/model';
import type { PhaseDeclaration } from '../versioning/phase';
import {
  canSeeDeleted,
  canSeeWorkflow,
  demand,
  savesDraft,
  type DraftAction,
  type VersionAction,
} from '../versioning/policy';
import type { FullFacts, RecordFacts, VersionFacts } from '../versioning/rules';
import { commit, type Caller, type Command, type Commit, type Committed } from './commit';

export interface VersionCommand extends Command {
  readonly versionId: string;
  readonly expectedRevision: number;
}

export interface Change<Facts extends VersionFacts> extends Commit {
  readonly facts: Facts;
  readonly version: VersionHeader;
  /** Changes the version's header; refuses if somebody outside the service changed it in between. */
  update(changes: Readonly<Record<string, unknown>>): Promise<void>;
}

/** A change of a version of a fully versioned phase; what is recorded is not drafted, and the rules say so. */
export const changeVersion = (
  caller: Caller,
  operation: string,
  action: DraftAction | ((phase: PhaseDeclaration) => DraftAction),
  input: VersionCommand,
  work: (change: Change<FullFacts>) => Promise<string | void>,
  about?: Pick<FullFacts, 'signOffRole'>,
): Promise<Committed> => change(caller, operation, action, input, (made) => work(made as Change<FullFacts>), about);

/** A change of a record of an audit-only phase. */
export const changeRecord = (
  caller: Caller,
  operation: string,
  action: (phase: PhaseDeclaration) => VersionAction,
  input: VersionCommand,
  work: (change: Change<RecordFacts>) => Promise<string | void>,
): Promise<Committed> => change(caller, operation, action, input, (made) => work(made as Change<RecordFacts>));

/**
 * @param action what is done; where that depends on the phase, it is asked once the phase is known, and may refuse
 * @param work writes the change; returns the version the answer is about where that is another one
 * @param about what else the rules have to know of what is wanted
 */
function change(
  caller: Caller,
  operation: string,
  action: VersionAction | ((phase: PhaseDeclaration) => VersionAction),
  input: VersionCommand,
  work: (change: Change<VersionFacts>) => Promise<string | void>,
  about: Pick<FullFacts, 'signOffRole'> = {},
): Promise<Committed> {
  return commit(
    caller,
    operation,
    input,
    async (tx, viewer) => {
      const [version] = await versionsById(tx, [input.versionId]);
      const standing = version && (await standingIn(tx, version.streamId, viewer));
      const isVisible =
        standing && canSeeWorkflow(viewer, standing) && (!version.isDeleted || canSeeDeleted(viewer, standing));
      if (!isVisible) throw notFound(`Version ${input.versionId}`);
      return { streamId: version.streamId, version, standing };
    },
    async ({ tx, now, viewer }, { version, standing }) => {
      const facts = { ...(await factsForWriting(tx, { version, viewer, standing })), ...about };
      const does = typeof action === 'function' ? action(phaseOf(version.phase)) : action;
      demand(does, facts, input.expectedRevision);
      if (facts.phase.versioning === 'FULL' && savesDraft(does) && !facts.editors.includes(viewer.userId))
        await noteEditor(tx, version.versionId);
      const update = async (changes: Readonly<Record<string, unknown>>) => {
        if (!(await updateHeader(tx, version, changes)))
          throw staleRevision(input.expectedRevision, version.revision + 1);
      };
      return (await work({ tx, now, viewer, facts, version, update })) ?? version.versionId;
    },
  );
}
