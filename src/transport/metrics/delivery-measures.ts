/** Metrics of webhooks (waiting messages, dead letters, and the outcomes of this server's deliveries) and of refusals. */
import type * as Prometheus from 'prom-client';
import type { Deliveries } from '../../database/delivery/webhook-queue';
import type { Deliverer } from '../../delivery/deliverer';
import { outcomes } from '../../delivery/post';
import type { RefusalRecorder } from '../../delivery/refusal-recorder';
import { readTogether, type Gauges } from './gauges';

const gauges: Gauges<Deliveries> = {
  waiting: [
    'phaseledger_webhook_lag_commits',
    'Commits and security events that webhooks were not told of yet, over all that are enabled',
  ],
  deadLetters: [
    'phaseledger_webhook_dead_letters',
    'Commits that were given up so that delivery could continue after them',
  ],
  suspended: ['phaseledger_webhooks_suspended', 'Webhooks that are suspended because no message got through for long'],
};

export function watchDeliveries(
  prometheus: typeof Prometheus,
  registers: Prometheus.Registry[],
  deliverer: Deliverer,
): void {
  readTogether(prometheus, registers, gauges, () => deliverer.figures());
  new prometheus.Counter({
    name: 'phaseledger_webhook_deliveries_total',
    help: 'Messages that this server sent to webhooks, by outcome',
    labelNames: ['outcome'],
    registers,
    collect() {
      this.reset();
      for (const outcome of outcomes) this.inc({ outcome }, deliverer.outcomes.get(outcome) ?? 0);
    },
  });
}

export function watchRefusals(
  { Counter, Gauge }: typeof Prometheus,
  registers: Prometheus.Registry[],
  recorder: RefusalRecorder,
): void {
  new Counter({
    name: 'phaseledger_refusals_total',
    help: 'Refusals by this server that are recorded for security monitoring: of attempts, and of sign-ins',
    labelNames: ['kind'],
    registers,
    collect() {
      this.reset();
      for (const [kind, count] of recorder.counts) this.inc({ kind }, count);
    },
  });
  new Gauge({
    name: 'phaseledger_refusals_unwritten',
    help: 'Refusals by this server that are not written to the database yet',
    registers,
    collect() {
      this.set(recorder.unwritten);
    },
  });
}
