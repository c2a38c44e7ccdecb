import { fullPhaseOf } from '../../src/phases';
import { signOffStates, type GivenSignOff, type SignOffBasis } from '../../src/versioning/sign-offs';

const report = fullPhaseOf('FINALIZE_TEST_REPORT');
const [lead, owner, executive, delegate, successor] = [2, 3, 6, 9, 12];
const signatories = { testLeadId: lead, reportOwnerId: owner, testExecutiveId: executive };
const pending = { contentHash: 'now', status: 'PENDING_APPROVAL', submittedBy: 1 } as const;
const basis = (change: Partial<SignOffBasis<GivenSignOff>> = {}): SignOffBasis<GivenSignOff> => ({
  content: { requiresExecutiveApproval: true },
  version: pending,
  editors: [1],
  signatories,
  given: [],
  ...change,
});

const given = (change: Partial<GivenSignOff> = {}): GivenSignOff => ({
  signOffRole: 'report_owner',
  signOffStatus: 'SIGNED',
  signOffUserId: owner,
  delegatedFromId: null,
  delegationReason: null,
  signedContentHash: 'now',
  ...change,
});
const delegated = { signOffUserId: delegate, delegatedFromId: owner, delegationReason: 'On leave.' };
const ownersState = (rows: GivenSignOff[], change: Partial<SignOffBasis<GivenSignOff>> = {}) => {
  const { status, principalId, signerId } = signOffStates(report, basis({ given: rows, ...change }))[1]!;
  return { status, principalId, signerId };
};

test('a version takes the signatures that its phase declares, in their order, but for one that was waived', () => {
  const roles = (requiresExecutiveApproval: boolean) =>
    signOffStates(report, basis({ content: { requiresExecutiveApproval } })).map(({ declared, status, signerId }) => [
      declared.role,
      status,
      signerId,
    ]);
  expect(roles(true)).toEqual([
    ['test_lead', 'PENDING', lead],
    ['report_owner', 'PENDING', owner],
    ['test_executive', 'PENDING', executive],
  ]);
  expect(roles(false).map(([role]) => role)).toEqual(['test_lead', 'report_owner']);
  expect(signOffStates(fullPhaseOf('SCOPING'), basis())).toEqual([]);
});

test.each([
  ['given to this content', given(), 'SIGNED', owner],
  ['given to other content', given({ signedContentHash: 'before' }), 'OUTDATED', owner],
  ['refused for this content', given({ signOffStatus: 'REJECTED' }), 'REJECTED', owner],
  ['refused for other content', given({ signOffStatus: 'REJECTED', signedContentHash: 'before' }), 'OUTDATED', owner],
  ['delegated', given({ ...delegated, signOffStatus: 'PENDING', signedContentHash: null }), 'PENDING', delegate],
  [
    'taken back',
    given({ signOffStatus: 'PENDING', signedContentHash: null, delegationReason: 'Back.' }),
    'PENDING',
    owner,
  ],
  ['given by a delegate', given(delegated), 'SIGNED', delegate],
  [
    'given by a delegate to other content, who has to give it again',
    given({ ...delegated, signedContentHash: 'before' }),
    'OUTDATED',
    delegate,
  ],
] as const)('a signature that was %s', (_, row, status, signerId) => {
  expect(ownersState([row])).toEqual({ status, signerId, principalId: owner });
});

test('a delegation ends with the assignment of the one who made it; a signature stays', () => {
  const after = { ...signatories, reportOwnerId: successor };
  const delegation = given({ ...delegated, signOffStatus: 'PENDING', signedContentHash: null });
  expect(ownersState([delegation], { signatories: after })).toEqual({
    status: 'PENDING',
    principalId: successor,
    signerId: successor,
  });
  expect(ownersState([given(delegated)], { signatories: after })).toMatchObject({
    status: 'SIGNED',
    signerId: successor,
  });
  const named = (row: GivenSignOff) => signOffStates(report, basis({ signatories: after, given: [row] }))[1]!.named;
  expect(named(delegation)).toEqual({ userId: successor, insteadOfId: null });
  expect(named(given(delegated))).toEqual({ userId: delegate, insteadOfId: owner });
});

test('a signature of another role counts for nothing', () => {
  expect(ownersState([given({ signOffRole: 'test_lead' })])).toMatchObject({ status: 'PENDING' });
});

describe('a signature counts while its giver stays out of the work', () => {
  const assignment = (change: Partial<SignOffBasis<GivenSignOff>>) => {
    const { status, bar } = signOffStates(report, basis({ given: [given()], ...change }))[1]!;
    return [status, bar];
  };

  test.each([
    ['who has neither edited nor submitted it', {}, ['SIGNED', null]],
    ['who edited it, whatever the content is now', { editors: [1, owner] }, ['OUTDATED', 'EDITED']],
    ['who submitted it', { version: { ...pending, submittedBy: owner } }, ['OUTDATED', 'SUBMITTED']],
    // It was taken back, and somebody else may submit it.
    ['who had submitted it', { version: { ...pending, submittedBy: null, status: 'DRAFT' } }, ['SIGNED', null]],
    ['who edited it while it was a draft', { editors: [owner], version: { ...pending, status: 'DRAFT' } }, ['OUTDATED', 'EDITED']], // prettier-ignore
    // The approval relied on it; no later rule takes that back.
    ['of an approved version', { editors: [owner], version: { ...pending, status: 'APPROVED' } }, ['SIGNED', null]],
  ] as const)('of somebody %s', (_, change, expected) => {
    expect(assignment(change)).toEqual(expected);
  });

  test('so does a refusal, and a delegate’s is judged by the delegate', () => {
    expect(assignment({ given: [given({ signOffStatus: 'REJECTED' })], editors: [owner] })).toEqual([
      'OUTDATED',
      'EDITED',
    ]);
    expect(assignment({ given: [given(delegated)], editors: [owner] })).toEqual(['SIGNED', null]);
    expect(assignment({ given: [given(delegated)], editors: [delegate] })).toEqual(['OUTDATED', 'EDITED']);
  });

  test('who is to give it and may not is known beforehand', () => {
    const [, state] = signOffStates(report, basis({ editors: [owner] }));
    expect(state).toMatchObject({ status: 'PENDING', bar: null, signerBar: 'EDITED' });
  });
});
