import { REFERENCE_STREAM } from '../../database/people';
import { auditCoverage } from '../../proof/coverage';
import { CheckpointFault } from '../../proof/checkpoint-files';
import { unverified, verifyStream, type Verification } from '../../proof/verify';
import { visibleWorkflow } from '../../services/find-workflow';
import { canSeeReferenceLog } from '../../versioning/seeing';
import type { Context } from '../context';
import { answered, queries } from '../declare';
import { demandThat } from '../visibility';
import { workflowArgs } from '../workflow/workflow-args';
import { AuditCoverage, ChainVerification } from './types';

/** What a verification costs before its log is looked at, and for each commit of it: about the fields that showing it would have. */
const WHOLE_LOG = { cost: 100 };
const COMMIT_COST = 10;

async function verified(context: Context, streamId: string, field: string): Promise<Verification> {
  const { db, checkpoints, work, viewer } = context;
  await context.noteRead(streamId, field);
  try {
    return await work.verifications.run(viewer.userId, async () => {
      const noted = checkpoints?.read().get(streamId);
      const verification = await db.snapshot((tx) =>
        verifyStream(tx, streamId, { noted, verified: work.verifiedChains }),
      );
      context.owe(COMMIT_COST * verification.changeSetsChecked);
      return verification;
    });
  } catch (error) {
    if (error instanceof CheckpointFault) return unverified(error.message);
    throw error;
  }
}

queries({
  verifyChangeLog: {
    ...answered(
      'Re-computes the hash chain of a workflow’s commits, values included, and holds it against signed checkpoints and its last state against the live rows. Reads the whole log: its cost grows with it.',
      () => ChainVerification,
      workflowArgs,
      async (_, context, named) => {
        const { streamId } = await visibleWorkflow(context.db, named, context.viewer);
        return verified(context, streamId, 'Query.verifyChangeLog');
      },
    ),
    extensions: WHOLE_LOG,
  },
  verifyReferenceLog: {
    ...answered(
      'The same for the reference data. For administrators and auditors; FORBIDDEN to others.',
      () => ChainVerification,
      (_, context) => {
        demandThat(
          canSeeReferenceLog(context.viewer),
          'The log of the reference data is verified by an Administrator or an Auditor.',
        );
        return verified(context, REFERENCE_STREAM, 'Query.verifyReferenceLog');
      },
    ),
    extensions: WHOLE_LOG,
  },
  auditCoverage: answered(
    'Which tables are captured, and whether everything that can run on, shape or show a row is as the migrations make it: the database’s own catalogue is read now.',
    () => AuditCoverage,
    (_, { db }) => db.snapshot(auditCoverage),
  ),
});
