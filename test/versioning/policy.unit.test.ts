import { auditOnlyPhases, fullPhases, phaseOf, phases } from '../../src/phases';
import { DomainError } from '../../src/versioning/errors';
import { contentFields } from '../../src/versioning/fields';
import { versionStatuses, type Json, type JsonObject } from '../../src/versioning/model';
import type { AuditOnlyPhase, FullPhase, PhaseDeclaration } from '../../src/versioning/phase';
import { draftActions } from '../../src/versioning/draft-rules';
import {
  actionsOf,
  approvalRequirements,
  availableActions,
  awaitsDecision,
  cannotCreateReason,
  decidersOf,
  requireAllowed,
  type VersionAction,
} from '../../src/versioning/policy';
import { canSeeDeleted, canSeeWorkflow } from '../../src/versioning/seeing';
import type { FullFacts, RecordFacts, VersionFacts } from '../../src/versioning/rules';
import { another, executive, facts, nobody, owner, planning, report, tester, unsigned, viewer } from '../support/facts';
import { triedWhole } from '../support/phases-tried';

// Hundreds of thousands of refusals: where each of them comes from is what most of the time would go to.
Error.stackTraceLimit = 0;

const refusal = (
  action: VersionAction,
  given: VersionFacts,
  revision = given.version.revision,
): DomainError | undefined => {
  try {
    requireAllowed(action, given, revision);
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  return undefined;
};

test('given all is as it must be, when the owner approves, then nothing is refused', () => {
  expect(refusal('APPROVE', facts())).toBeUndefined();
});

test.each([
  ['FORBIDDEN', 'no assignment', { assignment: nobody }],
  ['FORBIDDEN', 'another role', { viewer: viewer('TESTER') }],
  ['FORBIDDEN', 'an administrator', { viewer: viewer('REPORT_OWNER', 'ADMIN') }],
  ['FORBIDDEN', 'an auditor', { viewer: viewer('REPORT_OWNER', 'AUDITOR') }],
  ['INVALID_TRANSITION', 'a draft', { version: { status: 'DRAFT' } }],
  ['INVALID_TRANSITION', 'a deleted version', { version: { isDeleted: true } }],
  ['FOUR_EYES', 'one’s own edits', { editors: [1] }],
  ['FOUR_EYES', 'one’s own submission', { version: { submittedBy: 1 } }],
  ['ITEMS_UNDECIDED', 'an undecided item', { items: { total: 3, undecided: 1, rejected: 0 } }],
  ['STALE_BASE', 'another version in force', { current: another }],
  [
    'SIGN_OFFS_MISSING',
    'signatures that are missing',
    { phase: report, viewer: viewer('TEST_EXECUTIVE'), assignment: executive, signOffs: unsigned(report) },
  ],
  ['PREREQUISITE_MISSING', 'a phase before it that is not done', { missingPrerequisites: [planning] }],
] as const)('an approval is refused with %s given %s', (code, _, change) => {
  const refused = refusal('APPROVE', facts(change));
  expect(refused?.code).toBe(code);
  expect(refused?.message).toMatch(/\.$/);
});

test('who has no right to act does not learn the revision, and a stale revision is told before the state', () => {
  expect(refusal('APPROVE', facts({ assignment: nobody }), 99)?.code).toBe('FORBIDDEN');
  expect(refusal('APPROVE', facts({ version: { status: 'DRAFT' } }), 99)).toMatchObject({
    code: 'CONFLICT',
    details: { expectedRevision: 99, actualRevision: 4 },
  });
});

test('Planning is attested by the one who prepared it, and says so', () => {
  const own = facts({
    phase: planning,
    viewer: viewer('TESTER'),
    assignment: tester,
    editors: [1],
    version: { submittedBy: 1 },
  });
  expect(refusal('APPROVE', own)).toBeUndefined();
  expect(approvalRequirements(own).find(({ code }) => code === 'FOUR_EYES')?.status).toBe('NOT_APPLICABLE');
  expect(refusal('DECIDE_ITEMS', own)?.code).toBe('BAD_USER_INPUT');
});

test('an empty draft cannot be submitted', () => {
  const empty = facts({
    viewer: viewer('TESTER'),
    assignment: tester,
    version: { status: 'DRAFT' },
    items: { total: 0, undecided: 0, rejected: 0 },
  });
  expect(refusal('SUBMIT', empty)?.code).toBe('INVALID_TRANSITION');
});

test('each phase is prepared and decided by those whom the overview of the phases names', () => {
  const decided = (phase: PhaseDeclaration) => (phase.versioning === 'FULL' ? phase.approvedBy : null);
  expect(phases.map((phase) => [phase.key, phase.preparedBy, decided(phase)])).toEqual([
    ['PLANNING', ['TESTER'], ['TESTER']],
    ['DATA_PROFILING', ['TESTER'], ['REPORT_OWNER']],
    ['SCOPING', ['TESTER'], ['REPORT_OWNER']],
    ['SAMPLE_SELECTION', ['TESTER'], ['REPORT_OWNER']],
    ['DATA_OWNER_ID', ['DATA_EXECUTIVE', 'TESTER'], null],
    ['REQUEST_INFO', ['DATA_OWNER', 'TESTER'], null],
    ['TEST_EXECUTION', ['TESTER', 'DATA_OWNER'], null],
    ['OBSERVATION_MANAGEMENT', ['TESTER'], ['REPORT_OWNER']],
    ['FINALIZE_TEST_REPORT', ['TESTER'], ['TEST_EXECUTIVE']],
  ]);
  expect(fullPhases.filter(({ selfAttested }) => selfAttested).map(({ key }) => key)).toEqual(['PLANNING']);
});

/** Everything that differs in one of the ways given, in every combination. */
const product = <T extends object>(ways: { readonly [K in keyof T]: readonly T[K][] }): T[] =>
  (Object.entries(ways) as [keyof T, readonly T[keyof T][]][]).reduce<T[]>(
    (all, [name, values]) => all.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{} as T],
  );
