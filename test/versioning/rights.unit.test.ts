/** What is asked beside the table of actions: who may start, write what is reserved, and is asked for a decision. */
import { auditOnlyPhases, fullPhases, phaseOf, phases } from '../../src/phases';
import { contentFields } from '../../src/versioning/fields';
import type { UserRole } from '../../src/versioning/model';
import type { AuditOnlyPhase } from '../../src/versioning/phase';
import {
  actionsOf,
  approvalRequirements,
  awaitsDecision,
  cannotCreateReason,
  decidersOf,
  requireAllowed,
  requireCreatable,
  requireDrafted,
  requireOnlyRestricted,
  savesDraft,
  writing,
} from '../../src/versioning/policy';
import type { FullFacts, RecordDecisionFacts } from '../../src/versioning/rules';
import { executive, facts, nobody, owner, planning, report, scoping, tester, unsigned, viewer } from '../support/facts';

const refusing = (code: string, more: object = {}) => expect.objectContaining({ code, ...more });

test('who edits or rebases saves the draft', () => {
  const { commands } = auditOnlyPhases[0]!;
  const verbs = Object.values(commands).flatMap(({ action }) => action ?? []);
  expect([...actionsOf(report), 'WAIVE', ...verbs].filter(savesDraft).sort()).toEqual(['EDIT', 'REBASE']);
});

test('signatures are offered where the phase has some, and waiving by itself nowhere', () => {
  for (const phase of fullPhases) {
    const offered = actionsOf(phase);
    expect(offered).not.toContain('WAIVE');
    for (const action of ['SIGN_OFF', 'DELEGATE_SIGN_OFF'])
      expect([phase.key, action, offered.includes(action)]).toEqual([phase.key, action, phase.signOffs !== undefined]);
  }
  for (const { key, commands } of auditOnlyPhases)
    expect(actionsOf(phaseOf(key))).toEqual(Object.values(commands).flatMap(({ action }) => (action ? [action] : [])));
});

test('a draft is started where versions are drafted; elsewhere the commands are named that start a record', () => {
  for (const phase of fullPhases) expect(() => requireDrafted(phase)).not.toThrow();
  for (const phase of auditOnlyPhases) {
    const starting = Object.keys(phase.commands).filter((name) => phase.commands[name]!.action === undefined);
    expect(() => requireDrafted(phase)).toThrow(refusing('BAD_USER_INPUT', { details: { mutations: starting } }));
    expect(() => requireDrafted(phase)).toThrow(`Start a record with ${starting.join(' or ')}.`);
  }
});

describe('a start', () => {
  const asked = (
    roles: UserRole[],
    assignment = tester,
    missingPrerequisites: FullFacts['missingPrerequisites'] = [],
  ) => ({
    phase: scoping,
    viewer: viewer(...roles),
    assignment,
    missingPrerequisites,
  });
  test('is for who prepares the phase, once those before it are done', () => {
    expect(() => requireCreatable(asked(['TESTER']))).not.toThrow();
    expect(cannotCreateReason(asked(['TESTER']))).toBeNull();
    expect(() => requireCreatable(asked(['TESTER'], nobody))).toThrow(
      refusing('FORBIDDEN', { details: { requiredRoles: ['TESTER'] } }),
    );
    expect(() => requireCreatable(asked(['TESTER'], tester, [planning]))).toThrow(
      refusing('PREREQUISITE_MISSING', { details: { blockedBy: ['PLANNING'] } }),
    );
  });
  test('says of each phase before it what is missing: an approved version, or a record', () => {
    const recorded = auditOnlyPhases[0]!;
    const reason = cannotCreateReason(asked(['TESTER'], tester, [planning, recorded]));
    expect(reason).toContain(
      `Scoping opens when ${planning.title} has an approved version and ${recorded.title} has a record.`,
    );
  });
  test('a Data Executive answers for the data of every workflow, and needs no assignment', () => {
    const executives = { ...asked(['DATA_EXECUTIVE'], nobody), phase: phaseOf('DATA_OWNER_ID') };
    expect(cannotCreateReason(executives)).toBeNull();
    expect(cannotCreateReason({ ...executives, viewer: viewer('TESTER') })).not.toBeNull();
  });
  test('an assignment as test lead is one of a tester', () => {
    expect(cannotCreateReason(asked(['TESTER'], { ...nobody, isTestLead: true }))).toBeNull();
  });
});

