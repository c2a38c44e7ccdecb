import { ArgsType, Field } from 'type-graphql';
import type { Filter } from '../../database/pages';
import { inStatuses, notDeleted, notDeletedToday } from '../../database/versions';
import type { VersionStatus } from '../../versioning/model';
import { ConnectionArgs } from '../connection';
import type { Context } from '../context';
import { VersionStatusEnum } from '../enums';
import { seesDeleted } from '../visibility';

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

export async function historyFilters(context: Context, streamId: string, args: HistoryArgs): Promise<Filter[]> {
  const filters: Filter[] = args.statuses ? [inStatuses(args.statuses)] : [];
  const showsDeleted = await seesDeleted(context, streamId);
  if (!args.includeDeleted || !showsDeleted) filters.push(notDeleted);
  if (context.past && !showsDeleted) filters.push(notDeletedToday);
  return filters;
}
