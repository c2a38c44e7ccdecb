import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import { dataOwnersAt } from '../../database/people';
import { ownershipPhase } from '../../phases';
import { visibleWorkflow } from '../../services/find-workflow';
import { Context } from '../context';
import { asVersion } from '../objects';
import { phaseTypeOf } from '../phase/types';
import { DateTimeScalar, UUIDScalar } from '../scalars';
import { at } from '../version/as-of-args';

@Resolver()
export class DataOwnersResolver {
  @Query(() => [phaseTypeOf(ownershipPhase.key)], {
    description:
      'Who owned what data, as recorded by `knownAt` (transaction time), for the business instant `validAt` (valid time). NOT_FOUND if there is no such workflow the viewer may see.',
  })
  async dataOwners(
    @Arg('cycleId', () => UUIDScalar, { description: 'The cycle.' }) cycleId: string,
    @Arg('reportId', () => UUIDScalar, { description: 'The report.' }) reportId: string,
    @Arg('validAt', () => DateTimeScalar, {
      nullable: true,
      description: 'For which instant in the business; any, also one to come. As `knownAt` if left out.',
    })
    validAt: Date | null,
    @Arg('knownAt', () => DateTimeScalar, {
      nullable: true,
      description: 'What had been recorded by then. Now if left out.',
    })
    knownAt: Date | null,
    @Ctx() context: Context,
  ) {
    const { db, viewer } = context;
    const { streamId: workflowId } = await visibleWorkflow(db, { cycleId, reportId }, viewer);
    await context.settle(workflowId);
    return at(context, knownAt, [workflowId], async ({ past, db: today }) =>
      (await dataOwnersAt(past ?? today, workflowId, validAt ?? past?.at ?? null)).map(asVersion),
    );
  }
}
