/** The meanings of the old system's words, ignoring case; null means undecided. */
import type { UserRole } from '../versioning/model';

type Words<Meaning> = Readonly<Record<string, Meaning>>;

const words = <const Meaning>(...meanings: readonly (readonly [means: Meaning, words: string])[]): Words<Meaning> =>
  Object.fromEntries(meanings.flatMap(([means, said]) => said.split(' ').map((word) => [word, means] as const)));

/** A person's role. */
export const roles: Words<UserRole> = words(
  ['TESTER', 'tester test_manager'],
  ['REPORT_OWNER', 'report_owner report_owner_executive report_executive'],
  ['DATA_OWNER', 'data_owner data_provider'],
  ['DATA_EXECUTIVE', 'data_executive cdo'],
  ['TEST_EXECUTIVE', 'test_executive'],
  ['ADMIN', 'admin administrator'],
  ['AUDITOR', 'auditor'],
);

export type OldStatus = 'DRAFT' | 'PENDING_APPROVAL' | 'APPROVED' | 'REJECTED' | 'SUPERSEDED';

/** The status of a version. */
export const versionStatuses: Words<OldStatus> = words(
  ['DRAFT', 'draft'],
  ['PENDING_APPROVAL', 'pending pending_approval pending_review submitted in_review under_review'],
  ['APPROVED', 'approved'],
  ['REJECTED', 'rejected needs_revision'],
  ['SUPERSEDED', 'superseded archived'],
);

/** The status of an attribute, which is a part of a plan. */
export const attributeStatuses: Words<OldStatus> = words(
  ['DRAFT', 'draft'],
  ['PENDING_APPROVAL', 'pending pending_approval submitted'],
  ['APPROVED', 'approved active'],
  ['REJECTED', 'rejected declined'],
  ['SUPERSEDED', 'archived superseded'],
);

/** A decision on an item. */
export const decisions: Words<'APPROVED' | 'REJECTED' | 'MODIFIED' | null> = words(
  ['APPROVED', 'approved accepted'],
  ['REJECTED', 'rejected declined needs_revision revision_required requires_revision'],
  ['MODIFIED', 'modified override'],
  [null, 'pending'],
);

/** A verdict on a document. */
export const verdicts: Words<string | null> = words(
  ['ACCEPTED', 'approved accepted valid validated'],
  ['REJECTED', 'rejected invalid'],
  ['REVISION_REQUESTED', 'requires_revision revision_required revision_requested needs_revision requires_resubmission'],
  [null, 'pending'],
);

/** Who proposed a sample. */
export const sampleSources: Words<string | null> = words(
  ['TESTER', 'tester'],
  ['LLM', 'llm ai'],
  ['MANUAL', 'manual'],
  ['CARRIED_FORWARD', 'carried_forward carry_forward carryforward'],
);

/** The status of an assignment of data. */
export const assignmentStatuses: Words<'ACTIVE' | 'INACTIVE'> = words(
  ['ACTIVE', 'assigned active changed confirmed'],
  ['INACTIVE', 'unassigned removed inactive'],
);

/** How severe an observation is. */
export const severities: Words<string> = words(
  ['CRITICAL', 'critical very_high'],
  ['HIGH', 'high major'],
  ['MEDIUM', 'medium moderate'],
  ['LOW', 'low minor informational'],
);
