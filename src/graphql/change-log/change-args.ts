/** The arguments that select commits, the same wherever a log is read. */
import { Int } from 'type-graphql';
import { changeConditions, changesOfStream } from '../../database/log/change-log';
import type { Filter } from '../../database/connection/pages';
import { connectionArgs } from '../connection';
import { optional, type Given } from '../declare';
import { choiceArgs, filtersOf } from '../list';

/** The conditions clients can use are the same for everybody; the SQL of some depends on the viewer. */
const choice = { orders: changesOfStream.orders, filters: changeConditions(true) };

export const changeArgs = {
  ...connectionArgs,
  ...choiceArgs('ChangeSet', 'commits', choice, {
    actorIds: optional.of<number[]>('Which one of these people made (userId).', () => [Int]),
    operations: optional.texts('Which are one of these operations, e.g. approveVersion.'),
    origins: optional.texts('Which came in one of these ways, e.g. api.'),
    tables: optional.texts('Which changed a row of one of these tables that the viewer may see.'),
    since: optional.instant('At or after this instant.'),
    until: optional.instant('Before this instant.'),
    fromSequence: optional.int('With this number in their chain, or a later one.'),
    toSequence: optional.int('With this number in their chain, or an earlier one.'),
  }),
};

/** @param showsDeleted whether the viewer may see what belongs to deleted versions */
export const changeFilters = ({ filter }: Pick<Given<typeof changeArgs>, 'filter'>, showsDeleted: boolean): Filter[] =>
  filtersOf(changeConditions(showsDeleted), filter);
