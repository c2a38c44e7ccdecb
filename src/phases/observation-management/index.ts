import {
  count,
  date,
  decidedAt,
  decidedBy,
  decisionStatus,
  json,
  jsonList,
  requiredEnumeration,
  requiredJson,
  requiredText,
  stampedAt,
  stampedBy,
  text,
} from '../../versioning/fields';
import { definePhase } from '../../versioning/phase';

/** Phase 8: the findings of the tests. The report owner decides; finding nothing is a finding too. */
export const observationManagement = definePhase({
  key: 'OBSERVATION_MANAGEMENT',
  title: 'Observation Management',
  versioning: 'FULL',
  preparedBy: ['TESTER'],
  approvedBy: ['REPORT_OWNER'],
  prerequisites: ['TEST_EXECUTION'],
  version: {
    type: 'ObservationVersion',
    table: 'observation_versions',
    input: 'observationManagement',
    inputType: 'ObservationContentInput',
    fields: {
      observationPeriod: json('Observation period', {
        description: 'Which time and which tests the observations cover.',
      }),
      totalObservations: count('Number of observations'),
    },
  },
  item: {
    type: 'ObservationDecision',
    table: 'observation_decisions',
    input: 'observations',
    inputType: 'ObservationInput',
    label: ({ observationType, observationData }) => {
      const { title, name, summary } = observationData as Record<string, unknown>;
      return [title, name, summary, observationType].find(
        (words) => typeof words === 'string' && words !== '',
      ) as string;
    },
    reviewed: 'BY_DECISIONS',
    atLeast: 0,
    fields: {
      observationType: requiredText('Observation type', {
        description: 'The kind of finding, e.g. DATA_QUALITY.',
        suggestions: ['DATA_QUALITY', 'TIMELINESS', 'CONTROL', 'DOCUMENTATION'],
      }),
      severity: requiredEnumeration('Severity', 'ObservationSeverity', ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW']),
      observationData: requiredJson('Observation', { description: 'What was found: title, description, samples …' }),
      evidenceReferences: jsonList('Evidence', { description: 'Where it can be seen: documents, samples, test runs.' }),
      remediationStatus: text('Remediation status', {
        description: 'The progress of the remediation, e.g. OPEN.',
        suggestions: ['OPEN', 'IN_PROGRESS', 'DONE'],
      }),
      remediationDeadline: date('Remediation deadline'),
      createdBy: stampedBy('Observed by', { kept: true }),
      creationTimestamp: stampedAt('First recorded at', { kept: true }),
      observationApprovalStatus: decisionStatus(
        'Approval status',
        'ObservationApprovalStatus',
        { PENDING: 'PENDING_REVIEW', APPROVED: 'APPROVED', REJECTED: 'REJECTED' },
        'DRAFT',
      ),
      approvedBy: decidedBy('Decided by'),
      approvalTimestamp: decidedAt('Decided at'),
    },
  },
});