describe('a value that is reserved', () => {
  const [name, field] = contentFields(report.version.fields).find(([, { restricted }]) => restricted)!;
  const { value, to } = field.restricted!;
  const [setting, leaving] = [{ [name]: value }, { [name]: !value }];
  const by = (role: UserRole, assignment = executive) => ({
    phase: report,
    viewer: viewer(role),
    assignment,
    missingPrerequisites: [],
  });
  const set =
    (role: UserRole, reason?: string, assignment = executive) =>
    () =>
      requireOnlyRestricted(by(role, assignment), report, leaving, setting, reason);

  test('is set by those whom it is reserved for, with a reason', () => {
    expect(to).toEqual(['TEST_EXECUTIVE']);
    expect(set('TEST_EXECUTIVE', 'A small report.')).not.toThrow();
    expect(set('TEST_EXECUTIVE')).toThrow(refusing('BAD_USER_INPUT', { details: { argument: 'reason' } }));
    expect(set('TEST_EXECUTIVE', 'A small report.', nobody)).toThrow(refusing('FORBIDDEN'));
    expect(set('TESTER', 'A small report.', tester)).toThrow(
      refusing('FORBIDDEN', { details: { requiredRoles: ['TEST_EXECUTIVE'] } }),
    );
  });
  test('is sent by anybody as it is already, and so is any other', () => {
    expect(() => requireOnlyRestricted(by('TESTER', tester), report, setting, setting, null)).not.toThrow();
    expect(() => requireOnlyRestricted(by('TESTER', tester), report, setting, leaving, null)).not.toThrow();
    expect(() => requireOnlyRestricted(by('TESTER', tester), report, leaving, {}, null)).not.toThrow();
  });
  test('is written by them alone; whatever else is written with it makes it an edit', () => {
    const [other] = contentFields(report.version.fields).find(([, { restricted }]) => !restricted)!;
    expect(writing(report, [name])).toBe('WAIVE');
    expect(writing(report, [name, other])).toBe('EDIT');
    expect(writing(report, [other])).toBe('EDIT');
    expect(writing(report, [])).toBe('EDIT');
  });
});

describe('a decision is waited for', () => {
  test('from who could reject a version, or sign it', () => {
    expect(awaitsDecision(facts())).toBe(true);
    expect(awaitsDecision(facts({ assignment: nobody }))).toBe(false);
    expect(awaitsDecision(facts({ editors: [1] }))).toBe(false);
    expect(awaitsDecision(facts({ version: { status: 'DRAFT' } }))).toBe(false);
    const signing = { phase: report, viewer: viewer('REPORT_OWNER'), assignment: owner };
    expect(awaitsDecision(facts({ ...signing, signOffs: unsigned(report) }))).toBe(true);
    expect(awaitsDecision(facts({ ...signing, signOffs: unsigned(report, 2) }))).toBe(false);
  });

  test('on a record from who may review it, as long as there is something to review', () => {
    const open = {
      ...facts({ viewer: viewer('TESTER'), assignment: tester, version: { status: 'RECORDED' } }),
      phase: phaseOf('REQUEST_INFO') as AuditOnlyPhase,
      isReplaced: false,
      content: { submissionStatus: 'PENDING_REVIEW' },
    } as unknown as RecordDecisionFacts;
    expect(awaitsDecision(open)).toBe(true);
    expect(awaitsDecision({ ...open, content: { submissionStatus: 'ACCEPTED' } })).toBe(false);
    expect(awaitsDecision({ ...open, isReplaced: true })).toBe(false);
    expect(awaitsDecision({ ...open, editors: [1] })).toBe(false);
  });

  test('from those whom a phase names: who approves or signs, or who reviews', () => {
    expect(Object.fromEntries(phases.map((phase) => [phase.key, decidersOf(phase)]))).toEqual({
      PLANNING: ['TESTER'],
      DATA_PROFILING: ['REPORT_OWNER'],
      SCOPING: ['REPORT_OWNER'],
      SAMPLE_SELECTION: ['REPORT_OWNER'],
      DATA_OWNER_ID: [],
      REQUEST_INFO: ['TESTER'],
      TEST_EXECUTION: [],
      OBSERVATION_MANAGEMENT: ['REPORT_OWNER'],
      FINALIZE_TEST_REPORT: ['TEST_EXECUTIVE', 'TESTER', 'REPORT_OWNER', 'TEST_EXECUTIVE'],
    });
  });
});