const yesOrNo = [true, false];
const everyAction = [...new Set<VersionAction>(phases.flatMap(actionsOf))];

describe('of a drafted version actions, mutations and explanations agree', () => {
  /** What can be in the way of a version, beside who wants what and its status; each alone, and all at once. */
  const hindrances = (phase: FullPhase): Partial<FullFacts>[] => {
    const each: Partial<FullFacts>[] = [
      { items: { total: 2, undecided: 1, rejected: 0 } },
      { items: { total: 0, undecided: 0, rejected: 0 } },
      { current: another },
      { signOffs: unsigned(phase) },
      { signOffs: unsigned(phase, 2) },
      { missingPrerequisites: phase.prerequisites.map(phaseOf) },
    ];
    return [{}, ...each, Object.assign({}, ...each) as Partial<FullFacts>];
  };
  // Drafts and rejected versions are all that can be deleted.
  const standings = [
    ...versionStatuses.map((status) => ({ status, isDeleted: false })),
    ...(['DRAFT', 'REJECTED'] as const).map((status) => ({ status, isDeleted: true })),
  ];
  const states = triedWhole.flatMap((phase) =>
    product({
      standing: standings,
      own: ['NOTHING', 'EDITED', 'SUBMITTED'],
      hindrance: hindrances(phase),
      assignment: [nobody, tester, owner, executive],
      role: ['TESTER', 'REPORT_OWNER', 'TEST_EXECUTIVE', 'ADMIN'] as const,
    }).map(({ standing, own, hindrance, assignment, role }) =>
      facts({
        phase,
        assignment,
        viewer: viewer(role),
        editors: own === 'EDITED' ? [1] : [],
        version: { ...standing, submittedBy: own === 'SUBMITTED' ? 1 : 2 },
        ...hindrance,
      }),
    ),
  );
  const accepts = (state: FullFacts, action: VersionAction) => refusal(action, state) === undefined;

  test(`in each of ${states.length} states an action is offered exactly if the mutation is not refused`, () => {
    const offered = states.map(availableActions);
    const offerable = draftActions.filter((action) => action !== 'WAIVE');
    const disagreeing = states.filter(
      (state, i) => offered[i]!.join() !== offerable.filter((action) => accepts(state, action)).join(),
    );
    expect(disagreeing.slice(0, 3)).toEqual([]);
    for (const action of offerable)
      expect(new Set(offered.map((actions) => actions.includes(action)))).toEqual(new Set(yesOrNo));
  });

  test('a version waits for exactly those who are offered a decision on it, and only roles that are named decide', () => {
    const decisions = ['APPROVE', 'REJECT', 'DECIDE_ITEMS', 'SIGN_OFF'];
    const isOffered = (state: FullFacts) => availableActions(state).some((action) => decisions.includes(action));
    expect(states.filter((state) => awaitsDecision(state) !== isOffered(state)).slice(0, 3)).toEqual([]);
    const decided = states.filter(awaitsDecision);
    expect(decided.length).toBeGreaterThan(0);
    const unnamed = decided.filter(
      ({ phase, viewer: { roles } }) => !roles.some((role) => decidersOf(phase).includes(role)),
    );
    expect(unnamed.slice(0, 3)).toEqual([]);
  });

  test('writing what is reserved takes a draft, and whoever may edit it or is one of those it is reserved for', () => {
    const wrong = states.filter(({ phase, assignment, viewer: { roles }, version: { status, isDeleted } }) => {
      const edits = roles.includes('TESTER') && assignment.isTester;
      const waives = phase.signOffs !== undefined && roles.includes('TEST_EXECUTIVE') && assignment.isTestExecutive;
      const state = { phase, assignment, viewer: viewer(...roles), version: { status, isDeleted } };
      return accepts(facts(state), 'WAIVE') !== ((edits || waives) && status === 'DRAFT' && !isDeleted);
    });
    expect(wrong.slice(0, 3)).toEqual([]);
  });

  test('an approval is accepted exactly if no requirement is unsatisfied', () => {
    const unmet = (state: FullFacts) => approvalRequirements(state).some(({ status }) => status === 'UNSATISFIED');
    expect(states.filter((state) => unmet(state) === accepts(state, 'APPROVE')).slice(0, 3)).toEqual([]);
    for (const phase of triedWhole)
      expect(states.some((state) => state.phase === phase && accepts(state, 'APPROVE'))).toBe(true);
  });

  test('an approval says which signatures are missing, and who gives them', () => {
    const [lead, ...others] = unsigned(report);
    const state = facts({
      phase: report,
      viewer: viewer('TEST_EXECUTIVE'),
      assignment: executive,
      signOffs: [{ ...lead!, status: 'SIGNED' as const }, ...others],
    });
    expect(refusal('APPROVE', state)).toMatchObject({
      code: 'SIGN_OFFS_MISSING',
      details: { missing: ['report_owner', 'test_executive'] },
    });
    expect(approvalRequirements(state).find(({ code }) => code === 'SIGN_OFFS')).toMatchObject({
      status: 'UNSATISFIED',
      satisfiableBy: ['REPORT_OWNER', 'TEST_EXECUTIVE'],
    });
    expect(approvalRequirements(facts()).find(({ code }) => code === 'SIGN_OFFS')?.status).toBe('NOT_APPLICABLE');
  });
});

