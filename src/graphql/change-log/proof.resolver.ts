import { clockOf } from '../../database/log/log-reader';
import { REFERENCE_STREAM } from '../../database/register/people';
import { auditCoverage } from '../../proof/coverage';
import { CheckpointFault } from '../../proof/checkpoint-files';
import type { CheckpointHeads } from '../../proof/checkpoints';
import { describeArchive } from '../../proof/archives';
import { unverified, upTo, verifyStream } from '../../proof/verify';
import { visibleWorkflow } from '../../services/find-workflow';
import { canSeeReferenceLog } from '../../versioning/seeing';
import type { Context } from '../context';
import { resolved, queries } from '../declare';
import { requireThat } from '../visibility';
import { workflowArgs } from '../workflow/workflow-args';
import { AuditCoverage, ChainVerification, type Checked } from './types';

/** The cost of a verification before its log is read, and per commit: about as much as the fields that show a commit. */
const WHOLE_LOG = { cost: 100 };
const COMMIT_COST = 10;

/** The last verified commit that a checkpoint covers. */
function lastNoted(
  checkpointHeads: CheckpointHeads | undefined,
  checked: number,
): Pick<Checked, 'checkpointSequence' | 'checkpointNotedAt'> {
  const sequence = [...(checkpointHeads?.keys() ?? [])]
    .filter((one) => one <= checked)
    .reduce((a, b) => Math.max(a, b), 0);
  const notedAt = checkpointHeads?.get(sequence)?.notedAt ?? null;
  return { checkpointSequence: sequence || null, checkpointNotedAt: notedAt === null ? null : new Date(notedAt) };
}

/**
 * Verifies a whole chain. As of an instant, the result covers the commits up to it: a later commit that was tampered with is not their
 * fault, and they are compared with every checkpoint known now.
 */
async function verified(context: Context, streamId: string, field: string): Promise<Checked> {
  const { db, checkpoints, work, viewer, past } = context;
  await context.recordRead(streamId, field);
  await context.closeStreams(streamId);
  const last = past?.lastCommit(streamId);
  try {
    return await work.verifications.run(viewer.userId, async () => {
      const checkpointHeads = checkpoints?.read().get(streamId);
      const found = await db.snapshot(async (tx) => {
        const checkedAt = new Date(await clockOf(tx));
        const whole = await verifyStream(tx, streamId, { checkpointHeads, verified: work.verifiedChains });
        return { checkedAt, whole, upTo: last === undefined ? whole : await upTo(tx, streamId, whole, last) };
      });
      context.owe(COMMIT_COST * found.whole.changeSetsChecked);
      const { archived, ...checked } = found.upTo;
      return {
        ...checked,
        checkedAt: found.checkedAt,
        ...lastNoted(checkpointHeads, checked.changeSetsChecked),
        archivedSequence: archived?.sequence ?? null,
        archivedIn: archived ? describeArchive(archived.archive) : null,
      };
    });
  } catch (error) {
    if (!(error instanceof CheckpointFault)) throw error;
    const checkedAt = new Date(await clockOf(db));
    const nothing = { archivedSequence: null, archivedIn: null };
    return { ...unverified(error.message), checkedAt, ...lastNoted(undefined, 0), ...nothing };
  }
}

queries({
  verifyChangeLog: {
    ...resolved(
      'Recomputes the hash chain of a workflow’s commits from every value, and compares it with signed checkpoints and its last state with the live rows. It reads the whole log, and its cost grows with it. As of an instant, the result covers the commits up to then.',
      () => ChainVerification,
      workflowArgs,
      async (_, context, named) => {
        const { streamId } = await visibleWorkflow(context.db, named, context);
        return verified(context, streamId, 'Query.verifyChangeLog');
      },
    ),
    extensions: WHOLE_LOG,
  },
  verifyReferenceLog: {
    ...resolved(
      'The same for the reference data. For administrators and auditors; FORBIDDEN to others.',
      () => ChainVerification,
      (_, context) => {
        requireThat(
          canSeeReferenceLog(context.viewer),
          'The log of the reference data is verified by an Administrator or an Auditor.',
        );
        return verified(context, REFERENCE_STREAM, 'Query.verifyReferenceLog');
      },
    ),
    extensions: WHOLE_LOG,
  },
  auditCoverage: resolved(
    'Which tables are captured, and whether everything that can run on, shape or show a row is as the migrations create it, according to the database’s own catalogue at this moment.',
    () => AuditCoverage,
    (_, { db }) => db.snapshot(auditCoverage),
  ),
});
