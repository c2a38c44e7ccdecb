/** The definition of each figure, in the words of docs/metrics.md, which has the formulas. */
export const definitions = {
  heat: 'Versions of each phase of each report, by what is chosen. Recorded phases have no decisions.',
  ageing:
    'What waits for a decision, or as a record for an answer or a review, by how long ago it was handed over. Drafts do not count.',
  time: 'From the last submission of a version to its approval or rejection, in hours of the clock: half of them took no longer than the median, nine of ten no longer than p90. What still waits is left out.',
  quality:
    'Decisions that were rejections; approvals of which nothing had been rejected before; versions for each approval. Drafts that were withdrawn are no rejections.',
  people: 'Who handed over what waits, and who may act on it now. Of several who may, each is counted.',
  trend: 'The same figures, of each cycle. Deleted versions do not count.',
} as const;
export type Chart = keyof typeof definitions;
