/** Runs once after all tests: stops their PostgreSQL and removes its files. */
export default async function globalTeardown(): Promise<void> {
  await (globalThis as { stopTestCluster?: () => Promise<void> }).stopTestCluster?.();
}
