/** The definition of each figure, in the words of docs/metrics.md, which has the formulas. */
import * as t from '#text/insights';

export const definitions = {
  heat: t.versionsOfEachPhaseOf,
  ageing: t.whatWaitsForADecision,
  time: t.fromTheLastSubmissionOf,
  quality: t.decisionsThatWereRejections,
  people: t.whoHandedOverWhatWaits,
  trend: t.theSameFiguresOfEach,
} as const;
export type Chart = keyof typeof definitions;
