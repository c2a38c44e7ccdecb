/**
 * Whether a person can do what they are named for. A reference that is checked for existence alone is accepted, and the work
 * then ends with FORBIDDEN. The one rule of commands, mutations and the import, which marks instead of refusing; the database
 * keeps it as well (log.is_fit). It is asked when somebody is named: who loses a role later stays named, and cannot act.
 */
import type { UserRole, Viewer } from './model';
import { actsNowhere, roleTitles, someone } from './roles';

/** What workflows, reports and records name people for, and the roles of which it takes one. */
export const positions = {
  TESTER: { title: 'tester', takes: ['TESTER'] },
  TEST_LEAD: { title: 'test lead', takes: ['TESTER'] },
  REPORT_OWNER: { title: 'report owner', takes: ['REPORT_OWNER'] },
  TEST_EXECUTIVE: { title: 'test executive', takes: ['TEST_EXECUTIVE'] },
  /** A Data Executive answers for all data, and so may hold some until there is an owner. */
  DATA_OWNER: { title: 'data owner', takes: ['DATA_OWNER', 'DATA_EXECUTIVE'] },
} as const satisfies Record<string, { readonly title: string; readonly takes: readonly UserRole[] }>;
export type Position = keyof typeof positions;

/** The people that a workflow names and that sign, and as what it names them. */
export const signatories = {
  testLeadId: 'TEST_LEAD',
  reportOwnerId: 'REPORT_OWNER',
  testExecutiveId: 'TEST_EXECUTIVE',
} as const satisfies Record<string, Position>;
export type Signatory = keyof typeof signatories;

/** The role that it takes to give a signature. */
export const roleToSign = ({ person }: { readonly person: Signatory }): UserRole =>
  positions[signatories[person]].takes[0];

/** Why a person is not fit for what takes one of these roles (anybody active where none is said), as a sentence; null if they are. */
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
  return takes.some((role) => person.roles.includes(role)) ? null : `${person.name} is no ${someone(takes)}.`;
}
