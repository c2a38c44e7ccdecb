import { fullPhaseOf } from '../../src/phases';
import { signOffStates, type GivenSignOff } from '../../src/versioning/sign-offs';

const report = fullPhaseOf('FINALIZE_TEST_REPORT');
const [lead, owner, executive, delegate, successor] = [2, 3, 6, 9, 12];
const signatories = { testLeadId: lead, reportOwnerId: owner, testExecutiveId: executive };
const all = { requiresExecutiveApproval: true };

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
const ownersState = (rows: GivenSignOff[], people = signatories) => {
  const { status, principalId, signerId } = signOffStates(report, all, 'now', people, rows)[1]!;
  return { status, principalId, signerId };
};

test('a version takes the signatures that its phase declares, in their order, but for one that was waived', () => {
  const roles = (content: object) =>
    signOffStates(report, { ...content }, 'now', signatories, []).map(({ declared, status, signerId }) => [
      declared.role,
      status,
      signerId,
    ]);
  expect(roles(all)).toEqual([
    ['test_lead', 'PENDING', lead],
    ['report_owner', 'PENDING', owner],
    ['test_executive', 'PENDING', executive],
  ]);
  expect(roles({ requiresExecutiveApproval: false }).map(([role]) => role)).toEqual(['test_lead', 'report_owner']);
  expect(signOffStates(fullPhaseOf('SCOPING'), {}, 'now', signatories, [])).toEqual([]);
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
  const pending = given({ ...delegated, signOffStatus: 'PENDING', signedContentHash: null });
  expect(ownersState([pending], after)).toEqual({ status: 'PENDING', principalId: successor, signerId: successor });
  expect(ownersState([given(delegated)], after)).toMatchObject({ status: 'SIGNED', signerId: successor });
  const named = (row: GivenSignOff) => signOffStates(report, all, 'now', after, [row])[1]!.named;
  expect(named(pending)).toEqual({ userId: successor, insteadOfId: null });
  expect(named(given(delegated))).toEqual({ userId: delegate, insteadOfId: owner });
});

test('a signature of another role counts for nothing', () => {
  expect(ownersState([given({ signOffRole: 'test_lead' })])).toMatchObject({ status: 'PENDING' });
});
