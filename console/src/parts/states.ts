/** The shape and word of each state; Glyph draws the shapes. */
export type Shape =
  | 'ready'
  | 'blocked'
  | 'working'
  | 'waiting'
  | 'done'
  | 'refused'
  | 'changed'
  | 'replaced'
  | 'recorded'
  | 'tick'
  | 'nothing';

const words: Record<string, [shape: Shape, word: string]> = {
  // a phase
  READY: ['ready', 'Ready to start'],
  IN_PROGRESS: ['working', 'In progress'],
  AWAITING_APPROVAL: ['waiting', 'Awaiting decision'],
  COMPLETE: ['done', 'Complete'],
  BLOCKED: ['blocked', 'Blocked'],
  // a version
  DRAFT: ['working', 'Draft'],
  PENDING_APPROVAL: ['waiting', 'Awaiting decision'],
  APPROVED: ['done', 'Approved'],
  REJECTED: ['refused', 'Rejected'],
  SUPERSEDED: ['replaced', 'Superseded'],
  RECORDED: ['recorded', 'Recorded'],
  // an item
  PENDING: ['ready', 'Undecided'],
  MODIFIED: ['changed', 'Modified'],
  // a rule
  SATISFIED: ['tick', 'Met'],
  UNSATISFIED: ['refused', 'Not met'],
  NOT_APPLICABLE: ['nothing', 'Not needed'],
  OVERRIDDEN: ['changed', 'Waived'],
};
export const stateWord = (state: string): string => words[state]?.[1] ?? state;
export const stateShape = (state: string): Shape => words[state]?.[0] ?? 'nothing';
