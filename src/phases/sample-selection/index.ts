import {
  count,
  decidedAt,
  decidedBy,
  decisionNotes,
  decisionStatus,
  enumeration,
  integer,
  json,
  requiredJson,
  requiredText,
  stampedAt,
  stampedBy,
  text,
  textList,
} from '../../versioning/fields';
import { definePhase } from '../../versioning/phase';

/** Phase 4: which samples are tested. The report owner decides. */
export const sampleSelection = definePhase({
  key: 'SAMPLE_SELECTION',
  title: 'Sample Selection',
  versioning: 'FULL',
  preparedBy: ['TESTER'],
  approvedBy: ['REPORT_OWNER'],
  prerequisites: ['SCOPING'],
  version: {
    type: 'SampleSelectionVersion',
    table: 'sample_selection_versions',
    input: 'sampleSelection',
    inputType: 'SampleSelectionContentInput',
    fields: {
      selectionCriteria: json('Selection criteria', {
        description: 'The criteria of the selection: population, strata, date.',
      }),
      targetSampleSize: integer('Target sample size'),
      actualSampleSize: count('Number of samples'),
      generationMethods: textList('Generation methods', {
        description: 'How the samples were drawn, e.g. RANDOM, STRATIFIED, JUDGMENTAL.',
        suggestions: ['RANDOM', 'STRATIFIED', 'JUDGMENTAL'],
      }),
    },
  },
  item: {
    type: 'SampleDecision',
    table: 'sample_decisions',
    input: 'samples',
    inputType: 'SampleInput',
    identity: 'sampleIdentifier',
    label: ({ sampleIdentifier }) => sampleIdentifier as string,
    reviewed: 'BY_DECISIONS',
    atLeast: 1,
    fields: {
      sampleIdentifier: requiredText('Sample', {
        description:
          'What the bank calls the sample; it identifies the item in every version. It is kept in normal form (NFC) and trimmed; upper and lower case differ.',
      }),
      sampleData: requiredJson('Sample data', { description: 'The values of the sample as they were drawn.' }),
      sampleType: text('Sample type', {
        description: 'Why it was drawn, e.g. POPULATION, RISK, PRIOR_FINDING.',
        suggestions: ['POPULATION', 'RISK', 'PRIOR_FINDING'],
      }),
      recommendationSource: enumeration(
        'Source',
        'RecommendationSource',
        ['TESTER', 'LLM', 'MANUAL', 'CARRIED_FORWARD'],
        {
          description: 'Who or what recommended the sample.',
        },
      ),
      recommendedBy: stampedBy('Recommended by', { description: 'Who set the sample in its current form.' }),
      recommendationTimestamp: stampedAt('Recommended at', { description: 'When it was set in its current form.' }),
      recommendationMetadata: json('Recommendation metadata'),
      decisionStatus: decisionStatus('Decision status', 'SampleDecisionStatus', {
        PENDING: 'PENDING',
        APPROVED: 'APPROVED',
        REJECTED: 'REJECTED',
        MODIFIED: 'MODIFIED',
      }),
      decidedBy: decidedBy('Decided by'),
      decisionTimestamp: decidedAt('Decided at'),
      decisionNotes: decisionNotes('Decision notes'),
      modificationReason: text('Reason for the modification', {
        description: 'Why the sample differs from the one before.',
      }),
    },
  },
});