describe('an approval is explained', () => {
  const of = (code: string, given: FullFacts) => approvalRequirements(given).find((one) => one.code === code)!;

  test('rule by rule, in this order', () => {
    expect(approvalRequirements(facts()).map(({ code, status }) => [code, status])).toEqual([
      ['ROLE', 'SATISFIED'],
      ['SUBMITTED', 'SATISFIED'],
      ['FOUR_EYES', 'SATISFIED'],
      ['ITEMS_DECIDED', 'SATISFIED'],
      ['BASE_IS_CURRENT', 'SATISFIED'],
      ['SIGN_OFFS', 'NOT_APPLICABLE'],
      ['PREREQUISITES', 'SATISFIED'],
    ]);
  });

  test('each rule says by whom it is met', () => {
    const by = (given: FullFacts) =>
      Object.fromEntries(approvalRequirements(given).map(({ code, satisfiableBy }) => [code, satisfiableBy]));
    const draft = facts({ version: { status: 'DRAFT' }, missingPrerequisites: [planning, auditOnlyPhases[0]!] });
    expect(by(draft)).toEqual({
      ROLE: ['REPORT_OWNER'],
      SUBMITTED: ['TESTER'],
      FOUR_EYES: ['REPORT_OWNER'],
      ITEMS_DECIDED: ['REPORT_OWNER'],
      BASE_IS_CURRENT: ['TESTER'],
      SIGN_OFFS: [],
      PREREQUISITES: [...planning.approvedBy, ...auditOnlyPhases[0]!.preparedBy],
    });
    expect(by(facts())).toMatchObject({ SUBMITTED: [] });
    expect(by(facts({ phase: planning }))).toMatchObject({ ITEMS_DECIDED: ['TESTER'], FOUR_EYES: ['TESTER'] });
  });

  test.each([
    [{}, 'You may approve Scoping as Report Owner.'],
    [{ assignment: nobody }, 'To approve Scoping takes a Report Owner assigned to this workflow; you are not.'],
  ])('who may: %j', (change, text) => expect(of('ROLE', facts(change)).explanation).toBe(text));

  test.each([
    [{}, 'Version 1 of Scoping is pending approval.'],
    [{ status: 'DRAFT' }, 'Version 1 of Scoping is a draft; to approve it, it must be pending approval.'],
    [{ isDeleted: true }, 'Version 1 of Scoping is deleted; to approve it, it must be pending approval.'],
  ] as const)('in which status it is: %j', (version, text) =>
    expect(of('SUBMITTED', facts({ version })).explanation).toBe(text),
  );

  test('by whom it was made, how many items are decided, and on what it is based', () => {
    expect(of('FOUR_EYES', facts()).explanation).toBe('You neither edited nor submitted this version.');
    expect(of('FOUR_EYES', facts({ editors: [1] })).explanation).toBe(
      'You edited this version, so somebody else has to decide.',
    );
    expect(of('FOUR_EYES', facts({ version: { submittedBy: 1 } })).explanation).toContain('submitted this version');
    expect(of('ITEMS_DECIDED', facts()).explanation).toBe('All 3 items are decided.');
    expect(of('ITEMS_DECIDED', facts({ items: { total: 3, undecided: 2, rejected: 0 } })).explanation).toBe(
      '2 of 3 items are undecided.',
    );
    expect(of('ITEMS_DECIDED', facts({ items: { total: 3, undecided: 2, rejected: 1 } })).explanation).toBe(
      '2 of 3 items are undecided; 1 is rejected.',
    );
    expect(of('ITEMS_DECIDED', facts({ items: { total: 3, undecided: 0, rejected: 2 } }))).toMatchObject({
      status: 'SATISFIED',
      explanation: 'All 3 items are decided; 2 are rejected.',
    });
    expect(of('BASE_IS_CURRENT', facts({ version: { effectiveFrom: new Date() } })).status).toBe('NOT_APPLICABLE');
    expect(of('BASE_IS_CURRENT', facts()).explanation).toContain('is the one this draft was based on');
    expect(
      of('BASE_IS_CURRENT', facts({ version: { baseVersionId: 'it' }, current: { versionId: 'it', versionNumber: 1 } }))
        .status,
    ).toBe('SATISFIED');
  });
});

