/** Metrics of the work and the log: what waits for approval and for how long, and commits that no checkpoint covers yet. */
import type * as Prometheus from 'prom-client';
import type { Database } from '../../database/connection/database';
import { beyondCheckpoints, waitingReviews } from '../../database/figures/operators-figures';
import { fullPhases } from '../../phases';
import type { Checkpoints } from '../../proof/checkpoints';
import { shareRead } from './share-read';

/** @param checkpoints null if none are made, so that nothing can be late */
export function watchWork(
  { Counter, Gauge }: typeof Prometheus,
  registers: Prometheus.Registry[],
  db: Database,
  checkpoints: Checkpoints | null,
): void {
  new Counter({
    name: 'phaseledger_statements_total',
    help: 'Statements that this server sent to the database',
    registers,
    collect() {
      this.reset();
      this.inc(db.sent.statements);
    },
  });
  const lookForReviews = shareRead(async () => {
    const found = await waitingReviews(db);
    for (const { key: phase } of fullPhases) {
      const of = found.find((one) => one.phase === phase);
      waiting.set({ phase }, of?.waiting ?? 0);
      age.set({ phase }, of?.oldestSeconds ?? 0);
    }
  });
  const waiting = new Gauge({
    name: 'phaseledger_reviews_waiting',
    help: 'Versions pending approval, by phase',
    labelNames: ['phase'],
    registers,
    collect: lookForReviews,
  });
  const age = new Gauge({
    name: 'phaseledger_review_age_seconds',
    help: 'Seconds that the version pending approval for longest has waited, by phase; 0 if none waits',
    labelNames: ['phase'],
    registers,
    collect: lookForReviews,
  });
  if (!checkpoints) return;
  const lookForCommits = shareRead(async () => {
    const noted = new Map(checkpoints.heads().map(({ streamId, sequence }) => [streamId, sequence]));
    const found = await beyondCheckpoints(db, noted);
    commits.set(found.commits);
    since.set(found.seconds);
  });
  const commits = new Gauge({
    name: 'phaseledger_commits_unnoted',
    help: 'Commits not covered by a signed checkpoint of this server',
    registers,
    collect: lookForCommits,
  });
  const since = new Gauge({
    name: 'phaseledger_checkpoint_age_seconds',
    help: 'The age in seconds of the oldest stream head that no signed checkpoint covers; 0 if all are covered',
    registers,
    collect: lookForCommits,
  });
}
