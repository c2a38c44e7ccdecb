import * as common from '#text/common';
import * as t from '#text/my-work';
import type { WorkAsk, WorkRowFragment } from '../../generated/graphql';

/** The asks, in the order they are shown. WAIT and FOLLOW_UP are nobody's task. */
export const asks: readonly [ask: WorkAsk, title: string][] = [
  ['DECIDE', t.decide],
  ['SIGN', common.sign],
  ['REVIEW_DOCUMENT', t.reviewADocument],
  ['RESPOND', t.answer],
  ['HAND_IN', t.handIn],
  ['REVISE', t.reviseWhatWasRejected],
  ['REVISE_DOCUMENT', t.replaceADocument],
  ['RESUBMIT', t.askAgain],
  ['FINISH', t.finishYourDraft],
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
