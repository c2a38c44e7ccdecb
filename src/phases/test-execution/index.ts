import {
  hoursBetween,
  instant,
  json,
  requiredInstant,
  requiredText,
  requiredUser,
  text,
  user,
  uuid,
} from '../../versioning/fields';
import { command, definePhase } from '../../versioning/phase';

/** What can come of a request. */
const responses = [
  'COMPLETED',
  'PARTIALLY_COMPLETED',
  'ANSWERED',
  'PROVIDED',
  'NOT_AVAILABLE',
  'ACCEPTED',
  'REJECTED',
  'DECLINED',
  'CANCELLED',
];

const fields = {
  testExecutionId: uuid('Test execution', { description: 'The run in the test system that the request is about.' }),
  actionType: requiredText('Action type', {
    description: 'What is asked for, e.g. RETEST, CLARIFICATION.',
    suggestions: ['RETEST', 'CLARIFICATION', 'EVIDENCE'],
  }),
  actionDetails: json('Action details'),
  requestedById: requiredUser('Requested by', { isActor: true }),
  requestedAt: requiredInstant('Requested at'),
  requestReason: text('Reason of the request', { isLong: true }),
  respondedById: user('Responded by', { isActor: true }),
  respondedAt: instant('Responded at'),
  responseStatus: text('Response status', {
    description: 'What came of it, e.g. COMPLETED, DECLINED.',
    suggestions: responses,
  }),
  responseNotes: text('Response notes', { isLong: true }),
  impactOnTimeline: text('Impact on the timeline', { isLong: true }),
  turnaroundTimeHours: hoursBetween('Hours from request to response', 'requestedAt', 'respondedAt'),
};

const open = { field: 'respondedAt', value: null } as const;

/** Phase 7: what testers and data owners asked of each other while testing, and how long the answers took. */
export const testExecution = definePhase({
  key: 'TEST_EXECUTION',
  title: 'Test Execution',
  versioning: 'AUDIT_ONLY',
  preparedBy: ['TESTER', 'DATA_OWNER'],
  prerequisites: ['REQUEST_INFO'],
  version: { type: 'TestExecutionAudit', table: 'test_execution_audit', fields },
  waits: open,
  commands: {
    requestTestAction: command(fields, {
      inputType: 'RequestTestActionInput',
      description: 'Asks for something to be done for a test; the request is open until somebody responds.',
      input: {
        testExecutionId: uuid('Test run', { description: 'The run in the test system that it is about.' }),
        actionType: requiredText('What is asked for', { description: 'What is asked for, e.g. RETEST.' }),
        actionDetails: json('Details', { description: 'What else there is to know.' }),
      },
      needsReason: true,
      start: ({ input: { testExecutionId, actionType, actionDetails }, reason, actor, now }) => ({
        testExecutionId,
        actionType,
        actionDetails,
        requestedById: actor,
        requestedAt: now,
        requestReason: reason,
        respondedById: null,
        respondedAt: null,
        responseStatus: null,
        responseNotes: null,
        impactOnTimeline: null,
      }),
    }),
    respondToTestAction: command(fields, {
      inputType: 'RespondToTestActionInput',
      description: 'Answers an open request.',
      input: {
        responseStatus: requiredText('What came of it', {
          description: `What came of it: one of ${responses.join(', ')}.`,
          suggestions: responses,
          onlySuggested: true,
        }),
        notes: text('Notes', { description: 'What there is to say about it.', isLong: true }),
        impactOnTimeline: text('Effect on the timeline', {
          description: 'What it means for the timeline.',
          isLong: true,
        }),
      },
      action: 'RESPOND',
      awaited: { of: 'OTHERS', because: 'The request has not been answered.' },
      takes: { ...open, otherwise: 'it has been answered' },
      next: ({ before, input: { responseStatus, notes, impactOnTimeline }, actor, now }) => ({
        ...before,
        respondedById: actor,
        respondedAt: now,
        responseStatus,
        responseNotes: notes,
        impactOnTimeline,
      }),
    }),
  },
});
