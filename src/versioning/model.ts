/** The vocabulary of the core: versions, people and their assignments, as plain data. The enums of the database follow from its lists. */

export const userRoles = [
  'TESTER',
  'REPORT_OWNER',
  'DATA_OWNER',
  'DATA_EXECUTIVE',
  'TEST_EXECUTIVE',
  'ADMIN',
  'AUDITOR',
] as const;
export type UserRole = (typeof userRoles)[number];

export const versioningTypes = ['FULL', 'AUDIT_ONLY'] as const;
export type VersioningType = (typeof versioningTypes)[number];

export const versionStatuses = ['DRAFT', 'PENDING_APPROVAL', 'APPROVED', 'REJECTED', 'SUPERSEDED', 'RECORDED'] as const;
export type VersionStatus = (typeof versionStatuses)[number];

export const itemReviewStatuses = ['PENDING', 'APPROVED', 'REJECTED', 'MODIFIED'] as const;
export type ItemReviewStatus = (typeof itemReviewStatuses)[number];

export const rowOperations = ['INSERT', 'UPDATE', 'DELETE'] as const;
export type RowOperation = (typeof rowOperations)[number];

/** Who acts. Roles come from the users table, never from the token. */
export interface Viewer {
  readonly userId: number;
  readonly name: string;
  readonly isActive: boolean;
  readonly roles: readonly UserRole[];
}

/** Whose token a request carries, and when they last proved that it is them. Whether they may ask is still to be read. */
export interface TokenHolder {
  readonly userId: number;
  readonly authenticatedAt: Date | null;
  /** The person as they are now; refused if they are not active. */
  readonly person: () => Promise<Viewer>;
}

/** Who calls, and when they last proved that it is them; null where their token does not say. */
export interface Identity {
  readonly viewer: Viewer;
  readonly authenticatedAt: Date | null;
}

/** How a person stands to one workflow, by assignment; and whether anything can begin there. */
export interface WorkflowAssignment {
  readonly isTester: boolean;
  readonly isTestLead: boolean;
  readonly isReportOwner: boolean;
  readonly isTestExecutive: boolean;
  /** Owns data of the workflow's report at this instant. */
  readonly isDataOwner: boolean;
  /** Signs, or has signed, a version in the place of somebody whom the workflow names. */
  readonly isDelegate: boolean;
  /** The workflow's cycle is closed, for everybody. */
  readonly isCycleClosed: boolean;
}

export const NO_ASSIGNMENT: WorkflowAssignment = {
  isTester: false,
  isTestLead: false,
  isReportOwner: false,
  isTestExecutive: false,
  isDataOwner: false,
  isDelegate: false,
  isCycleClosed: false,
};

/** A row of phase_version. Instants have millisecond precision, the database's own. */
export interface VersionHeader {
  readonly versionId: string;
  readonly streamId: string;
  readonly masterRecordId: string;
  readonly cycleId: string;
  readonly reportId: string;
  readonly phase: string;
  readonly versioningType: VersioningType;
  readonly versionNumber: number;
  readonly status: VersionStatus;
  readonly parentVersionId: string | null;
  readonly baseVersionId: string | null;
  readonly createdAt: Date;
  readonly createdBy: number;
  readonly submittedAt: Date | null;
  readonly submittedBy: number | null;
  readonly reviewedAt: Date | null;
  readonly reviewedBy: number | null;
  readonly approvalRequired: boolean;
  readonly approvalNotes: string | null;
  readonly effectiveFrom: Date | null;
  readonly effectiveTo: Date | null;
  readonly revision: number;
  readonly contentHash: string;
  readonly isDeleted: boolean;
  readonly deletedAt: Date | null;
  readonly deletedBy: number | null;
}

/** Plain JSON, as content fields hold it. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };
