/**
 * Whether a person can hold the position they are named for. Checking only that the person exists would accept the reference, and their
 * work would then fail with FORBIDDEN. Commands and mutations apply this rule, and imports mark violations instead of refusing them; the
 * database enforces it too (log.is_fit). It is checked when somebody is named: a person who loses a role later stays named, and cannot act.
 */
import type { UserRole, Viewer } from './model';
import { actsNowhere, roleTitles, someone } from './roles';

/** The positions that workflows, reports and records name people for. Each takes one of the listed roles. */
export const positions = {
  TESTER: { title: 'tester', takes: ['TESTER'] },
  TEST_LEAD: { title: 'test lead', takes: ['TESTER'] },
  REPORT_OWNER: { title: 'report owner', takes: ['REPORT_OWNER'] },
  TEST_EXECUTIVE: { title: 'test executive', takes: ['TEST_EXECUTIVE'] },
  /** Data Executives answer for all data, so one may hold data until it has an owner. */
  DATA_OWNER: { title: 'data owner', takes: ['DATA_OWNER', 'DATA_EXECUTIVE'] },
} as const satisfies Record<string, { readonly title: string; readonly takes: readonly UserRole[] }>;
export type Position = keyof typeof positions;

/** The people named by a workflow who sign, and the position of each. */
export const signatories = {
  testLeadId: 'TEST_LEAD',
  reportOwnerId: 'REPORT_OWNER',
  testExecutiveId: 'TEST_EXECUTIVE',
} as const satisfies Record<string, Position>;
export type Signatory = keyof typeof signatories;

/** The role that is needed to give a signature. */
export const roleToSign = ({ person }: { readonly person: Signatory }): UserRole =>
  positions[signatories[person]].takes[0];

/**
 * Why a person cannot hold something that takes one of these roles (being active is enough if there are none), as a sentence; null if they
 * can.
 */
export function unfitness(
  person: Pick<Viewer, 'name' | 'isActive' | 'roles'> | undefined,
  takes?: readonly UserRole[],
): string | null {
  if (!person) return 'Nobody here has that number.';
  if (!person.isActive) return `${person.name} is not active.`;
  if (!takes) return null;
  if (actsNowhere(person)) {
    const role = person.roles.includes('ADMIN') ? 'ADMIN' : 'AUDITOR';
    return `${person.name} is an ${roleTitles[role]}, and those act in no workflow.`;
  }
  return takes.some((role) => person.roles.includes(role)) ? null : `${person.name} is not a ${someone(takes)}.`;
}
