// The liquidity report, in the same cycle at an earlier stage: Ben prepares, and Ada is the test lead.
import { planningDecision, exclude, modify, type Departure, type PlanningText } from './planning';
import { profilingRulesFor } from './profiling-rules';
import { readTable } from './report-attributes';

const attributes = readTable(`
# Position
LQDS1001 | date   | MKC- | LIQ_POSITION.AS_OF_DT      | Reporting Date              | Business day that the position describes.
LQDS1002 | string | MKC- | LIQ_POSITION.ENTITY_ID     | Reporting Entity            | Legal entity whose position it is.
LQDS1003 | code   | MK-- | LIQ_POSITION.CCY_CD        | Currency                    | Currency of the position, one record for each significant currency.
LQDS1004 | number | M-C- | LIQ_POSITION.CASH_AMT      | Cash and Reserves           | Cash and central bank reserves that can be drawn at close of business.

# Buffer
LQDS1101 | number | M-CH | HQLA_STOCK.LEVEL1_AMT      | Level 1 Assets              | Market value of unencumbered assets without a haircut.
LQDS1102 | number | M-C- | HQLA_STOCK.LEVEL2A_AMT     | Level 2A Assets             | Market value of unencumbered level 2A assets, after the haircut.
LQDS1103 | number | M--- | HQLA_STOCK.LEVEL2B_AMT     | Level 2B Assets             | Market value of unencumbered level 2B assets, after the haircut.
LQDS1104 | number | M-C- | HQLA_STOCK.ENCUMBERED_AMT  | Encumbered Assets           | Market value of assets pledged to others, left out of the buffer.

# Outflows over thirty days
LQDS1201 | number | M-CH | LIQ_FLOW.RETAIL_OUT_AMT    | Retail Deposit Outflow      | Retail deposits expected to leave, by run-off rate.
LQDS1202 | number | M-C- | LIQ_FLOW.WHOLESALE_OUT_AMT | Wholesale Outflow           | Unsecured wholesale funding that runs off.
LQDS1203 | number | M--H | LIQ_FLOW.FACILITY_OUT_AMT  | Facility Drawdown           | Expected drawing on committed credit and liquidity facilities.
LQDS1204 | number | ---- | LIQ_FLOW.MARGIN_OUT_AMT    | Margin Outflow              | Margin due on derivatives after a downgrade of three notches.

# Inflows and ratio
LQDS1301 | number | M-C- | LIQ_FLOW.LOAN_IN_AMT       | Loan Inflow                 | Contractual payments on loans that are performing.
LQDS1302 | number | ---- | LIQ_FLOW.SECURITIES_IN_AMT | Securities Inflow           | Securities outside the buffer that fall due.
LQDS1303 | number | M-C- | LIQ_RATIO.NET_OUT_AMT      | Net Outflow                 | Outflows less inflows, inflows capped at three quarters of outflows.
LQDS1304 | number | M-CH | LIQ_RATIO.COVERAGE_PCT     | Coverage Ratio              | Buffer divided by net outflow.
`);

const DEPARTURES: Readonly<Record<string, Departure>> = {
  LQDS1204: exclude('The bank has no derivatives with a rating trigger.'),
  LQDS1203: modify(
    'Two desks read it differently in the last cycle.',
    'Expected drawing on committed credit and liquidity facilities, undrawn amounts of cancelled facilities left out.',
  ),
};

export const liquidityPlan = {
  reason: 'Plan for the quarter; the form is the one of last year.',
  content: {
    planningMetadata: {
      form: 'LQ-52 S',
      instructionsDated: '2026-01-01',
      population: 'Daily positions of all entities, October 2026',
    },
  },
  decisions: attributes.map((attribute) => planningDecision(attribute, DEPARTURES[attribute.code])),
  approvalNotes: 'Checked against the form with the treasury desk.',
} as const satisfies PlanningText & { decisions: unknown };

export const liquidityProfiling = {
  reason: 'Rules for the keys and for what the ratio is made of.',
  content: {
    sourceDataReference: { system: 'Liquidity engine', extract: 'LIQ_DAILY', asOf: '2026-10-30', rows: 8_448 },
    profilingParameters: { reportFailuresAbove: 0, sampleOfFailures: 10 },
  },
  rules: profilingRulesFor(attributes),
} as const;