describe('of a record actions and mutations agree', () => {
  /** What the content of a record can say that the rules look at: its enumerations, and what it waits for. */
  const contentsOf = ({ version, waits }: AuditOnlyPhase): JsonObject[] => {
    const enumerated = contentFields(version.fields).flatMap(([name, { enumeration }]) =>
      enumeration ? [[name, [...(enumeration.values ?? [])]] as [string, Json[]]] : [],
    );
    const waited = waits?.value === null ? [[waits.field, [null, '2026-10-01T00:00:00.000Z']]] : [];
    return product(Object.fromEntries([...enumerated, ...waited]) as Record<string, Json[]>);
  };
  const states = auditOnlyPhases.flatMap((phase) =>
    product({
      content: contentsOf(phase),
      status: ['RECORDED', 'SUPERSEDED'] as const,
      isReplaced: phase.replaces ? yesOrNo : [false],
      editors: [[], [1]],
      submittedBy: [1, 2],
      assignment: [nobody, tester, owner, executive, { ...nobody, isDataOwner: true }],
      role: ['TESTER', 'DATA_OWNER', 'DATA_EXECUTIVE', 'REPORT_OWNER', 'ADMIN', 'AUDITOR'] as const,
    }).map(({ status, submittedBy, role, ...rest }): RecordFacts => ({
      phase,
      current: another,
      missingPrerequisites: [],
      viewer: viewer(role),
      ...rest,
      version: { ...facts().version, status, submittedBy, isDeleted: false },
    })),
  );

  test(`in each of ${states.length} states an action is offered exactly if the command is not refused`, () => {
    const disagreeing = states.filter(
      (state) =>
        availableActions(state).join() !==
        actionsOf(state.phase)
          .filter((action) => !refusal(action, state))
          .join(),
    );
    expect(disagreeing.slice(0, 3)).toEqual([]);
    for (const action of auditOnlyPhases.flatMap(actionsOf))
      expect(states.some((state) => availableActions(state).includes(action))).toBe(true);
  });

  test('nothing but its phase’s own actions is ever accepted, whatever state it is in', () => {
    const codes = states.flatMap((state) =>
      everyAction
        .filter((action) => !actionsOf(state.phase).includes(action))
        .map((action) => refusal(action, state)?.code),
    );
    expect([...new Set(codes)].sort()).toEqual(['FORBIDDEN', 'INVALID_TRANSITION']);
  });

  test('it has no approval, so nothing is required for one', () => {
    expect(states.filter((state) => approvalRequirements(state).length > 0)).toEqual([]);
  });

  test.each([
    ['FORBIDDEN', 'another role', { viewer: viewer('REPORT_OWNER') }],
    ['FORBIDDEN', 'no assignment', { assignment: nobody }],
    ['CONFLICT', 'a later version', { version: { status: 'SUPERSEDED', versionNumber: 3 } }],
    ['INVALID_TRANSITION', 'another document in its place', { isReplaced: true }],
    ['INVALID_TRANSITION', 'a review that was done', { content: { submissionStatus: 'ACCEPTED' } }],
    ['FOUR_EYES', 'one’s own submission', { version: { submittedBy: 1 } }],
    ['FOUR_EYES', 'one’s own revision', { editors: [1] }],
  ] as const)('a review is refused with %s given %s', (code, _, change) => {
    const open: RecordFacts = {
      phase: phaseOf('REQUEST_INFO') as AuditOnlyPhase,
      viewer: viewer('TESTER'),
      assignment: tester,
      editors: [],
      isReplaced: false,
      current: another,
      missingPrerequisites: [],
      content: { submissionStatus: 'PENDING_REVIEW' },
      version: { ...facts().version, status: 'RECORDED', submittedBy: 2 },
    };
    expect(refusal('REVIEW_DOCUMENT', open)).toBeUndefined();
    const refused = refusal('REVIEW_DOCUMENT', {
      ...open,
      ...change,
      version: { ...open.version, ...('version' in change ? change.version : {}) },
    });
    expect(refused?.code).toBe(code);
    if (code === 'CONFLICT')
      expect(refused?.details).toEqual({ latestVersionId: another.versionId, latestVersionNumber: 7 });
  });
});