describe('a refusal says what a program can use', () => {
  const refused = (action: string, given: FullFacts) => () => requireAllowed(action, given, given.version.revision);
  const preparing = { viewer: viewer('TESTER'), assignment: tester };

  test.each<[string, FullFacts, string, object]>([
    ['APPROVE', facts({ assignment: nobody }), 'FORBIDDEN', { requiredRoles: ['REPORT_OWNER'] }],
    ['APPROVE', facts({ version: { status: 'DRAFT' } }), 'INVALID_TRANSITION', { status: 'DRAFT', allowedFrom: ['PENDING_APPROVAL'] }],
    ['APPROVE', facts({ items: { total: 3, undecided: 2, rejected: 0 } }), 'ITEMS_UNDECIDED', { undecided: 2, total: 3 }],
    ['APPROVE', facts({ current: { versionId: 'it', versionNumber: 7 } }), 'STALE_BASE', { baseVersionId: null, currentVersionId: 'it' }],
    ['SUBMIT', facts({ ...preparing, phase: planning, version: { status: 'DRAFT' }, items: { total: 3, undecided: 2, rejected: 0 } }), 'ITEMS_UNDECIDED', { undecided: 2, total: 3 }],
    ['SUBMIT', facts({ ...preparing, version: { status: 'DRAFT' }, current: { versionId: 'it', versionNumber: 7 } }), 'STALE_BASE', { baseVersionId: null, currentVersionId: 'it' }],
    ['APPROVE', facts({ missingPrerequisites: [planning] }), 'PREREQUISITE_MISSING', { blockedBy: ['PLANNING'] }],
    ['RESTORE', facts({ ...preparing }), 'INVALID_TRANSITION', { status: 'PENDING_APPROVAL', allowedFrom: ['SUPERSEDED', 'APPROVED', 'REJECTED'] }],
  ])('%s', (action, given, code, details) => {
    expect(refused(action, given)).toThrow(refusing(code, { details }));
  }); // prettier-ignore

  test('and a person what to do next', () => {
    const draft = { ...preparing, version: { status: 'DRAFT' } } as const;
    expect(refused('APPROVE', facts({ version: { isDeleted: true } }))).toThrow('is deleted. Undelete it first.');
    expect(refused('UNDELETE', facts({ ...draft }))).toThrow('there is nothing to undelete');
    expect(refused('REBASE', facts({ ...draft }))).toThrow('there is nothing to merge');
    expect(refused('SUBMIT', facts({ ...draft, items: { total: 0, undecided: 0, rejected: 0 } }))).toThrow(
      'Add at least one item',
    );
    expect(refused('DECIDE_ITEMS', facts({ items: { total: 0, undecided: 0, rejected: 0 } }))).toThrow(
      'The version has no items',
    );
    expect(refused('APPROVE', facts({ items: { total: 3, undecided: 1, rejected: 0 } }))).toThrow(
      'Decide them (decideItems)',
    );
    expect(
      refused(
        'APPROVE',
        facts({
          phase: planning,
          ...preparing,
          items: { total: 3, undecided: 1, rejected: 0 },
          version: { submittedBy: 2 },
        }),
      ),
    ).toThrow('Withdraw the version and give each item its decision');
    const undecided = { items: { total: 3, undecided: 1, rejected: 0 } };
    expect(refused('SUBMIT', facts({ ...draft, phase: planning, ...undecided }))).toThrow('(putItems), then submit');
    expect(refused('SUBMIT', facts({ ...draft, ...undecided }))).not.toThrow();
    const stale = { current: { versionId: 'it', versionNumber: 7 } };
    expect(refused('SUBMIT', facts({ ...draft, ...stale }))).toThrow('Rebase it onto the current version');
    expect(refused('APPROVE', facts(stale))).toThrow('Withdraw it and rebase it onto the current version');
  });

  test('a verb of records is none of drafts, and the other way round', () => {
    expect(refused('TRANSFER', facts({ ...preparing }))).toThrow('Scoping is drafted, not recorded.');
    expect(refused('TRANSFER', facts())).toThrow(refusing('FORBIDDEN'));
    // The right to act is asked for before the revision, whatever is wrong besides.
    const stale = facts({ ...preparing });
    expect(() => requireAllowed('TRANSFER', stale, 99)).toThrow(refusing('CONFLICT'));
  });
});
