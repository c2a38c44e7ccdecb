import {
  decidedBy,
  decisionNotes,
  decisionStatus,
  json,
  requiredJson,
  requiredText,
  stampedBy,
  text,
} from '../../versioning/fields';
import type { JsonObject } from '../../versioning/model';
import { definePhase } from '../../versioning/phase';

/** Phase 2: the rules by which the report's data is profiled before testing. The report owner decides. */
export const dataProfiling = definePhase({
  key: 'DATA_PROFILING',
  title: 'Data Profiling',
  versioning: 'FULL',
  preparedBy: ['TESTER'],
  approvedBy: ['REPORT_OWNER'],
  prerequisites: ['PLANNING'],
  version: {
    type: 'DataProfilingVersion',
    table: 'data_profiling_versions',
    input: 'dataProfiling',
    inputType: 'DataProfilingContentInput',
    fields: {
      sourceDataReference: json('Source data', {
        description: 'Which extract was profiled: system, tables, date, row count.',
      }),
      profilingParameters: json('Profiling parameters', {
        description: 'Thresholds and settings that all rules share.',
      }),
    },
  },
  item: {
    type: 'ProfilingRuleDecision',
    table: 'profiling_rule_decisions',
    input: 'profilingRules',
    inputType: 'ProfilingRuleInput',
    label: ({ ruleType, ruleDefinition }) => {
      const { name, ruleName, rule_name } = ruleDefinition as JsonObject;
      return [name, ruleName, rule_name, ruleType].find((title) => typeof title === 'string' && title !== '') as string;
    },
    reviewed: 'BY_DECISIONS',
    atLeast: 1,
    fields: {
      ruleType: requiredText('Rule type', {
        description: 'What kind of rule it is, e.g. COMPLETENESS, RANGE, UNIQUENESS.',
        suggestions: ['COMPLETENESS', 'CONSISTENCY', 'RANGE', 'UNIQUENESS', 'VALIDITY'],
      }),
      ruleDefinition: requiredJson('Rule definition', {
        description: 'The rule itself: name, attribute, condition, threshold …',
      }),
      recommendationReason: text('Reason for the recommendation', { isLong: true }),
      recommendedBy: stampedBy('Recommended by', { description: 'Who set the rule in its current form.' }),
      ruleApprovalStatus: decisionStatus('Approval status', 'RuleApprovalStatus', {
        PENDING: 'PENDING',
        APPROVED: 'APPROVED',
        REJECTED: 'REJECTED',
        MODIFIED: 'MODIFIED',
      }),
      approvedBy: decidedBy('Decided by'),
      approvalNotes: decisionNotes('Decision notes'),
    },
  },
});
