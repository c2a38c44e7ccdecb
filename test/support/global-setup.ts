import { startCluster } from './cluster';
import { publishCluster } from './database';

/** Runs once before all tests: starts their PostgreSQL. */
export default async function globalSetup(): Promise<void> {
  const { urls, stop } = await startCluster();
  publishCluster(urls);
  Object.assign(globalThis, { stopTestCluster: stop });
}
