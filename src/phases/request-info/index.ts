import { badInput } from '../../versioning/errors';
import { changedFields } from '../../versioning/content';
import {
  entry,
  history,
  isLatestBy,
  json,
  reasonOfChange,
  requiredEnumeration,
  requiredInteger,
  requiredJson,
  requiredText,
  requiredUuid,
  givenWithChange,
  text,
  uuid,
  version,
} from '../../versioning/fields';
import { command, definePhase } from '../../versioning/phase';
import { requireText } from '../../versioning/reasons';
import { kindsOfDocuments, kindsOfRevisions } from './kinds';

const statuses = ['PENDING_REVIEW', 'ACCEPTED', 'REJECTED', 'REVISION_REQUESTED'] as const;

const fields = {
  documentId: requiredUuid('Document', { description: 'The document in the bank’s document store.' }),
  documentVersion: requiredInteger('Document version', {
    description: 'Counts the submission and its revisions: 1, 2, 3 … Reviews leave it alone.',
  }),
  documentMetadata: json('Document metadata', { description: 'File name, type, size, what it shows …' }),
  submissionType: requiredText('Submission type', {
    description: 'What kind of evidence it is, e.g. STATEMENT.',
    suggestions: kindsOfDocuments,
  }),
  submissionStatus: requiredEnumeration('Submission status', 'SubmissionStatus', statuses),
  reviewNotes: text('Review notes', { description: 'The reviewer’s notes on this document version.', isLong: true }),
  replacesSubmissionId: version('Replaced submission', {
    description: 'The submission that this one replaced: the previous revision, or another document.',
  }),
  isCurrent: isLatestBy('Latest version of its document, not replaced by another', 'replacesSubmissionId'),
  revisionType: givenWithChange('text', 'Revision type', {
    description: 'The kind of revision that created this version.',
  }),
  revisionReason: reasonOfChange('Reason for the revision'),
  revisionHistory: history(
    'Revisions up to this version, oldest first, without reviews',
    'DocumentRevision',
    {
      historyId: entry('uuid', 'Resulting version', ({ versionId }) => versionId),
      revisionType: entry('text', 'Kind of revision', ({ changeFields }) => changeFields.revisionType!),
      revisionReason: entry('text', 'Why', ({ changeFields }) => changeFields.revisionReason!, { required: false }),
      changedFields: entry('textList', 'Changed fields', ({ before, after }) => changedFields(before!, after)),
      revisedBy: entry('user', 'Revised by', ({ by }) => by),
      revisedAt: entry('instant', 'When', ({ at }) => at),
    },
    ({ before, after }) => before !== null && before.documentVersion !== after.documentVersion,
  ),
};

const pending = { field: 'submissionStatus', value: 'PENDING_REVIEW' } as const;

/** Phase 6: the documents submitted as evidence, and the testers' verdicts. A record is the chain of one document. */
export const requestInfo = definePhase({
  key: 'REQUEST_INFO',
  title: 'Request Info',
  versioning: 'AUDIT_ONLY',
  preparedBy: ['DATA_OWNER', 'TESTER'],
  prerequisites: ['DATA_OWNER_ID'],
  version: { type: 'DocumentSubmission', table: 'document_submissions', fields },
  waits: pending,
  expectedOfOwners: true,
  replaces: 'replacesSubmissionId',
  commands: {
    submitDocument: command(fields, {
      inputType: 'SubmitDocumentInput',
      description: 'Submits a document, which then waits for review. `replacesVersionId` names one that it replaces.',
      input: {
        documentId: requiredUuid('Document', { description: 'The document in the bank’s document store.' }),
        documentMetadata: json('About the document', { description: 'File name, type, size, what it shows ….' }),
        submissionType: requiredText('Kind of evidence', {
          description: `What kind of evidence it is: one of ${kindsOfDocuments.join(', ')}.`,
          suggestions: kindsOfDocuments,
          onlySuggested: true,
        }),
        replacesVersionId: version('Replaces', {
          description: 'The latest version of the document that this one replaces.',
        }),
      },
      marks: 'SUBMITTED',
      start: ({ input: { documentId, documentMetadata, submissionType, replacesVersionId } }) => ({
        documentId,
        documentVersion: 1,
        documentMetadata,
        submissionType,
        submissionStatus: 'PENDING_REVIEW',
        reviewNotes: null,
        replacesSubmissionId: replacesVersionId,
      }),
    }),
    reviseDocument: command(fields, {
      inputType: 'ReviseDocumentInput',
      description: 'Submits a revised document, which then waits for review again.',
      input: {
        documentId: uuid('New document', { description: 'The new document; the same one if left out.' }),
        submissionType: text('Kind of evidence', {
          description: `What kind of evidence it is: one of ${kindsOfDocuments.join(', ')}; as before if left out.`,
          suggestions: kindsOfDocuments,
          onlySuggested: true,
        }),
        documentMetadata: requiredJson('About the document', {
          description: 'File name, type, size, what it shows ….',
        }),
        revisionType: requiredText('Kind of revision', {
          description: `What kind of revision it is: one of ${kindsOfRevisions.join(', ')}.`,
          suggestions: kindsOfRevisions,
          onlySuggested: true,
        }),
      },
      needsReason: true,
      action: 'REVISE_DOCUMENT',
      counts: 'REVISION',
      awaited: {
        of: 'WHO_HANDED_IN',
        while: { field: 'submissionStatus', values: ['REJECTED', 'REVISION_REQUESTED'] },
        because: 'The document was sent back and has not been revised.',
      },
      next: ({ before, input, parent }) => ({
        documentId: input.documentId ?? before.documentId,
        documentVersion: before.documentVersion + 1,
        documentMetadata: input.documentMetadata,
        submissionType: input.submissionType ?? before.submissionType,
        submissionStatus: 'PENDING_REVIEW',
        reviewNotes: null,
        replacesSubmissionId: parent,
      }),
    }),
    reviewDocument: command(fields, {
      inputType: 'ReviewDocumentInput',
      description:
        'Reviews a document: ACCEPTED, or, with a reason, REJECTED or REVISION_REQUESTED. Not for the person who submitted it.',
      input: {
        status: requiredEnumeration('The verdict', 'SubmissionStatus', statuses, {
          description: 'The verdict; not PENDING_REVIEW.',
        }),
        notes: text('Notes', { description: 'Notes.', isLong: true }),
      },
      action: 'REVIEW_DOCUMENT',
      by: ['TESTER'],
      isReview: true,
      marks: 'REVIEWED',
      awaited: { of: 'OTHERS', because: 'The document is handed in and has not been reviewed.' },
      takes: { ...pending, otherwise: 'its review is done; a revision (reviseDocument) can be reviewed again' },
      next({ before, input, reason }) {
        if (input.status === 'PENDING_REVIEW')
          throw badInput('PENDING_REVIEW is not a verdict. Use ACCEPTED, REJECTED or REVISION_REQUESTED.');
        const reviewNotes =
          input.status === 'ACCEPTED'
            ? input.notes
            : requireText('Say in `notes` what is wrong with the document.', 'notes', input.notes, reason);
        return { ...before, submissionStatus: input.status, reviewNotes };
      },
    }),
  },
});
