import { Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import type { ReportRow } from '../../database/rows';
import { Context } from '../context';
import { asLob, asUser } from '../objects';
import { Lob, Report, User } from './types';

@Resolver()
export class ViewerResolver {
  @Query(() => User, { description: 'The person whose token the request carries.' })
  viewer(@Ctx() { viewer }: Context): User {
    return asUser(viewer);
  }
}

@Resolver(() => Report)
export class ReportResolver {
  @FieldResolver(() => Lob, { nullable: true, description: 'The line of business it belongs to.' })
  async lob(@Root() { lobId }: ReportRow, @Ctx() { loaders }: Context) {
    return lobId === null ? null : asLob(await loaders.lob.load(lobId));
  }

  @FieldResolver(() => User, { nullable: true, description: 'Who answers for the report in the bank.' })
  async owner(@Root() { ownerId }: ReportRow, @Ctx() { loaders }: Context) {
    return ownerId === null ? null : asUser(await loaders.user.load(ownerId));
  }
}
