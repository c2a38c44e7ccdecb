/** Shares one read among concurrent callers. Failures are ignored here, since phaseledger_database_up reports them. */
export function shareRead(look: () => Promise<void>): () => Promise<void> {
  let looking: Promise<void> | null = null;
  return () =>
    (looking ??= look()
      .catch(() => undefined)
      .finally(() => (looking = null)));
}
