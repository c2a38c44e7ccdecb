/**
 * Whose turn a version is, since when, and why. The API says which roles can clear a rule; who has that role in the
 * workflow is joined here.
 */
import type { OpenVersionFragment, UserRole } from '../generated/graphql';

interface Named {
  name: string;
}
export interface People {
  reportOwner: Named | null;
  testLead: Named | null;
  testExecutive: Named | null;
  testers: readonly Named[];
}
export interface Turn {
  who: string[];
  since: string;
  why: string;
}

/** What else stands in the way, in a clause. */
const also: Record<string, string> = {
  SIGN_OFFS: 'signatures are missing',
  BASE_IS_CURRENT: 'it needs a rebase',
  PREREQUISITES: 'a phase before it is not done',
};
/** These speak of the one who asks, not of the version. */
const personal = ['ROLE', 'FOUR_EYES'];

export function turnOf(version: OpenVersionFragment, people: People): Turn {
  const { status, createdBy, createdAt, submittedAt, approvalRequirements } = version;
  if (status === 'DRAFT') return { who: [createdBy.name], since: createdAt, why: 'Being drafted; not yet submitted.' };
  const byRole: Partial<Record<UserRole, (Named | null | undefined)[]>> = {
    REPORT_OWNER: [people.reportOwner],
    TEST_EXECUTIVE: [people.testExecutive],
    TESTER: [people.testLead ?? people.testers[0]],
  };
  const open = approvalRequirements.filter((rule) => rule.status === 'UNSATISFIED' && !personal.includes(rule.code));
  const decide = approvalRequirements.filter((rule) => rule.code === 'FOUR_EYES');
  const signed = open.find((rule) => rule.code === 'SIGN_OFFS')?.explanation ?? '';
  const asked = (open.length > 0 ? open : decide)
    .flatMap((rule) => rule.satisfiableBy.flatMap((role) => byRole[role] ?? []))
    .flatMap((one) => (one && !signed.includes(`(${one.name}) has signed`) ? [one.name] : []));
  const [first, ...more] = open;
  const clauses = more.flatMap((rule) => also[rule.code] ?? []);
  const why = !first
    ? 'Everything is decided: it can be approved.'
    : clauses.length > 0
      ? `${first.explanation.replace(/\.$/, '')}; ${clauses.join(', ')}.`
      : first.explanation;
  return { who: [...new Set(asked)], since: submittedAt ?? createdAt, why };
}
