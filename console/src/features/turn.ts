import type { OpenVersionFragment } from '../generated/graphql';

export interface People {
  testLead: { name: string } | null;
  testers: readonly { name: string }[];
}

/** Whose turn it is with a version, since when and why, as the API says. */
export function turnOf({ turn, createdBy, createdAt }: OpenVersionFragment) {
  if (!turn) return { who: [createdBy.name], since: createdAt, why: '' };
  return { who: turn.people.map(({ name }) => name), since: turn.since, why: turn.reason };
}
