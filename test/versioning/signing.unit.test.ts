/** Who gives a signature, who may be asked to give it instead, and how the signatures of a version are told. */
import type { Viewer } from '../../src/versioning/model';
import { requireAllowed, approvalRequirements } from '../../src/versioning/policy';
import type { FullFacts } from '../../src/versioning/rules';
import { signOffStates, type GivenSignOff, type SignOffBasis } from '../../src/versioning/sign-offs';
import { requireDelegate } from '../../src/versioning/signing';
import { facts, nobody, report, scoping, viewer } from '../support/facts';

const [lead, owner, executive, deputy] = [2, 3, 6, 9];
const given = (change: Partial<GivenSignOff> = {}): GivenSignOff => ({
  signOffRole: 'report_owner',
  signOffStatus: 'SIGNED',
  signOffUserId: owner,
  delegatedFromId: null,
  delegationReason: null,
  signedContentHash: 'now',
  ...change,
});
const delegated = { signOffUserId: deputy, delegatedFromId: owner, delegationReason: 'On leave.' };

/** A report that takes three signatures, asked about by somebody. */
function signing(
  userId: number,
  change: Partial<FullFacts> & Partial<Pick<SignOffBasis<GivenSignOff>, 'given' | 'content' | 'signatories'>> = {},
): FullFacts {
  const { given: rows = [], content = { requiresExecutiveApproval: true }, signatories, ...rest } = change;
  const version = { contentHash: 'now', status: 'PENDING_APPROVAL', submittedBy: 1, createdBy: 1 } as const;
  const editors = rest.editors ?? [1];
  return facts({
    phase: report,
    viewer: { ...viewer('TESTER', 'REPORT_OWNER', 'TEST_EXECUTIVE'), userId },
    assignment: nobody,
    signOffs: signOffStates(report, {
      content,
      version,
      editors,
      signatories: signatories ?? { testLeadId: lead, reportOwnerId: owner, testExecutiveId: executive },
      given: rows,
    }),
    ...rest,
    editors,
    version,
  });
}

const refused = (action: string, state: FullFacts) => () => requireAllowed(action, state, state.version.revision);
const refusing = (code: string, more: object = {}) => expect.objectContaining({ code, ...more });

