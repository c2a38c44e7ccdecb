/** Metrics of background work for operators: notifications and packs of all servers. */
import type * as Prometheus from 'prom-client';
import type { Database } from '../../database/connection/database';
import { backgroundFigures, type BackgroundFigures } from '../../database/figures/operators-figures';
import { readTogether, type Gauges } from './gauges';

const gauges: Gauges<BackgroundFigures> = {
  noticeLateSeconds: [
    'phaseledger_notice_late_seconds',
    'For how long a message of what waits for somebody has been due that no server sends; 0 if none is',
  ],
  noticesFailing: ['phaseledger_notices_failing', 'Rules of notification of which the last message was not taken'],
  noticesSuspended: [
    'phaseledger_notices_suspended',
    'Rules of notification that are told nothing any more, since nothing got through for long',
  ],
  packsUnfinished: ['phaseledger_packs_unfinished', 'Packs that were asked for and are not made yet'],
  packAgeSeconds: [
    'phaseledger_pack_age_seconds',
    'For how long the pack has been waited for that was asked for first, of those that are not made; 0 if all are',
  ],
  packsFailed: [
    'phaseledger_packs_failed',
    'Packs that could not be made, or whose asker may not see all of it any more',
  ],
};

export const watchBackgroundWork = (
  prometheus: typeof Prometheus,
  registers: Prometheus.Registry[],
  db: Database,
): void => readTogether(prometheus, registers, gauges, () => backgroundFigures(db));
