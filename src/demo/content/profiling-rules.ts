// Generates a report's profiling rules from its attributes.
import type { ReportAttribute } from './report-attributes';

export interface ProfilingRuleContent {
  readonly ruleType: 'COMPLETENESS' | 'UNIQUENESS' | 'VALIDITY';
  readonly ruleDefinition: Record<string, string | number>;
  readonly recommendationReason: string;
}

const rule = (
  ruleType: ProfilingRuleContent['ruleType'],
  { name, code, tableName, columnName }: ReportAttribute,
  condition: string,
  maximumFailures: number,
  recommendationReason: string,
): ProfilingRuleContent => ({
  ruleType,
  ruleDefinition: {
    name: `${name}: ${ruleType.toLowerCase()}`,
    attributeCode: code,
    condition: `${tableName}.${columnName} ${condition}`,
    maximumFailures,
  },
  recommendationReason,
});

/** Keys are unique, dates and numbers are valid, and critical mandatory fields are present. */
export const profilingRulesFor = (attributes: readonly ReportAttribute[]): readonly ProfilingRuleContent[] =>
  attributes.flatMap((attribute) => {
    if (attribute.isPrimaryKey)
      return [
        rule('UNIQUENESS', attribute, 'is unique', 0, 'An error here attaches every other value to the wrong record.'),
      ];
    if (!attribute.cde || !attribute.mandatory) return [];
    const found = [
      rule('COMPLETENESS', attribute, 'is not null', 0, 'Mandatory on the form, and a critical data element.'),
    ];
    if (attribute.historicalIssues && attribute.dataType === 'number')
      found.push(rule('VALIDITY', attribute, 'is not negative', 5, 'There were findings in an earlier cycle.'));
    return found;
  });
