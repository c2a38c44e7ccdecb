import type { InsightsQuery } from '../../generated/graphql';

export type Waiters = NonNullable<InsightsQuery['byWaiter']>['groups'];
export type Versions = NonNullable<InsightsQuery['versions']>;
export interface Waiter {
  readonly who: { userId: number; name: string };
  readonly count: number;
  readonly median: number | null;
  /** The people they wait for, as far as versions were read, those with the most versions first. */
  readonly on: readonly string[];
  /** Whether they wait for further versions that were not read for `on`. */
  readonly isMore: boolean;
}

/** Who waits, for how many versions and for whom, those with the most first. Counts cover all versions; `on` covers the latest only. */
export function waitersOf(groups: Waiters, { nodes }: Pick<Versions, 'nodes'>): Waiter[] {
  const waiters = groups.flatMap(({ handedInBy: who, waiting: count, waitingTime: { median } }) => {
    if (!who || count === 0) return [];
    const theirs = nodes.filter(({ submittedBy, createdBy }) => (submittedBy ?? createdBy).userId === who.userId);
    const times = new Map<string, number>();
    for (const { turn } of theirs)
      for (const name of turn?.people.length ? turn.people.map((one) => one.name) : ['nobody who can'])
        times.set(name, (times.get(name) ?? 0) + 1);
    const on = [...times].toSorted((one, other) => other[1] - one[1]).map(([name]) => name);
    return [{ who, count, median, on, isMore: theirs.length < count }];
  });
  return waiters.toSorted((one, other) => other.count - one.count || one.who.name.localeCompare(other.who.name));
}
