import { fullPhaseOf, fullPhases } from '../../src/phases';
import { DomainError } from '../../src/versioning/errors';
import {
  NO_STANDING,
  versionStatuses,
  type UserRole,
  type VersionHeader,
  type Viewer,
} from '../../src/versioning/model';
import {
  approvalRequirements,
  availableActions,
  canSeeDeleted,
  canSeeWorkflow,
  cannotCreateReason,
  demand,
  type VersionAction,
  type FullFacts,
  type VersionFacts,
} from '../../src/versioning/policy';

const nobody = NO_STANDING;
const tester = { ...nobody, isTester: true };
const owner = { ...nobody, isReportOwner: true };
const executive = { ...nobody, isTestExecutive: true };
const another = { versionId: 'another', versionNumber: 7 };
const viewer = (...roles: UserRole[]): Viewer => ({ userId: 1, name: 'Ada', isActive: true, roles });

const planning = fullPhaseOf('PLANNING');
const scoping = fullPhaseOf('SCOPING');
const report = fullPhaseOf('FINALIZE_TEST_REPORT');

function facts(change: Partial<Omit<FullFacts, 'version'>> & { version?: Partial<VersionHeader> } = {}): FullFacts {
  const { version, ...rest } = change;
  const phase = rest.phase ?? scoping;
  return {
    phase,
    viewer: viewer('REPORT_OWNER'),
    standing: owner,
    hasEdited: false,
    current: null,
    items: { total: 3, undecided: 0 },
    missingSignOffs: [],
    missingPrerequisites: [],
    ...rest,
    version: {
      versionNumber: 1,
      status: 'PENDING_APPROVAL',
      revision: 4,
      baseVersionId: null,
      effectiveFrom: null,
      submittedBy: 2,
      isDeleted: false,
      ...version,
    } as VersionHeader,
  };
}

const refusal = (
  action: VersionAction,
  given: VersionFacts,
  revision = given.version.revision,
): DomainError | undefined => {
  try {
    demand(action, given, revision);
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
  ['FORBIDDEN', { standing: nobody }],
  ['FORBIDDEN', { viewer: viewer('TESTER') }],
  ['FORBIDDEN', { viewer: viewer('REPORT_OWNER', 'ADMIN') }],
  ['FORBIDDEN', { viewer: viewer('REPORT_OWNER', 'AUDITOR') }],
  ['INVALID_TRANSITION', { version: { status: 'DRAFT' } }],
  ['INVALID_TRANSITION', { version: { isDeleted: true } }],
  ['FOUR_EYES', { hasEdited: true }],
  ['FOUR_EYES', { version: { submittedBy: 1 } }],
  ['ITEMS_UNDECIDED', { items: { total: 3, undecided: 1 } }],
  ['STALE_BASE', { current: another }],
  [
    'SIGN_OFFS_MISSING',
    { phase: report, viewer: viewer('TEST_EXECUTIVE'), standing: executive, missingSignOffs: report.signOffs },
  ],
  ['PREREQUISITE_MISSING', { missingPrerequisites: [planning] }],
] as const)('an approval is refused with %s given %j', (code, change) => {
  const refused = refusal('APPROVE', facts(change));
  expect(refused?.code).toBe(code);
  expect(refused?.message).toMatch(/\.$/);
});

test('who has no right to act does not learn the revision, and a stale revision is told before the state', () => {
  expect(refusal('APPROVE', facts({ standing: nobody }), 99)?.code).toBe('FORBIDDEN');
  expect(refusal('APPROVE', facts({ version: { status: 'DRAFT' } }), 99)).toMatchObject({
    code: 'CONFLICT',
    details: { expectedRevision: 99, actualRevision: 4 },
  });
});

test('Planning is attested by the one who prepared it, and says so', () => {
  const own = facts({
    phase: planning,
    viewer: viewer('TESTER'),
    standing: tester,
    hasEdited: true,
    version: { submittedBy: 1 },
  });
  expect(refusal('APPROVE', own)).toBeUndefined();
  expect(approvalRequirements(own).find(({ code }) => code === 'FOUR_EYES')?.status).toBe('NOT_APPLICABLE');
  expect(refusal('DECIDE_ITEMS', own)?.code).toBe('BAD_USER_INPUT');
});

test('an empty draft cannot be submitted', () => {
  const empty = facts({
    viewer: viewer('TESTER'),
    standing: tester,
    version: { status: 'DRAFT' },
    items: { total: 0, undecided: 0 },
  });
  expect(refusal('SUBMIT', empty)?.code).toBe('INVALID_TRANSITION');
});

describe('actions, mutations and explanations agree', () => {
  const booleans = [true, false];
  const states = fullPhases.flatMap((phase) =>
    versionStatuses.flatMap((status) =>
      booleans.flatMap((isDeleted) =>
        booleans.flatMap((hasEdited) =>
          booleans.flatMap((stale) =>
            [0, 1].flatMap((undecided) =>
              [nobody, tester, owner].flatMap((standing) =>
                (['TESTER', 'REPORT_OWNER', 'ADMIN'] as const).map((role) =>
                  facts({
                    phase,
                    standing,
                    hasEdited,
                    viewer: viewer(role),
                    current: stale ? another : null,
                    items: { total: 2, undecided },
                    version: { status, isDeleted },
                  }),
                ),
              ),
            ),
          ),
        ),
      ),
    ),
  );

  test(`in each of ${states.length} states an action is offered exactly if the mutation is not refused`, () => {
    const all: VersionAction[] = [
      'EDIT',
      'SUBMIT',
      'WITHDRAW',
      'APPROVE',
      'REJECT',
      'DECIDE_ITEMS',
      'REVISE',
      'DELETE',
      'UNDELETE',
    ];
    for (const state of states)
      expect(availableActions(state)).toEqual(all.filter((action) => refusal(action, state) === undefined));
  });

  test('an approval is accepted exactly if no requirement is unsatisfied', () => {
    for (const state of states) {
      const unsatisfied = approvalRequirements(state).filter(({ status }) => status === 'UNSATISFIED');
      expect(unsatisfied.length === 0).toBe(refusal('APPROVE', state) === undefined);
    }
    expect(states.some((state) => refusal('APPROVE', state) === undefined)).toBe(true);
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
  const { phase, standing, missingPrerequisites } = facts({ standing: tester, missingPrerequisites: [planning] });
  expect(cannotCreateReason({ phase, viewer: viewer('TESTER'), standing, missingPrerequisites })).toContain('Planning');
  expect(cannotCreateReason({ phase, viewer: viewer('TESTER'), standing, missingPrerequisites: [] })).toBeNull();
});
