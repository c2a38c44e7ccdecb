/** Looks once for all that are asked for in the same moment. What the database does not answer, phaseledger_database_up says. */
export function lookingOnce(look: () => Promise<void>): () => Promise<void> {
  let looking: Promise<void> | null = null;
  return () =>
    (looking ??= look()
      .catch(() => undefined)
      .finally(() => (looking = null)));
}
