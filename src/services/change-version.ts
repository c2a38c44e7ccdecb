/** The frame of every mutation of an existing version: find it, lock its stream, let the rules decide, write. */
import { factsForWriting, standingIn } from '../database/facts';
import { updateHeader } from '../database/version-writes';
import { versionsById } from '../database/versions';
import { notFound, staleRevision } from '../versioning/errors';
import type { VersionHeader } from '../versioning/model';
import { canSeeDeleted, canSeeWorkflow, demand, type VersionAction, type VersionFacts } from '../versioning/policy';
import { commit, type Caller, type Command, type Commit, type Committed } from './commit';

export interface VersionCommand extends Command {
  readonly versionId: string;
  readonly expectedRevision: number;
}

export interface Change extends Commit {
  readonly facts: VersionFacts;
  readonly version: VersionHeader;
  /** Changes the version's header; refuses if somebody outside the service changed it in between. */
  update(changes: Readonly<Record<string, unknown>>): Promise<void>;
}

/**
 * @param work writes the change; returns the version the answer is about where that is another one
 */
export function changeVersion(
  caller: Caller,
  operation: string,
  action: VersionAction,
  input: VersionCommand,
  work: (change: Change) => Promise<string | void>,
): Promise<Committed> {
  const { viewer } = caller;
  return commit(
    caller,
    operation,
    input,
    async (tx) => {
      const [version] = await versionsById(tx, [input.versionId]);
      const standing = version && (await standingIn(tx, version.streamId, viewer));
      const isVisible =
        standing && canSeeWorkflow(viewer, standing) && (!version.isDeleted || canSeeDeleted(viewer, standing));
      if (!isVisible) throw notFound(`Version ${input.versionId}`);
      return { streamId: version.streamId, standing };
    },
    async ({ tx, now }, { standing }) => {
      // Read again: between the first look and the lock somebody may have changed it.
      const [version] = await versionsById(tx, [input.versionId]);
      if (!version) throw notFound(`Version ${input.versionId}`);
      const facts = await factsForWriting(tx, version, viewer, standing);
      demand(action, facts, input.expectedRevision);
      const update = async (changes: Readonly<Record<string, unknown>>) => {
        if (!(await updateHeader(tx, version, changes)))
          throw staleRevision(input.expectedRevision, version.revision + 1);
      };
      return (await work({ tx, now, facts, version, update })) ?? version.versionId;
    },
  );
}
