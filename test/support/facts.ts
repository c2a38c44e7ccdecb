/** The facts that rules examine, as plain data: by default a version of Scoping that waits for its approval, with changes by the test. */
import { fullPhaseOf } from '../../src/phases';
import { NO_ASSIGNMENT, type UserRole, type VersionHeader, type Viewer } from '../../src/versioning/model';
import type { FullPhase } from '../../src/versioning/phase';
import type { FullFacts, RuledVersion } from '../../src/versioning/rules';
import { signOffStates } from '../../src/versioning/sign-offs';

export const nobody = NO_ASSIGNMENT;
export const tester = { ...nobody, isTester: true };
export const owner = { ...nobody, isReportOwner: true };
export const executive = { ...nobody, isTestExecutive: true };
export const another = { versionId: 'another', versionNumber: 7 };
export const viewer = (...roles: UserRole[]): Viewer => ({ userId: 1, name: 'Ada', isActive: true, roles });

export const planning = fullPhaseOf('PLANNING');
export const scoping = fullPhaseOf('SCOPING');
export const report = fullPhaseOf('FINALIZE_TEST_REPORT');

/** The signatures that an approval requires if nobody has signed and one person may give them all. */
export const unsigned = (phase: FullPhase, person = 1) =>
  signOffStates(phase, {
    content: { requiresExecutiveApproval: true },
    version: { contentHash: 'hash', status: 'PENDING_APPROVAL', submittedBy: 2 },
    editors: [],
    signatories: { testLeadId: person, reportOwnerId: person, testExecutiveId: person },
    given: [],
  });

export function facts(
  change: Partial<Omit<FullFacts, 'version'>> & { version?: Partial<RuledVersion> } = {},
): FullFacts {
  const { version, ...rest } = change;
  const phase = rest.phase ?? scoping;
  return {
    phase,
    viewer: viewer('REPORT_OWNER'),
    assignment: owner,
    editors: [],
    current: null,
    items: { total: 3, undecided: 0, rejected: 0 },
    signOffs: [],
    nameOf: (userId) => `Person ${userId}`,
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
