/** Metrics of background work for operators: notifications and packs of all servers. */
import type * as Prometheus from 'prom-client';
import type { Database } from '../../database/connection/database';
import { backgroundFigures, type BackgroundFigures } from '../../database/figures/operators-figures';
import { readTogether, type Gauges } from './gauges';

const gauges: Gauges<BackgroundFigures> = {
  noticeLateSeconds: [
    'phaseledger_notice_late_seconds',
    'Seconds that the oldest unsent notification has been due; 0 if none is due',
  ],
  noticesFailing: ['phaseledger_notices_failing', 'Notification rules whose last message was not accepted'],
  noticesSuspended: [
    'phaseledger_notices_suspended',
    'Notification rules that are suspended because no message got through for long',
  ],
  packsUnfinished: ['phaseledger_packs_unfinished', 'Packs that were requested and are not finished'],
  packAgeSeconds: [
    'phaseledger_pack_age_seconds',
    'Seconds since the oldest unfinished pack was requested; 0 if all are finished',
  ],
  packsFailed: [
    'phaseledger_packs_failed',
    'Packs that could not be made, or whose requester may no longer see the whole workflow',
  ],
};

export const watchBackgroundWork = (
  prometheus: typeof Prometheus,
  registers: Prometheus.Registry[],
  db: Database,
): void => readTogether(prometheus, registers, gauges, () => backgroundFigures(db));
