import type { Filter } from '../../database/connection/pages';
import { versionList } from '../../database/versions/version-list';
import { inStatuses, notDeleted, notDeletedToday } from '../../database/versions/versions';
import type { VersionStatus } from '../../versioning/model';
import { connectionArgs } from '../connection';
import type { Context } from '../context';
import { optional, type Given } from '../declare';
import { VersionStatusEnum } from '../enums';
import { filtersOf } from '../list';
import { seesDeleted } from '../visibility';
import { versionChoice } from './version-choice';

export const historyArgs = {
  ...connectionArgs,
  ...versionChoice,
  statuses: optional.of<VersionStatus[]>('Only versions in these statuses.', () => [VersionStatusEnum]),
  includeDeleted: { ...optional.flag('Also deleted versions, for those who may see them.'), defaultValue: false },
};
type HistoryArgs = Given<typeof historyArgs>;

export async function historyFilters(context: Context, streamId: string, args: HistoryArgs): Promise<Filter[]> {
  const filters: Filter[] = filtersOf(versionList.filters, args.filter);
  if (args.statuses) filters.push(inStatuses(args.statuses));
  const showsDeleted = await seesDeleted(context, streamId);
  if (!args.includeDeleted || !showsDeleted) filters.push(notDeleted);
  if (context.past && !showsDeleted) filters.push(notDeletedToday);
  return filters;
}
