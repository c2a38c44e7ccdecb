import {
  count,
  decidedBy,
  decisionStatus,
  flagOr,
  json,
  requiredFlag,
  requiredText,
  signOffs,
  stampedAt,
  text,
  textList,
} from '../../../src/versioning/fields';
import { definePhase } from '../../../src/versioning/phase';

/** A phase the product does not have: a reviewer looks at the controls behind the report. */
export const controlReview = definePhase({
  key: 'CONTROL_REVIEW',
  title: 'Control Review',
  versioning: 'FULL',
  preparedBy: ['TESTER'],
  approvedBy: ['TEST_EXECUTIVE'],
  prerequisites: ['PLANNING'],
  signOffs: [
    { role: 'control_owner', person: 'reportOwnerId' },
    { role: 'control_tester', person: 'testLeadId', onlyIf: 'needsTester' },
  ],
  version: {
    type: 'ControlReviewVersion',
    table: 'control_review_versions',
    input: 'controlReview',
    inputType: 'ControlReviewContentInput',
    fields: {
      scope: json('Scope'),
      frameworks: textList('Frameworks'),
      needsTester: flagOr('Needs the tester’s signature', true, {
        restricted: { value: false, to: ['TEST_EXECUTIVE'] },
      }),
      effectiveControls: count('Effective controls', 'isEffective'),
      signatures: signOffs('The signatures as they stand'),
    },
  },
  item: {
    type: 'ControlAssessment',
    table: 'control_assessments',
    input: 'controls',
    inputType: 'ControlAssessmentInput',
    identity: 'controlId',
    label: ({ controlId }) => `Control ${controlId as string}`,
    reviewed: 'BY_DECISIONS',
    atLeast: 1,
    fields: {
      controlId: requiredText('Control'),
      isEffective: requiredFlag('Effective'),
      finding: text('Finding'),
      assessedAt: stampedAt('Assessed at'),
      assessmentStatus: decisionStatus('Status', 'AssessmentStatus', {
        PENDING: 'OPEN',
        APPROVED: 'AGREED',
        REJECTED: 'DISPUTED',
      }),
      agreedBy: decidedBy('Who agreed or disputed'),
    },
  },
});
