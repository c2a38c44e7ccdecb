import { Arg, Ctx, Extensions, Query, Resolver } from 'type-graphql';
import { REFERENCE_STREAM } from '../../database/people';
import { auditCoverage } from '../../proof/coverage';
import { CheckpointFault } from '../../proof/checkpoints';
import { unverified, verifyStream } from '../../proof/verify';
import { visibleWorkflow } from '../../services/find-workflow';
import { DomainError } from '../../versioning/errors';
import { canSeeReferenceLog } from '../../versioning/policy';
import { Context } from '../context';
import { UUIDScalar } from '../scalars';
import { AuditCoverage, ChainVerification } from './types';

/** What a verification costs before its log is looked at, and for each commit of it: about the fields that showing it would have. */
const WHOLE_LOG = { cost: 100 };
const COMMIT_COST = 10;

async function verified(context: Context, streamId: string, field: string): Promise<ChainVerification> {
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

@Resolver()
export class ProofResolver {
  @Extensions(WHOLE_LOG)
  @Query(() => ChainVerification, {
    description:
      'Re-computes the hash chain of a workflow’s commits, values included, and holds it against signed checkpoints and its last state against the live rows. Reads the whole log: its cost grows with it.',
  })
  async verifyChangeLog(
    @Arg('cycleId', () => UUIDScalar, { description: 'The cycle.' }) cycleId: string,
    @Arg('reportId', () => UUIDScalar, { description: 'The report.' }) reportId: string,
    @Ctx() context: Context,
  ) {
    const { db, viewer } = context;
    const { streamId } = await visibleWorkflow(db, { cycleId, reportId }, viewer);
    return verified(context, streamId, 'Query.verifyChangeLog');
  }

  @Extensions(WHOLE_LOG)
  @Query(() => ChainVerification, {
    description: 'The same for the reference data. For administrators and auditors; FORBIDDEN to others.',
  })
  verifyReferenceLog(@Ctx() context: Context) {
    if (!canSeeReferenceLog(context.viewer))
      throw new DomainError(
        'FORBIDDEN',
        'The log of the reference data is verified by an Administrator or an Auditor.',
      );
    return verified(context, REFERENCE_STREAM, 'Query.verifyReferenceLog');
  }

  @Query(() => AuditCoverage, {
    description:
      'Which tables are captured, and whether everything that can run on, shape or show a row is as the migrations make it: the database’s own catalogue is read now.',
  })
  auditCoverage(@Ctx() { db }: Context): Promise<AuditCoverage> {
    return db.snapshot(auditCoverage);
  }
}
