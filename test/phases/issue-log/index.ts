import { instant, requiredEnumeration, requiredText, requiredUser, text, user } from '../../../src/versioning/fields';
import { command, definePhase } from '../../../src/versioning/phase';

const fields = {
  title: requiredText('Title'),
  state: requiredEnumeration('State', 'IssueState', ['OPEN', 'ESCALATED', 'CLOSED']),
  raisedById: requiredUser('Raised by', { isActor: true }),
  closedById: user('Closed by', { isActor: true }),
  closedAt: instant('Closed at'),
  remedy: text('Remedy'),
};

const open = { field: 'state', value: 'OPEN' } as const;

/** A phase the product does not have: what went wrong in the work itself, each issue raised, escalated perhaps, and closed. */
export const issueLog = definePhase({
  key: 'ISSUE_LOG',
  title: 'Issue Log',
  versioning: 'AUDIT_ONLY',
  preparedBy: ['TESTER'],
  prerequisites: ['PLANNING'],
  version: { type: 'LoggedIssue', table: 'logged_issues', fields },
  waits: open,
  commands: {
    raiseIssue: command(fields, {
      inputType: 'RaiseIssueInput',
      description: 'Raises an issue.',
      input: { title: requiredText('What is wrong') },
      start: ({ input: { title }, actor }) => ({
        title,
        state: 'OPEN',
        raisedById: actor,
        closedById: null,
        closedAt: null,
        remedy: null,
      }),
    }),
    escalateIssue: command(fields, {
      inputType: 'EscalateIssueInput',
      description: 'Takes an issue to those who answer for the report.',
      input: {},
      needsReason: true,
      action: 'ESCALATE',
      takes: { ...open, otherwise: 'it is open no more' },
      next: ({ before }) => ({ ...before, state: 'ESCALATED' }),
    }),
    closeIssue: command(fields, {
      inputType: 'CloseIssueInput',
      description: 'Closes an issue that was escalated, with what was done about it.',
      input: { remedy: requiredText('What was done about it') },
      action: 'CLOSE',
      by: ['REPORT_OWNER'],
      takes: { field: 'state', value: 'ESCALATED', otherwise: 'only what was escalated is closed' },
      next: ({ before, input: { remedy }, actor, now }) => ({
        ...before,
        state: 'CLOSED',
        closedById: actor,
        closedAt: now,
        remedy,
      }),
    }),
  },
});
