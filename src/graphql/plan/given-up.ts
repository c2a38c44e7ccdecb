/** An operation, or a part of it, that no plan can be made for. */
export class NotPlanned extends Error {}

/**
 * A planned operation that turned out otherwise than was planned: something is not there, not allowed, refused, or null where it
 * must not be. The resolvers answer it from the beginning, so that what they say of it is said in one place.
 */
export class GiveUp extends Error {}