describe('a signature', () => {
  test('is given by whom the workflow names, and by nobody else', () => {
    expect(refused('SIGN_OFF', signing(owner, { signOffRole: 'report_owner' }))).not.toThrow();
    const other = refused('SIGN_OFF', signing(lead, { signOffRole: 'report_owner' }));
    expect(other).toThrow(refusing('FORBIDDEN'));
    expect(other).toThrow('To give this signature takes Person 3, as a Report Owner. Nobody signs in the name');
    expect(refused('SIGN_OFF', signing(99))).toThrow('To give this signature takes one of those who sign.');
    const unnamed = { testLeadId: lead, reportOwnerId: null, testExecutiveId: executive };
    expect(refused('SIGN_OFF', signing(lead, { signOffRole: 'report_owner', signatories: unnamed }))).toThrow(
      'takes one of those who sign',
    );
  });

  test('takes the role that it is given in, and nobody who acts nowhere', () => {
    const as = (...roles: Viewer['roles']) =>
      refused(
        'SIGN_OFF',
        signing(owner, { signOffRole: 'report_owner', viewer: { ...viewer(...roles), userId: owner } }),
      );
    expect(as('REPORT_OWNER')).not.toThrow();
    expect(as('TESTER')).toThrow(refusing('FORBIDDEN'));
    expect(as('REPORT_OWNER', 'AUDITOR')).toThrow(refusing('FORBIDDEN'));
  });

  test('that was delegated is given by the delegate, and stays its principal’s to delegate', () => {
    const rows = [given({ ...delegated, signOffStatus: 'PENDING', signedContentHash: null })];
    const by = (userId: number) => signing(userId, { given: rows, signOffRole: 'report_owner' });
    expect(refused('SIGN_OFF', by(deputy))).not.toThrow();
    expect(refused('SIGN_OFF', by(owner))).toThrow(refusing('FORBIDDEN'));
    expect(refused('DELEGATE_SIGN_OFF', by(owner))).not.toThrow();
    expect(refused('DELEGATE_SIGN_OFF', by(deputy))).toThrow(refusing('FORBIDDEN'));
    expect(refused('DELEGATE_SIGN_OFF', by(deputy))).toThrow('a delegate does not delegate it further');
  });

  test('that is not asked for is none', () => {
    expect(refused('SIGN_OFF', facts({ phase: scoping }))).toThrow(refusing('BAD_USER_INPUT'));
    expect(refused('SIGN_OFF', facts({ phase: scoping }))).toThrow('Scoping needs no signatures.');
    expect(refused('SIGN_OFF', signing(owner, { signOffRole: 'mayor' }))).toThrow(
      refusing('BAD_USER_INPUT', { details: { allowed: ['test_lead', 'report_owner', 'test_executive'] } }),
    );
    const waived = signing(executive, { signOffRole: 'test_executive', content: { requiresExecutiveApproval: false } });
    expect(refused('SIGN_OFF', waived)).toThrow(refusing('INVALID_TRANSITION'));
    expect(refused('SIGN_OFF', waived)).toThrow('That signature was waived for this version.');
  });

  test('is given once, until the content changes', () => {
    const state = (row: GivenSignOff) => signing(owner, { given: [row], signOffRole: 'report_owner' });
    expect(refused('SIGN_OFF', state(given()))).toThrow(refusing('INVALID_TRANSITION'));
    expect(refused('DELEGATE_SIGN_OFF', state(given()))).toThrow(refusing('INVALID_TRANSITION'));
    expect(refused('SIGN_OFF', state(given({ signedContentHash: 'before' })))).not.toThrow();
    expect(refused('SIGN_OFF', state(given({ signOffStatus: 'REJECTED' })))).not.toThrow();
  });

  test('is one person’s, and two are two people’s', () => {
    const signatories = { testLeadId: owner, reportOwnerId: owner, testExecutiveId: executive };
    const state = signing(owner, { given: [given()], signatories, signOffRole: 'test_lead' });
    expect(refused('SIGN_OFF', state)).toThrow(refusing('FOUR_EYES'));
    expect(refused('SIGN_OFF', state)).toThrow('You have signed as the report owner already');
    const refusedBefore = signing(owner, {
      given: [given({ signOffStatus: 'REJECTED' })],
      signatories,
      signOffRole: 'test_lead',
    });
    expect(refused('SIGN_OFF', refusedBefore)).not.toThrow();
    const signedByAnother = signing(owner, { given: [given({ ...delegated })], signatories, signOffRole: 'test_lead' });
    expect(refused('SIGN_OFF', signedByAnother)).not.toThrow();
    // Of two signatures that are theirs, one is left to delegate.
    const { signOffRole: _, ...anyOfThem } = signing(owner, { given: [given()], signatories });
    expect(refused('DELEGATE_SIGN_OFF', anyOfThem)).not.toThrow();
  });

  test('is not given by who worked on the version', () => {
    expect(refused('SIGN_OFF', signing(owner, { editors: [owner], signOffRole: 'report_owner' }))).toThrow(
      refusing('FOUR_EYES'),
    );
  });
});

