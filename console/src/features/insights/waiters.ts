import * as t from '#text/insights';
import type { InsightsQuery } from '../../generated/graphql';

export type Waiters = NonNullable<InsightsQuery['byWaiter']>['groups'];
export interface Waiter {
  readonly who: { userId: number; name: string };
  readonly count: number;
  readonly median: number | null;
  /** The people they wait for, those with the most versions first; null if too many versions wait to tell. */
  readonly on: readonly string[] | null;
}

/** Who waits, for how many versions and for whom, those with the most first. */
export function waitersOf(groups: Waiters): Waiter[] {
  const waiters = groups.flatMap(({ handedInBy: who, waiting: count, waitingTime: { median }, waitsOn }) => {
    if (!who || count === 0) return [];
    const on = waitsOn?.map(({ user }) => user?.name ?? t.nobodyWhoCan) ?? null;
    return [{ who, count, median, on }];
  });
  return waiters.toSorted((one, other) => other.count - one.count || one.who.name.localeCompare(other.who.name));
}
