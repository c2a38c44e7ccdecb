/** Suggestions for newcomers to the demo, by role. */
const byRole: Record<string, string> = {
  TESTER: 'Edit a draft and submit it; answer what the owner did not like.',
  REPORT_OWNER: 'Decide what waits: compare, approve, reject with a note.',
  DATA_OWNER: 'Hand in a document, answer a request.',
  DATA_EXECUTIVE: 'Say who owns which data, from when.',
  TEST_EXECUTIVE: 'Sign the test report.',
  ADMIN: 'Keep people, reports and workflows.',
  AUDITOR: 'Trace a number to its commit; verify the log.',
};

export const thingsToTry = (roles: readonly string[]): string => roles.flatMap((role) => byRole[role] ?? []).join(' ');
