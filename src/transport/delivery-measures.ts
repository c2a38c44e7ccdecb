/** Metrics of webhooks: waiting commits, dead letters, and the outcomes of this server's deliveries. */
import type * as Prometheus from 'prom-client';
import type { Deliverer } from '../delivery/deliverer';
import { outcomes, type Outcome } from '../delivery/post';
import { lookingOnce } from './looking-once';

export function watchDeliveries(
  { Counter, Gauge }: typeof Prometheus,
  registers: Prometheus.Registry[],
  deliverer: Deliverer,
): void {
  const collect = lookingOnce(async () => {
    for (const gauge of [waiting, deadLetters, suspended]) gauge.remove();
    const standing = await deliverer.standing();
    waiting.set(standing.waiting);
    deadLetters.set(standing.deadLetters);
    suspended.set(standing.suspended);
  });
  const waiting = new Gauge({
    name: 'phaseledger_webhook_lag_commits',
    help: 'Commits that webhooks were not told of yet, over all that are enabled; absent where that cannot be read',
    registers,
    collect,
  });
  const deadLetters = new Gauge({
    name: 'phaseledger_webhook_dead_letters',
    help: 'Commits that were given up, so that what came after them could be told; absent where that cannot be read',
    registers,
    collect,
  });
  const suspended = new Gauge({
    name: 'phaseledger_webhooks_suspended',
    help: 'Webhooks that are told nothing, since nothing got through for long; absent where that cannot be read',
    registers,
    collect,
  });
  const told = new Map<Outcome, number>();
  new Counter({
    name: 'phaseledger_webhook_deliveries_total',
    help: 'Messages that this server sent to webhooks, by what became of them',
    labelNames: ['outcome'],
    registers,
    collect() {
      for (const outcome of outcomes) {
        const total = deliverer.outcomes.get(outcome) ?? 0;
        this.inc({ outcome }, total - (told.get(outcome) ?? 0));
        told.set(outcome, total);
      }
    },
  });
}
