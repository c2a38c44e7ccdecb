import { Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import type { ReportRow } from '../../database/rows';
import { readIn } from '../as-of';
import { Context } from '../context';
import { maybe } from '../loaders/loaders';
import { asUser } from '../objects';
import { Lob, Report, User } from './types';

@Resolver()
export class ViewerResolver {
  @Query(() => User, {
    description:
      'The person whose token the request carries; in the past as they were then, or, if they were not known yet, as they are.',
  })
  async viewer(@Ctx() context: Context): Promise<User> {
    const { viewer, loaders, past } = context;
    return (past && (await loaders.user.load(viewer.userId))) ?? readIn(context.now(), asUser({ ...viewer }));
  }
}

@Resolver(() => Report)
export class ReportResolver {
  @FieldResolver(() => Lob, { nullable: true, description: 'The line of business it belongs to.' })
  lob(@Root() { lobId }: ReportRow, @Ctx() { loaders }: Context) {
    return maybe(loaders.lob, lobId);
  }

  @FieldResolver(() => User, { nullable: true, description: 'Who answers for the report in the bank.' })
  owner(@Root() { ownerId }: ReportRow, @Ctx() { loaders }: Context) {
    return maybe(loaders.user, ownerId);
  }
}