test('a workflow is visible to its people and to those who see all of them, to nobody else', () => {
  expect(canSeeWorkflow(viewer('TESTER'), tester)).toBe(true);
  expect(canSeeWorkflow(viewer('TESTER'), nobody)).toBe(false);
  for (const role of ['TEST_EXECUTIVE', 'DATA_EXECUTIVE', 'ADMIN', 'AUDITOR'] as const)
    expect(canSeeWorkflow(viewer(role), nobody)).toBe(true);
  for (const role of ['TESTER', 'REPORT_OWNER', 'DATA_OWNER'] as const)
    expect(canSeeWorkflow(viewer(role), nobody)).toBe(false);
});

test('deleted versions are visible to the workflow’s testers, administrators and auditors', () => {
  expect(canSeeDeleted(viewer('TESTER'), tester)).toBe(true);
  expect(canSeeDeleted(viewer('TESTER'), nobody)).toBe(false);
  expect(canSeeDeleted(viewer('REPORT_OWNER'), owner)).toBe(false);
  expect(canSeeDeleted(viewer('AUDITOR'), nobody)).toBe(true);
  expect(canSeeDeleted(viewer('ADMIN'), nobody)).toBe(true);
});

test('a phase that is not open says which one has to be finished', () => {
  const { phase, assignment, missingPrerequisites } = facts({ assignment: tester, missingPrerequisites: [planning] });
  expect(cannotCreateReason({ phase, viewer: viewer('TESTER'), assignment, missingPrerequisites })).toContain(
    'Planning',
  );
  expect(cannotCreateReason({ phase, viewer: viewer('TESTER'), assignment, missingPrerequisites: [] })).toBeNull();
});
