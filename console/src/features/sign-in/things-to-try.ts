/** Suggestions for newcomers to the demo, by role. */
const byRole: Record<string, string> = {
  TESTER: 'Edit a draft and submit it; revise what the owner rejected.',
  REPORT_OWNER: 'Review waiting versions: compare, approve, reject with a note.',
  DATA_OWNER: 'Hand in a document, answer a request.',
  DATA_EXECUTIVE: 'Record who owns which data, and from when.',
  TEST_EXECUTIVE: 'Sign the test report.',
  ADMIN: 'Manage people, reports and workflows.',
  AUDITOR: 'Trace a number to its commit; verify the log.',
};

export const thingsToTry = (roles: readonly string[]): string => roles.flatMap((role) => byRole[role] ?? []).join(' ');
