import {
  count,
  decidedBy,
  decisionStatus,
  enumeration,
  json,
  requiredFlag,
  stampedBy,
  text,
} from '../../versioning/fields';
import { definePhase } from '../../versioning/phase';
import { attributeFields } from '../attribute-fields';

/** Phase 3: which attributes are in scope of testing, and why. The report owner decides. */
export const scoping = definePhase({
  key: 'SCOPING',
  title: 'Scoping',
  versioning: 'FULL',
  preparedBy: ['TESTER'],
  approvedBy: ['REPORT_OWNER'],
  prerequisites: ['DATA_PROFILING'],
  version: {
    type: 'ScopingVersion',
    table: 'scoping_versions',
    input: 'scoping',
    inputType: 'ScopingContentInput',
    fields: {
      scopingCriteria: json('Scoping criteria', {
        description: 'The rules by which attributes are in scope.',
      }),
      totalAttributes: count('Attributes considered'),
      scopedAttributes: count('Attributes in scope', 'isInScope'),
    },
  },
  item: {
    type: 'ScopingDecision',
    table: 'scoping_decisions',
    input: 'scopingDecisions',
    inputType: 'ScopingDecisionInput',
    identity: 'attributeId',
    label: { sameIdentityIn: 'PLANNING' },
    reviewed: 'BY_DECISIONS',
    atLeast: 1,
    fields: {
      ...attributeFields,
      isInScope: requiredFlag('In scope'),
      scopingRationale: text('Rationale', { description: 'Why the attribute is in scope or not.', isLong: true }),
      riskRating: text('Risk rating', {
        description: 'How much a wrong value would matter, e.g. HIGH, MEDIUM, LOW.',
        suggestions: ['HIGH', 'MEDIUM', 'LOW'],
      }),
      recommendationType: enumeration('Recommendation', 'RecommendationType', ['TESTER', 'AUTOMATED', 'CARRYFORWARD'], {
        description: 'Where the recommendation came from.',
      }),
      recommendedBy: stampedBy('Recommended by', { description: 'Who set the item in its current form.' }),
      scopingApprovalStatus: decisionStatus('Approval status', 'ScopingApprovalStatus', {
        PENDING: 'PENDING',
        APPROVED: 'APPROVED',
        REJECTED: 'REJECTED',
      }),
      approvedBy: decidedBy('Decided by'),
    },
  },
});
