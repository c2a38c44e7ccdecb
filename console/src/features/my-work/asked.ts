import type { WorkAsk, WorkRowFragment } from '../../generated/graphql';

/** The asks, in the order they are shown. WAIT and FOLLOW_UP are nobody's task. */
export const asks: readonly [ask: WorkAsk, title: string][] = [
  ['DECIDE', 'Decide'],
  ['SIGN', 'Sign'],
  ['REVIEW_DOCUMENT', 'Review a document'],
  ['RESPOND', 'Answer'],
  ['HAND_IN', 'Hand in'],
  ['REVISE', 'Revise what was rejected'],
  ['REVISE_DOCUMENT', 'Replace a document'],
  ['RESUBMIT', 'Ask again'],
  ['FINISH', 'Finish your draft'],
];

export interface Group {
  title: string;
  rows: WorkRowFragment[];
}

export const groupsOf = (work: readonly WorkRowFragment[]): Group[] =>
  asks.flatMap(([ask, title]) => {
    const rows = work.filter((entry) => entry.ask === ask);
    return rows.length > 0 ? [{ title, rows }] : [];
  });
