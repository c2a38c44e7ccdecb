// The decisions of the demo's people on the credit card report, version by version. Ada plans and scopes; Olga, who owns the report, sends
// the first scoping back over four items and approves the second. The story is written so that every question the product can answer has an
// answer here: what changed, who set it, why was it refused, what did we know then.
import { attributeByCode, attributes } from './credit-card-attributes';
import {
  exclude,
  include,
  modify,
  planningDecision,
  type AttributeData,
  type AttributeDecisionContent,
  type Departure,
  type PlanningDelta,
  type PlanningText,
} from './planning';

// ── Planning ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const DAYS_PAST_DUE_V1 = `Number of days since the oldest unpaid minimum payment was due, at month-end.

Count calendar days. The day on which the payment was due is day zero, so an account whose payment was due yesterday is one day past due.

A payment of at least ninety per cent of the minimum counts as made. Smaller payments are added up, and the oldest minimum payment is made once their sum covers it.

Report zero for accounts that are current, closed with no balance or paid in advance. Charged-off accounts keep the number they had on the day of the charge-off.

Accounts in a workout program are counted against the original due dates.`;

const DAYS_PAST_DUE_V2 = `Number of days since the oldest unpaid minimum payment was due, at month-end.

Count calendar days. The day on which the payment was due is day zero, so an account whose payment was due yesterday is one day past due. Where the due date is a bank holiday, the next working day takes its place.

A payment of at least ninety per cent of the minimum counts as made. Smaller payments are added up, and the oldest minimum payment is made once their sum covers it.

Report zero for accounts that are current, closed with no balance or paid in advance. Charged-off accounts keep the number they had on the day of the charge-off.

Accounts in a workout program are counted against the due dates of the program from the month in which the third payment of the program was made, and against the original due dates until then.

