/** An operation, or part of one, that cannot be planned. */
export class NotPlanned extends Error {}

/**
 * A planned operation that met something unplanned: a missing, forbidden or refused value, or a null in a non-null field. The resolvers
 * answer it from the beginning, so that errors come from one place.
 */
export class PlanAborted extends Error {}