describe('the signatures of a version are told', () => {
  const told = (change: Parameters<typeof signing>[1]) =>
    approvalRequirements(signing(99, change)).find(({ code }) => code === 'SIGN_OFFS')!;

  test.each<[string, Parameters<typeof signing>[1], string]>([
    ['to be given', {}, 'The test lead (Person 2) has not signed, the report owner (Person 3) has not signed and the test executive (Person 6) has not signed.'],
    ['given', { given: [given()] }, 'the report owner (Person 3) has signed and'],
    ['refused', { given: [given({ signOffStatus: 'REJECTED' })] }, 'the report owner (Person 3) has refused to sign and'],
    ['given to other content', { given: [given({ signedContentHash: 'before' })] }, 'the report owner (Person 3) signed other content and has to sign again'],
    ['given by a delegate', { given: [given(delegated)] }, 'the report owner (Person 9 for Person 3) has signed'],
    ['nobody’s to give', { signatories: { testLeadId: null, reportOwnerId: owner, testExecutiveId: executive } }, 'The test lead (nobody is assigned) has not signed'],
    ['given by who worked on it since', { given: [given()], editors: [owner] }, 'the report owner (Person 3) gave it, and then edited this version, so it no longer counts and somebody else has to sign'],
    ['to be given by who may not', { editors: [owner] }, 'the report owner (Person 3) has not signed, and may not: they edited this version'],
    ['waived', { content: { requiresExecutiveApproval: false } }, 'the report owner (Person 3) has not signed and the signature of the test executive was waived.'],
  ])('that are %s', (_, change, text) => {
    expect(told(change)).toMatchObject({ status: 'UNSATISFIED', explanation: expect.stringContaining(text) });
  }); // prettier-ignore

  test('with who gives those that are missing', () => {
    const state = signing(99, {
      given: [given()],
      viewer: viewer('TEST_EXECUTIVE'),
      assignment: { ...nobody, isTestExecutive: true },
    });
    expect(told({ given: [given()] }).satisfiableBy).toEqual(['TESTER', 'TEST_EXECUTIVE']);
    expect(refused('APPROVE', { ...state, editors: [], viewer: { ...state.viewer, userId: 98 } })).toThrow(
      refusing('SIGN_OFFS_MISSING', { details: { missing: ['test_lead', 'test_executive'] } }),
    );
  });

  test('as done without, where all others are given', () => {
    const rows = [given(), given({ signOffRole: 'test_lead', signOffUserId: lead })];
    expect(told({ given: rows, content: { requiresExecutiveApproval: false } })).toEqual({
      code: 'SIGN_OFFS',
      status: 'OVERRIDDEN',
      satisfiableBy: [],
      explanation:
        'The test lead (Person 2) has signed, the report owner (Person 3) has signed and the signature of the test executive was waived.',
    });
    expect(told({ given: [...rows, given({ signOffRole: 'test_executive', signOffUserId: executive })] }).status).toBe(
      'SATISFIED',
    );
  });
});

describe('a signature is delegated', () => {
  const person = (change: Partial<Viewer> = {}): Viewer => ({
    userId: deputy,
    name: 'Dora',
    isActive: true,
    roles: ['REPORT_OWNER'],
    ...change,
  });
  const to = (change: Partial<Viewer> | undefined, state: Partial<FullFacts> & Parameters<typeof signing>[1] = {}) => {
    const delegate = change && person(change);
    return () =>
      requireDelegate(signing(owner, { signOffRole: 'report_owner', ...state }), {
        toUserId: delegate?.userId ?? 404,
        person: delegate,
      });
  };

  test('to somebody active of the same role', () => {
    expect(to({})).not.toThrow();
    expect(to({ isActive: false })).toThrow(
      refusing('BAD_USER_INPUT', { details: { requiredRoles: ['REPORT_OWNER'] } }),
    );
    expect(to({ isActive: false })).toThrow('Dora is not active.');
    expect(to({ roles: ['TESTER'] })).toThrow(refusing('BAD_USER_INPUT'));
    expect(to(undefined)).toThrow('Nobody here has that number.');
  });

  test('not to oneself, unless it is somebody else’s now', () => {
    expect(to({ userId: owner })).toThrow('This signature is your own');
    const away = [given({ ...delegated, signOffStatus: 'PENDING', signedContentHash: null })];
    expect(to({ userId: owner }, { given: away })).not.toThrow();
    expect(to({}, { given: away })).toThrow('This signature is delegated to them already.');
  });

  test('not to who worked on the version', () => {
    for (const state of [{ editors: [1, deputy] }, {}])
      expect(to(state.editors ? {} : { userId: 1 }, state)).toThrow(refusing('FOUR_EYES'));
    const made = signing(owner, { signOffRole: 'report_owner', editors: [] });
    const createdByThem = { ...made, version: { ...made.version, submittedBy: null, createdBy: deputy } };
    expect(() => requireDelegate(createdByThem, { toUserId: deputy, person: person() })).toThrow(refusing('FOUR_EYES'));
  });

  test('also while somebody else gives another one', () => {
    expect(to({ userId: 77 })).not.toThrow();
  });

  test('not to who gives another one, or whose another one is', () => {
    const also = (userId: number, rows: GivenSignOff[] = []) =>
      to({ userId, roles: ['REPORT_OWNER', 'TESTER'] }, { given: rows });
    expect(also(lead)).toThrow('gives another signature on this version');
    const rows = [
      given({ signOffRole: 'test_lead', signOffStatus: 'PENDING', signOffUserId: deputy, delegatedFromId: lead }),
    ];
    expect(also(deputy, rows)).toThrow(refusing('FOUR_EYES'));
    expect(also(lead, rows)).toThrow(refusing('FOUR_EYES'));
  });
});