Accounts re-aged in the month start again at zero; the re-age itself is reported in G.9 and G.10.`;

const DEPARTURES_V1: Readonly<Record<string, Departure>> = {
  CCDM1109: exclude('Not asked for since the last revision of the instructions; the source keeps it to reissue cards.'),
  CCDM1112: exclude('The form asks only whether and when an account was closed. The reason is used inside the bank.'),
  CCDM1406: exclude('Waived on every product the bank offers: the field is zero on all accounts.'),
  CCDM1408: exclude('The cover is no longer sold and the last contract has run out: no fee was charged in two years.'),
  CCDM1508: exclude('Belongs to the optional supplement, which the bank does not file.'),
  CCDM1606: exclude('Repeats, month by month, what Days Past Due says; testing the parts tests the whole.'),
  CCDM1707: exclude('The bank has sold no charged-off balances since the debt sale program ended.'),
  CCDM2006: exclude('No contract under which a partner shares losses is in force.'),

  CCDM1006: modify(
    'Five findings in the last cycle came from nine-digit codes cut after the fourth digit.',
    'First five digits of the postal code of the billing address, as text, leading zeros kept; empty for addresses abroad.',
  ),
  CCDM1010: modify(
    'The instructions leave open which income counts when both are on file; the bank reports the verified one.',
    'Annual income at account opening: the verified amount where there is one, else the amount the borrower stated.',
  ),
  CCDM1304: modify(
    'Empty and zero were used for the same thing; agreed with the report owner that empty is an error.',
    'Higher rate that applies after late payment; zero, never empty, where none applies.',
  ),
  CCDM1601: modify('Spells out the counting rules that the last two cycles argued about.', DAYS_PAST_DUE_V1),
};

const DEPARTURES_V2: Readonly<Record<string, Departure>> = {
  CCDM1207: modify(
    'Billing now posts waivers on the day of the statement, so "before any later waiver" no longer separates the two.',
    'Interest billed on the statement, less what was waived on the day of the statement; later waivers go to E.9.',
  ),
  CCDM1306: modify(
    'Two offers with the same balance gave two answers; the later date is the one customers are told.',
    'Day on which the promotional rate of the largest promotional balance ends; the later day where two are equal.',
  ),
  CCDM1406: include('The travel card launched this quarter charges the fee: no longer zero on all accounts.'),
  CCDM1601: modify(
    'Follows the new instructions for holidays, workout programs and re-aged accounts.',
    DAYS_PAST_DUE_V2,
  ),
  CCDM1606: exclude(
    'Repeats what Days Past Due says. Looked at again at the auditor’s request; the reason still holds.',
  ),
};

const DEPARTURES_V3: Readonly<Record<string, Departure>> = {
  CCDM1308: modify(
    'The last accounts on the old reference rate are moved in December.',
    'Index that a variable rate follows; accounts whose index was replaced report the new one from the day of the change.',
  ),
  CCDM1707: include('A sale of charged-off balances is planned for the end of the quarter.'),
};

const ADDED_IN_V2 = ['CCDM1214', 'CCDM1511', 'CCDM2107'];
const REMOVED_IN_V2 = ['CCDM2106'];

const decisionsFor = (departures: Readonly<Record<string, Departure>>): AttributeDecisionContent[] =>
  Object.entries(departures).map(([code, departure]) => planningDecision(attributeByCode(code), departure));

export const planningV1 = {
  reason: 'First plan for the quarter, from the form and its instructions.',
  content: {
    planningMetadata: {
      form: 'CC-14M D.1',
      instructionsDated: '2026-07-01',
      population: 'All open and closed domestic card accounts with activity or balance in the last twelve months',
      openQuestions: ['Are holidays and workout programs counted in Days Past Due as the old instructions say?'],
    },
  },
  decisions: attributes
    .filter(({ code }) => !ADDED_IN_V2.includes(code))
    .map((attribute) => planningDecision(attribute, DEPARTURES_V1[attribute.code])),
  approvalNotes: 'Checked line by line against the form. One question is open with the regulator.',
} as const satisfies PlanningText & { decisions: readonly AttributeDecisionContent[] };

export const planningV2 = {
  reason: 'The regulator answered, the instructions were revised and the travel card was launched.',
  content: {
    planningMetadata: {
      form: 'CC-14M D.1',
      instructionsDated: '2026-10-01',
      population: 'All open and closed domestic card accounts with activity or balance in the last twelve months',
      openQuestions: [],
    },
  },
  added: ADDED_IN_V2.map((code) => planningDecision(attributeByCode(code), include('New on the form this quarter.'))),
  removed: REMOVED_IN_V2.map((code) => attributeByCode(code).name),
  changed: decisionsFor(DEPARTURES_V2),
  approvalNotes: 'Holds the new instructions; the open question is answered in Days Past Due.',
} as const satisfies PlanningText & PlanningDelta;

/** Left as a draft, so that the demo has one. */
export const planningV3Draft = {
  reason: 'Prepares two changes that come at the end of the quarter.',
  added: [],
  removed: [],
  changed: decisionsFor(DEPARTURES_V3),
} as const satisfies PlanningDelta & { reason: string };

const planned = new Map(planningV2.changed.map((decision) => [decision.attributeId, decision]));
const planningV2Decisions: readonly AttributeDecisionContent[] = [
  ...planningV1.decisions
    .filter(({ attributeData }) => !planningV2.removed.includes(attributeData.name))
    .map((decision) => planned.get(decision.attributeId) ?? decision),
  ...planningV2.added,
];

// ── Scoping ───────────────────────────────────────────────────────────────────────────────────────────────────────────

type RiskRating = 'HIGH' | 'MEDIUM' | 'LOW';

interface ScopingDecisionContent {
  readonly attributeId: string;
  readonly isInScope: boolean;
  readonly scopingRationale: string;
  readonly riskRating: RiskRating;
  readonly recommendationType: 'TESTER' | 'AUTOMATED';
}

type Scope = Omit<ScopingDecisionContent, 'attributeId' | 'recommendationType'>;
const inScope = (riskRating: RiskRating, scopingRationale: string): Scope => ({
  isInScope: true,
  riskRating,
  scopingRationale,
});
const outOfScope = (scopingRationale: string): Scope => ({ isInScope: false, riskRating: 'LOW', scopingRationale });

/** The automated proposal; the first matching rule decides. */
const SCOPING_RULES: readonly { fits(attribute: AttributeData): boolean; scope: Scope }[] = [
  {
    fits: ({ isPrimaryKey }) => isPrimaryKey,
    scope: inScope('HIGH', 'Primary key: an error here attaches every other value to the wrong account.'),
  },
  {
    fits: ({ cde, historicalIssues }) => cde && historicalIssues,
    scope: inScope('HIGH', 'Critical data element with findings in an earlier cycle.'),
  },
  {
    fits: ({ cde }) => cde,
    scope: inScope('MEDIUM', 'Critical data element without findings in the last four cycles.'),
  },
  {
    fits: ({ historicalIssues }) => historicalIssues,
    scope: inScope('MEDIUM', 'Findings in an earlier cycle: tested until two cycles in a row are clean.'),
  },
  {
    fits: ({ mandatory, dataType }) => mandatory && dataType === 'number',
    scope: inScope('LOW', 'Mandatory amount or count: tested on the small sample.'),
  },
  {
    fits: () => true,
    scope: outOfScope('Neither critical nor with findings: tested every third cycle, and not due in this one.'),
  },
];

/** Where Ada, the tester, deviates from the rules. */
const TESTER_SCOPE: Readonly<Record<string, Scope>> = {
  CCDM1214: inScope('MEDIUM', 'New on the form: tested in its first cycle whatever the rules say.'),
  CCDM1511: inScope('MEDIUM', 'New on the form: tested in its first cycle whatever the rules say.'),
  CCDM2107: inScope('LOW', 'New on the form: tested in its first cycle whatever the rules say.'),
  CCDM1406: inScope(
    'MEDIUM',
    'The travel card charges the fee for the first time: posting and currency have never been tested.',
  ),
  CCDM1805: outOfScope(
    'Model validation re-computes the score every month from the same source; a second test adds nothing.',
  ),
  CCDM1903: inScope('LOW', 'Start and end dates can only be tested together, and the start date is in scope.'),
};

/** What Olga, the report owner, refuses in version 1, and how version 2 corrects it. */
const REFUSED: Readonly<Record<string, { notes: string; correction: Scope }>> = {
  CCDM1108: {
    notes:
      'The secured card was sold to another bank in the summer. The deposit is zero on every account: nothing to test.',
    correction: outOfScope(
      'The secured card was sold; the deposit is zero on all accounts. Checked with the owner of the source.',
    ),
  },
  CCDM1505: {
    notes: 'LOW is wrong. The restatement of August began in this field; it is not in the issues register yet.',
    correction: inScope(
      'HIGH',
      'Source of the August restatement; tested on the full sample until the register entry is closed.',
    ),
  },
  CCDM1804: {
    notes: 'The bureau changed its model in September, so this code changed on every account. It has to be in scope.',
    correction: inScope(
      'HIGH',
      'The score model changed in September: the code is new on all accounts and never tested.',
    ),
  },
  CCDM2104: {
    notes: 'Disputed amounts have fed the allowance since this quarter. Please test them.',
    correction: inScope('MEDIUM', 'Feeds the allowance for losses since this quarter.'),
  },
};

function scopingDecision({ attributeId, attributeData }: AttributeDecisionContent): ScopingDecisionContent {
  const chosen = TESTER_SCOPE[attributeData.code];
  if (chosen) return { attributeId, ...chosen, recommendationType: 'TESTER' };
  const { scope } = SCOPING_RULES.find((rule) => rule.fits(attributeData))!;
  return { attributeId, ...scope, recommendationType: 'AUTOMATED' };
}

/** One for each attribute that the plan does not exclude. */
const scopingDecisions = planningV2Decisions
  .filter(({ decisionType }) => decisionType !== 'EXCLUDE')
  .map(scopingDecision);

const scopingCriteria = {
  basis: 'Planning, version 2',
  rules: SCOPING_RULES.map(({ scope }) => scope),
  sampleSizes: { HIGH: 60, MEDIUM: 25, LOW: 10 },
  materialityPercent: 0.5,
} as const;

export const scopingV1 = {
  reason: 'Scope from the rules, with six departures.',
  content: { scopingCriteria },
  decisions: scopingDecisions,
  refused: Object.fromEntries(
    Object.entries(REFUSED).map(([code, { notes }]) => [
      attributeByCode(code).name,
      { status: 'REJECTED' as const, notes },
    ]),
  ),
  rejectionReason:
    'Four items do not hold what happened since the rules were written: a product sold, a restatement, a new score model and a new use of disputed amounts. The rest is fine.',
} as const;

export const scopingV2 = {
  reason: 'Corrects the four items the report owner refused; everything else is as it was.',
  corrected: Object.entries(REFUSED).map(([code, { correction }]): ScopingDecisionContent => ({
    attributeId: attributeByCode(code).attributeId,
    ...correction,
    recommendationType: 'TESTER',
  })),
  approvalNotes: 'All four corrections are right. Approved for this cycle.',
} as const;
