import { badInput } from '../../versioning/errors';
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
import { kindsOfRequests, kindsOfResponses } from './kinds';

/** The roles that make and answer requests. */
const people = ['TESTER', 'DATA_OWNER'] as const;

const fields = {
  testExecutionId: uuid('Test execution', { description: 'The run in the test system that the request is about.' }),
  actionType: requiredText('Action type', {
    description: 'What is asked for, e.g. RETEST, CLARIFICATION.',
    suggestions: kindsOfRequests,
  }),
  actionDetails: json('Action details'),
  requestedById: requiredUser('Requested by', { isActor: true }),
  requestedAt: requiredInstant('Requested at'),
  requestReason: text('Reason for the request', { isLong: true }),
  addresseeId: user('Addressed to', {
    description:
      'The addressee, whose turn it is as long as they may answer. Null if everybody who may answer is asked.',
  }),
  respondedById: user('Responded by', { isActor: true }),
  respondedAt: instant('Responded at'),
  responseStatus: text('Response status', {
    description: 'What came of it, e.g. COMPLETED, DECLINED.',
    suggestions: kindsOfResponses,
  }),
  responseNotes: text('Response notes', { isLong: true }),
  impactOnTimeline: text('Impact on the timeline', { isLong: true }),
  turnaroundTimeHours: hoursBetween('Response time in hours', 'requestedAt', 'respondedAt'),
};

const open = { field: 'respondedAt', value: null } as const;

/** Phase 7: what testers and data owners requested from each other during testing, and how long the answers took. */
export const testExecution = definePhase({
  key: 'TEST_EXECUTION',
  title: 'Test Execution',
  versioning: 'AUDIT_ONLY',
  preparedBy: people,
  prerequisites: ['REQUEST_INFO'],
  version: { type: 'TestExecutionAudit', table: 'test_execution_audit', fields },
  waits: open,
  commands: {
    requestTestAction: command(fields, {
      inputType: 'RequestTestActionInput',
      description: 'Asks for something to be done for a test; the request is open until somebody responds.',
      input: {
        testExecutionId: uuid('Test run', { description: 'The run in the test system.' }),
        actionType: requiredText('What is asked for', {
          description: `What is asked for: one of ${kindsOfRequests.join(', ')}.`,
          suggestions: kindsOfRequests,
          onlySuggested: true,
        }),
        actionDetails: json('Details', { description: 'Further details.' }),
        addresseeId: user('Addressed to', {
          description:
            'The addressee (userId): another tester or data owner of the workflow. If omitted, all of them are asked. Others who may answer still may.',
          takes: people,
          actsHere: true,
        }),
      },
      needsReason: true,
      start({ input: { testExecutionId, actionType, actionDetails, addresseeId }, reason, actor, now }) {
        if (addresseeId === actor)
          throw badInput('A request is addressed to somebody else: name them in `addresseeId`, or leave it out.', {
            argument: 'addresseeId',
          });
        return {
          testExecutionId,
          actionType,
          actionDetails,
          requestedById: actor,
          requestedAt: now,
          requestReason: reason,
          addresseeId,
          respondedById: null,
          respondedAt: null,
          responseStatus: null,
          responseNotes: null,
          impactOnTimeline: null,
        };
      },
    }),
    respondToTestAction: command(fields, {
      inputType: 'RespondToTestActionInput',
      description: 'Answers an open request.',
      input: {
        responseStatus: requiredText('What came of it', {
          description: `What came of it: one of ${kindsOfResponses.join(', ')}.`,
          suggestions: kindsOfResponses,
          onlySuggested: true,
        }),
        notes: text('Notes', { description: 'Notes.', isLong: true }),
        impactOnTimeline: text('Effect on the timeline', {
          description: 'The impact on the timeline.',
          isLong: true,
        }),
      },
      action: 'RESPOND',
      awaited: { of: 'OTHERS', because: 'The request has not been answered.', addressee: 'addresseeId' },
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
