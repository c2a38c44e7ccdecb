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
    help: 'Versions that wait for their approval, by phase',
    labelNames: ['phase'],
    registers,
    collect: lookForReviews,
  });
  const age = new Gauge({
    name: 'phaseledger_review_age_seconds',
    help: 'For how long the version has waited for its approval that has waited longest, by phase; 0 if none waits',
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
    help: 'Commits that no signed checkpoint of this server is of',
    registers,
    collect: lookForCommits,
  });
  const since = new Gauge({
    name: 'phaseledger_checkpoint_age_seconds',
    help: 'For how long the last commit of a chain has stood that no signed checkpoint is of; 0 if all are noted',
    registers,
    collect: lookForCommits,
  });
}
