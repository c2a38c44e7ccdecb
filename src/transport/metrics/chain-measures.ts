/** Metrics of commit chains: up to which commit this server has verified each, whenever somebody verifies one. */
import type * as Prometheus from 'prom-client';
import { REFERENCE_STREAM } from '../../database/register/people';
import type { VerifiedChains } from '../../proof/verified-chains';

export function watchChains(
  { Gauge }: typeof Prometheus,
  registers: Prometheus.Registry[],
  { found }: VerifiedChains,
): void {
  new Gauge({
    name: 'phaseledger_verified_sequence',
    help: 'The last commit up to which this server verified chains: of the reference data, and the sum over the workflows',
    labelNames: ['chain'],
    registers,
    collect() {
      const sums = { reference: 0, workflows: 0 };
      for (const [streamId, { sequence }] of found)
        sums[streamId === REFERENCE_STREAM ? 'reference' : 'workflows'] += sequence;
      for (const [chain, sum] of Object.entries(sums)) this.set({ chain }, sum);
    },
  });
  new Gauge({
    name: 'phaseledger_broken_chains',
    help: 'Chains in which the last verification by this server found a fault',
    registers,
    collect() {
      this.set([...found.values()].filter(({ isRight }) => !isRight).length);
    },
  });
}
