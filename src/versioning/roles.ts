/** The titles of roles, and which of them never act. */
import type { UserRole, Viewer } from './model';

export const roleTitles: Record<UserRole, string> = {
  TESTER: 'Tester',
  REPORT_OWNER: 'Report Owner',
  DATA_OWNER: 'Data Owner',
  DATA_EXECUTIVE: 'Data Executive',
  TEST_EXECUTIVE: 'Test Executive',
  ADMIN: 'Administrator',
  AUDITOR: 'Auditor',
};
export const someone = (roles: readonly UserRole[]): string => roles.map((role) => roleTitles[role]).join(' or ');

/** Administrators and auditors never act within workflows, whatever other roles they have. */
export const actsNowhere = ({ roles }: Pick<Viewer, 'roles'>): boolean =>
  roles.includes('ADMIN') || roles.includes('AUDITOR');

/** Administrators maintain the register: people and their roles, reports, cycles, workflows and assignments. */
export const keepsRegister = ({ roles, isActive }: Pick<Viewer, 'roles' | 'isActive'>): boolean =>
  isActive && roles.includes('ADMIN');
