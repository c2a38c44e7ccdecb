/** The vocabulary of the core as plain data: versions, people and their assignments. The database's enums are generated from its lists. */

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

/** The acting person. Roles come from the users table, never from the token. */
export interface Viewer {
  readonly userId: number;
  readonly name: string;
  readonly isActive: boolean;
  readonly roles: readonly UserRole[];
}

/** The holder of a request's token, and when they last signed in. Whether they may use the API is read later. */
export interface TokenHolder {
  readonly userId: number;
  readonly authenticatedAt: Date | null;
  /** Reads the person's current state; rejects if they are not active. */
  readonly person: () => Promise<Viewer>;
}

/** The caller, and when they last signed in; null if their token does not say. */
export interface Identity {
  readonly viewer: Viewer;
  readonly authenticatedAt: Date | null;
}

/** A person's assignments to one workflow, and whether anything can begin there. */
export interface WorkflowAssignment {
  readonly isTester: boolean;
  readonly isTestLead: boolean;
  readonly isReportOwner: boolean;
  readonly isTestExecutive: boolean;
  /** Owns data of the workflow's report now. */
  readonly isDataOwner: boolean;
  /** Signs, or has signed, a version as the delegate of somebody whom the workflow names. */
  readonly isDelegate: boolean;
  /** The workflow's cycle is closed; this is the same for everybody. */
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

/** A row of phase_version. Instants have the database's millisecond precision. */
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
