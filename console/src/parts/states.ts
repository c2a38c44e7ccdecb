/** The shape and word of each state; Glyph draws the shapes. */
import * as t from '#text/parts';

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
  READY: ['ready', t.readyToStart],
  IN_PROGRESS: ['working', t.inProgress],
  AWAITING_APPROVAL: ['waiting', t.awaitingDecision],
  COMPLETE: ['done', t.complete],
  BLOCKED: ['blocked', t.blocked],
  // a version
  DRAFT: ['working', t.draft],
  PENDING_APPROVAL: ['waiting', t.awaitingDecision],
  APPROVED: ['done', t.approved],
  REJECTED: ['refused', t.rejected],
  SUPERSEDED: ['replaced', t.superseded],
  RECORDED: ['recorded', t.recorded],
  // an item
  PENDING: ['ready', t.undecided],
  MODIFIED: ['changed', t.modified],
  // a rule
  SATISFIED: ['tick', t.met],
  UNSATISFIED: ['refused', t.notMet],
  NOT_APPLICABLE: ['nothing', t.notNeeded],
  OVERRIDDEN: ['changed', t.waived],
};
export const stateWord = (state: string): string => words[state]?.[1] ?? state;
export const stateShape = (state: string): Shape => words[state]?.[0] ?? 'nothing';
