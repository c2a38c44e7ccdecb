/** The rules of signatures: which are missing, who signs, and who may sign for whom. */
import { badInput, DomainError } from './errors';
import { roleToSign, unfitness } from './fitness';
import { barOf, barredBy } from './independence';
import type { Viewer } from './model';
import { actsNowhere, roleTitles } from './roles';
import { listed, sentence, verdict, type DraftDecisionFacts, type FullFacts, type Rule } from './rules';
import type { SignOffState } from './sign-offs';

const roleName = ({ declared: { role } }: SignOffState): string => `the ${role.replaceAll('_', ' ')}`;

/** "Ben Okafor" or "Dora Lind for Ben Okafor". */
function signatory({ named: { userId, insteadOfId } }: SignOffState, nameOf: DraftDecisionFacts['nameOf']): string {
  if (userId === null) return 'nobody is assigned';
  return insteadOfId === null ? nameOf(userId) : `${nameOf(userId)} for ${nameOf(insteadOfId)}`;
}

/** The state of a signature as a clause to follow its signatory: "has signed". */
function stateWords({ status, bar, signerBar }: SignOffState): string {
  if (bar) return `gave it, and then ${barredBy(bar)}, so it no longer counts and somebody else has to sign`;
  if (status === 'SIGNED') return 'has signed';
  const words = {
    PENDING: 'has not signed',
    REJECTED: 'has refused to sign',
    OUTDATED: 'signed other content and has to sign again',
  }[status];
  return signerBar ? `${words}, and may not: they ${barredBy(signerBar)}` : words;
}

type Asked = Pick<DraftDecisionFacts, 'signOffs' | 'nameOf'>;
const clauses = (states: readonly SignOffState[], nameOf: Asked['nameOf']): string[] =>
  states.map((state) => `${roleName(state)} (${signatory(state, nameOf)}) ${stateWords(state)}`);
const unsignedOf = (states: readonly SignOffState[]) => states.filter(({ status }) => status !== 'SIGNED');

/** Whose signatures are missing, and why, as a sentence. */
export const missingSignatures = ({ signOffs: asked, nameOf }: Asked): string =>
  sentence(listed(clauses(unsignedOf(asked), nameOf)));

export const signOffs: Rule<DraftDecisionFacts> = ({ phase, signOffs: asked, nameOf }) => {
  if (!phase.signOffs)
    return { status: 'NOT_APPLICABLE', explanation: `${phase.title} needs no signatures.`, satisfiableBy: [] };
  const missing = unsignedOf(asked);
  const waived = phase.signOffs.filter((declared) => !asked.some((state) => state.declared === declared));
  const without = waived.map(({ role }) => `the signature of the ${role.replaceAll('_', ' ')} was waived`);
  const explanation = sentence(listed([...clauses(asked, nameOf), ...without]));
  if (missing.length === 0 && waived.length > 0) return { status: 'OVERRIDDEN', explanation, satisfiableBy: [] };
  return verdict(
    missing.length === 0,
    explanation,
    missing.map(({ declared }) => roleToSign(declared)),
    'SIGN_OFFS_MISSING',
    `${phase.title} is approved when it is signed: the signature of ${listed(missing.map(roleName))} is missing.`,
    { missing: missing.map(({ declared: { role } }) => role) },
  );
};

/** The signatures in question that the viewer may give, or delegate. */
const signaturesOf = (
  { viewer, signOffs: all, signOffRole }: DraftDecisionFacts,
  person: 'signerId' | 'principalId',
): SignOffState[] =>
  actsNowhere(viewer)
    ? []
    : all.filter(
        (state) =>
          state[person] === viewer.userId &&
          viewer.roles.includes(roleToSign(state.declared)) &&
          (signOffRole === undefined || state.declared.role === signOffRole),
      );

/** Whether the viewer is the one to give, or to delegate, a signature that this version requires. */
export const isOneOf =
  (person: 'signerId' | 'principalId', deed: string, advice: string): Rule<DraftDecisionFacts> =>
  (facts) => {
    const declared = facts.phase.signOffs ?? [];
    return verdict(
      signaturesOf(facts, person).length > 0,
      'Signatures are given by the people that the workflow names, or by their delegates.',
      declared.map(roleToSign),
      () => {
        const { phase, signOffs: all, signOffRole, nameOf } = facts;
        const roles = declared.map(({ role }) => role);
        if (roles.length === 0) return badInput(`${phase.title} needs no signatures.`);
        if (signOffRole !== undefined && !roles.includes(signOffRole))
          return badInput(`There is no such signature. There are ${listed(roles)}.`, { allowed: roles });
        const state = all.find(({ declared: { role } }) => role === signOffRole);
        if (signOffRole !== undefined && !state)
          return new DomainError('INVALID_TRANSITION', 'That signature was waived for this version.');
        const id = state?.[person] ?? null;
        const who =
          state && id !== null
            ? `${nameOf(id)}, as a ${roleTitles[roleToSign(state.declared)]}`
            : 'one of those who sign';
        return new DomainError('FORBIDDEN', `To ${deed} takes ${who}. ${advice}`);
      },
    );
  };

/** A person gives only one signature, so that two signatures come from two people. */
export const signsOnce: Rule<DraftDecisionFacts> = ({ viewer, signOffs: all }) => {
  const signed = all.find(({ status, given }) => status === 'SIGNED' && given?.signOffUserId === viewer.userId);
  const role = signed ? roleName(signed) : 'nobody';
  return verdict(
    !signed,
    `You have signed as ${role}.`,
    [],
    'FOUR_EYES',
    `You have signed as ${role} already, and each signature takes another person. Delegate this one (delegateSignOff).`,
  );
};

export const unsigned =
  (person: 'signerId' | 'principalId'): Rule<DraftDecisionFacts> =>
  (facts) =>
    verdict(
      signaturesOf(facts, person).some(({ status }) => status !== 'SIGNED'),
      'The content has not been signed yet.',
      [],
      'INVALID_TRANSITION',
      'This content has been signed already; a signature stands until the content changes.',
    );

/** Checks a delegate; the database enforces most of this too. */
export function requireDelegate(
  { phase, viewer, version, editors, signOffs: all, signOffRole }: FullFacts,
  { toUserId, person }: { readonly toUserId: number; readonly person: Viewer | undefined },
): void {
  const { declared, signerId } = all.find((state) => state.declared.role === signOffRole)!;
  if (toUserId === viewer.userId) {
    // Taking a delegation back is always possible, even for a person who edited the version and must find somebody else.
    if (signerId === viewer.userId) throw badInput('This signature is your own. Name somebody else in `toUserId`.');
    return;
  }
  const role = roleToSign(declared);
  const unfit = unfitness(person, [role]);
  if (!person || unfit)
    throw badInput(`A signature of this kind is delegated to somebody active who is a ${roleTitles[role]}. ${unfit}`, {
      requiredRoles: [role],
    });
  if (signerId === toUserId) throw badInput('This signature is delegated to them already.');
  if (barOf({ editors, submittedBy: version.submittedBy }, toUserId) || version.createdBy === toUserId)
    throw new DomainError(
      'FOUR_EYES',
      `${person.name} worked on this version of ${phase.title}, and nobody signs their own work. Choose somebody else.`,
    );
  if (
    all.some(
      (state) => state.declared.role !== signOffRole && (state.signerId === toUserId || state.principalId === toUserId),
    )
  )
    throw new DomainError('FOUR_EYES', `${person.name} gives another signature on this version. Choose somebody else.`);
}
