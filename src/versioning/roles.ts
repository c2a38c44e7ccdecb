/** What roles are called, and which of them never act. */
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

/** Administrators and auditors never act on what workflows hold, whatever else they are. */
export const actsNowhere = ({ roles }: Pick<Viewer, 'roles'>): boolean =>
  roles.includes('ADMIN') || roles.includes('AUDITOR');

/** Administrators keep the register: people and their roles, reports, cycles, workflows and who is assigned to them. */
export const keepsRegister = ({ roles, isActive }: Pick<Viewer, 'roles' | 'isActive'>): boolean =>
  isActive && roles.includes('ADMIN');
