import {
  approvedAt,
  approvedBy,
  date,
  decidedBy,
  decisionNotes,
  decisionStatus,
  flagOr,
  jsonList,
  requiredInteger,
  requiredText,
  signOffs,
  stampedAt,
  text,
  textList,
  textOr,
  uuid,
} from '../../versioning/fields';
import { definePhase } from '../../versioning/phase';

const kindsOfSections = ['SCOPE', 'METHOD', 'FINDINGS', 'REMEDIATION', 'CONCLUSION'];

/** Phase 9: the test report, section by section. The test executive approves it when everybody has signed. */
export const finalizeTestReport = definePhase({
  key: 'FINALIZE_TEST_REPORT',
  title: 'Finalize Test Report',
  versioning: 'FULL',
  preparedBy: ['TESTER'],
  approvedBy: ['TEST_EXECUTIVE'],
  prerequisites: ['OBSERVATION_MANAGEMENT'],
  signOffs: [
    { role: 'test_lead', person: 'testLeadId' },
    { role: 'report_owner', person: 'reportOwnerId' },
    { role: 'test_executive', person: 'testExecutiveId', onlyIf: 'requiresExecutiveApproval' },
  ],
  version: {
    type: 'TestReportVersion',
    table: 'test_report_versions',
    input: 'finalizeTestReport',
    inputType: 'TestReportContentInput',
    fields: {
      reportTitle: textOr('Title of the report', 'Test report'),
      reportPeriodStart: date('First day of the period'),
      reportPeriodEnd: date('Last day of the period'),
      executiveSummary: text('Executive summary', { isLong: true }),
      includedSections: textList('Included sections', {
        description: 'Which kinds of section the report has.',
        suggestions: kindsOfSections,
      }),
      reportTemplateId: uuid('Template'),
      generatedAt: stampedAt('Last changed at'),
      generationMethod: text('Generation method', {
        description: 'How it was made, e.g. MANUAL, TEMPLATE.',
        suggestions: ['MANUAL', 'TEMPLATE'],
      }),
      draftDocumentId: uuid('Draft document', { description: 'The draft in the bank’s document store.' }),
      finalDocumentId: uuid('Final document', { description: 'The final document in the bank’s document store.' }),
      requiresExecutiveApproval: flagOr('Requires the executive’s signature', true, {
        description:
          'Whether the Test Executive signs besides approving. Only they may set it to false (updateVersion, with this field alone); every new draft starts with true.',
        restricted: { value: false, to: ['TEST_EXECUTIVE'] },
      }),
      executiveApprovedBy: approvedBy('Approved by (Test Executive)'),
      executiveApprovalDate: approvedAt('Approved at'),
      signOffs: signOffs('Signatures required for approval'),
    },
    check: ({ reportPeriodStart: start, reportPeriodEnd: end }) =>
      start !== null && end !== null && end! < start!
        ? `A report period cannot end (${end as string}) before it starts (${start as string}).`
        : null,
  },
  item: {
    type: 'TestReportSection',
    table: 'test_report_sections',
    input: 'sections',
    inputType: 'SectionInput',
    label: ({ sectionTitle }) => sectionTitle as string,
    reviewed: 'BY_DECISIONS',
    atLeast: 1,
    fields: {
      sectionType: requiredText('Section type', {
        description: 'What the section is about, e.g. FINDINGS.',
        suggestions: kindsOfSections,
      }),
      sectionTitle: requiredText('Section title'),
      sectionContent: text('Section content', { description: 'The text, as Markdown.', isLong: true }),
      sectionOrder: requiredInteger('Place in the report'),
      contentSource: text('Source of the content', {
        description: 'Where the text came from, e.g. MANUAL, GENERATED.',
        suggestions: ['MANUAL', 'GENERATED'],
      }),
      sourceReferences: jsonList('Sources', {
        description: 'What the section rests on: versions, documents, test runs.',
      }),
      reviewedBy: decidedBy('Decided by'),
      sectionReviewStatus: decisionStatus('Review status', 'SectionReviewStatus', {
        PENDING: 'PENDING',
        APPROVED: 'APPROVED',
        REJECTED: 'NEEDS_REVISION',
      }),
      reviewNotes: decisionNotes('Review notes'),
    },
  },
});
