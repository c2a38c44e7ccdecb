// The demo's Data Profiling and Sample Selection: rules made from what is known of each attribute, and a drawn sample.

import type { ReportAttribute } from './credit-card-attributes';
import { attributes } from './credit-card-attributes';

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

/** Keys are unique, dates and numbers are valid, and what is critical and mandatory is there. */
const rules: readonly ProfilingRuleContent[] = attributes.flatMap((attribute) => {
  if (attribute.isPrimaryKey)
    return [
      rule('UNIQUENESS', attribute, 'is unique', 0, 'An error here attaches every other value to the wrong account.'),
    ];
  if (!attribute.cde || !attribute.mandatory) return [];
  const found = [
    rule('COMPLETENESS', attribute, 'is not null', 0, 'Mandatory on the form, and a critical data element.'),
  ];
  if (attribute.historicalIssues && attribute.dataType === 'number')
    found.push(rule('VALIDITY', attribute, 'is not negative', 5, 'There were findings in an earlier cycle.'));
  return found;
});

export const profilingV1 = {
  reason: 'Rules for the keys, for what is critical and mandatory, and for what had findings.',
  content: {
    sourceDataReference: { system: 'Card ledger', extract: 'CARD_MONTH_END', asOf: '2026-09-30', rows: 1_284_511 },
    profilingParameters: { reportFailuresAbove: 0, sampleOfFailures: 25 },
  },
  rules,
  /** The owner's word on the rules that are not simply approved, by name. */
  exceptions: {
    MODIFIED: 'Report the first 100 failures, not 25: these are the fields the last finding was about.',
    REJECTED: 'Cannot be profiled from the month-end extract. Test it on samples instead.',
  },
  approvalNotes: 'Run the rules on the October extract as well, when it is there.',
} as const;

export interface SampleContent {
  readonly sampleIdentifier: string;
  readonly sampleData: Record<string, string | number>;
  readonly sampleType: 'POPULATION' | 'RISK' | 'PRIOR_FINDING';
  readonly recommendationSource: 'TESTER' | 'LLM' | 'MANUAL';
  readonly recommendationMetadata: Record<string, string | number>;
}

const strata = [
  { stratum: 'Current', sampleType: 'POPULATION', recommendationSource: 'TESTER', size: 15 },
  { stratum: 'Past due', sampleType: 'RISK', recommendationSource: 'LLM', size: 7 },
  { stratum: 'Charged off', sampleType: 'PRIOR_FINDING', recommendationSource: 'MANUAL', size: 3 },
] as const;

export const samplesV1 = {
  reason:
    'Drawn from the September population: fifteen accounts at random, seven past due, three that were restated before.',
  content: {
    selectionCriteria: {
      population: 'Accounts open at any time in September 2026',
      strata: strata.map(({ stratum, size }) => `${stratum}: ${size}`),
    },
    targetSampleSize: 25,
    generationMethods: ['STRATIFIED', 'RANDOM', 'JUDGMENTAL'],
  },
  samples: strata.flatMap(({ stratum, sampleType, recommendationSource, size }, place) =>
    Array.from({ length: size }, (_, n): SampleContent => ({
      sampleIdentifier: `CC-2026-09-${place + 1}${String(n + 1).padStart(2, '0')}`,
      // Numbers that look drawn and are the same everywhere.
      sampleData: {
        stratum,
        creditLimit: 1000 * (((7 * n + 3 * place) % 19) + 1),
        cycleBalance: ((4391 * (n + 1) * (place + 2)) % 97_003) / 100,
      },
      sampleType,
      recommendationSource,
      recommendationMetadata: { draw: n + 1, of: size },
    })),
  ),
} as const;
