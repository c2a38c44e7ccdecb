import { ArgsType, Field } from 'type-graphql';
import type { Filter } from '../../database/pages';
import { inStatuses, notDeleted, notDeletedToday } from '../../database/versions';
import type { VersionStatus } from '../../versioning/model';
import { canSeeDeleted } from '../../versioning/policy';
import { ConnectionArgs } from '../connection';
import type { Context } from '../context';
import { VersionStatusEnum } from '../enums';

@ArgsType()
export class HistoryArgs extends ConnectionArgs {
  @Field(() => [VersionStatusEnum], { nullable: true, description: 'Only versions in these statuses.' }) statuses?:
    VersionStatus[] | null;
  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description: 'Also deleted versions, for those who may see them.',
  })
  includeDeleted?: boolean | null;
}

export async function historyFilters(
  { viewer, loaders, past }: Context,
  streamId: string,
  args: HistoryArgs,
): Promise<Filter[]> {
  const filters: Filter[] = args.statuses ? [inStatuses(args.statuses)] : [];
  const seesDeleted = canSeeDeleted(viewer, await loaders.standing.load(streamId));
  if (!args.includeDeleted || !seesDeleted) filters.push(notDeleted);
  if (past && !seesDeleted) filters.push(notDeletedToday);
  return filters;
}
