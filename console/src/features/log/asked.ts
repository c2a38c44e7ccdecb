/** The filter of the log, as it stands in the address of the page. */
import type { ChangeSetFilter } from '../../generated/graphql';

export interface Asked {
  readonly operation?: string | undefined;
  /** The number of the person who made the commits. */
  readonly actor?: number | undefined;
  readonly table?: string | undefined;
  /** The first and the last day, in the reader's time zone. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/** The beginning of a day in the reader's time zone, or of a later one. */
function beginningOf(day: string, later = 0): string | undefined {
  const at = new Date(`${day}T00:00:00`);
  at.setDate(at.getDate() + later);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

export function filterOf({ operation, actor, table, since, until }: Asked): ChangeSetFilter | null {
  const filter: ChangeSetFilter = {
    ...(operation && { operations: [operation] }),
    ...(actor !== undefined && { actorIds: [actor] }),
    ...(table && { tables: [table] }),
    ...(since && { since: beginningOf(since) }),
    ...(until && { until: beginningOf(until, 1) }),
  };
  return Object.keys(filter).length > 0 ? filter : null;
}
