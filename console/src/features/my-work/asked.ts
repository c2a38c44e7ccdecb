import type { AskedFragment, VersionAction } from '../../generated/graphql';
import { allOf, capital, count } from '../../text/words';

/** What people are asked for, in the order in which it is shown; the first that fits names a version's group. */
const asks: readonly [title: string, action: VersionAction][] = [
  ['Decide', 'DECIDE_ITEMS'],
  ['Approve or reject', 'APPROVE'],
  ['Sign', 'SIGN_OFF'],
  ['Review a document', 'REVIEW_DOCUMENT'],
  ['Answer', 'RESPOND'],
];

export interface Group {
  title: string;
  rows: AskedFragment[];
}

export function groupsOf(queue: readonly AskedFragment[]): Group[] {
  const askOf = (asked: AskedFragment) =>
    asks.find(([, action]) => asked.availableActions.includes(action))?.[0] ?? 'Look at';
  return [...asks.map(([title]) => title), 'Look at'].flatMap((title) => {
    const rows = queue.filter((asked) => askOf(asked) === title);
    return rows.length > 0 ? [{ title, rows }] : [];
  });
}

/** Why this person is asked, in a sentence of their own. */
export function whyAsked(asked: AskedFragment): string {
  const { availableActions, items, undecided, mine, versionNumber } = asked;
  if ('submissionType' in asked && asked.submissionType)
    return `${capital(asked.submissionType.toLowerCase().replaceAll('_', ' '))}, handed in for review`;
  if ('signOffs' in asked && asked.signOffs && availableActions.includes('SIGN_OFF')) {
    const signed = asked.signOffs
      .filter((one) => one.signOffStatus === 'SIGNED')
      .flatMap((one) => one.signerName ?? []);
    const missing = asked.signOffs.length - signed.length;
    return `${signed.length > 0 ? `${allOf(signed)} signed` : 'Nobody has signed'}; ${missing} of ${count(asked.signOffs.length, 'signature')} missing, yours too`;
  }
  if (items.totalCount === 0)
    return asked.approvalRequirements.find((rule) => rule.status === 'UNSATISFIED')?.explanation ?? '';
  const left = `${undecided.totalCount} of ${count(items.totalCount, 'item')} undecided`;
  if (!mine) return left;
  if (mine.from.versionNumber === versionNumber) return `${left}; you have begun`;
  const { added, removed, changed } = mine.summary;
  const touched = added + removed + changed;
  const rest = undecided.totalCount === touched ? '' : `, ${undecided.totalCount} undecided`;
  return `Revised after your review of version ${mine.from.versionNumber}; ${count(touched, 'item')} changed${rest}`;
}
