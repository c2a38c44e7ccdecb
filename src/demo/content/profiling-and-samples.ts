// The credit card report's Data Profiling and Sample Selection: Ada proposes rules and draws samples, Olga decides on each.
import { attributes } from './credit-card-attributes';
import { profilingRulesFor } from './profiling-rules';

export const profilingV1 = {
  reason: 'Rules for the keys, for what is critical and mandatory, and for what had findings.',
  content: {
    sourceDataReference: { system: 'Card ledger', extract: 'CARD_MONTH_END', asOf: '2026-09-30', rows: 1_284_511 },
    profilingParameters: { reportFailuresAbove: 0, sampleOfFailures: 25 },
  },
  rules: profilingRulesFor(attributes),
  /** The owner's decisions on rules that are not simply approved. */
  exceptions: {
    'Cycle-End Balance: validity': {
      status: 'MODIFIED',
      notes: 'Report the first 100 failures, not 25: this is the field the last finding was about.',
    },
    'Recoveries in the Month: validity': {
      status: 'REJECTED',
      notes: 'Recoveries are corrected by hand in the month after. Test them on samples instead.',
    },
  },
  approvalNotes: 'Run the rules on the October extract as well, when it is there.',
} as const;

/** Started and deleted by Ben, so that the demo has a deleted draft. */
export const profilingV2Deleted = {
  reason: 'The October extract has arrived.',
  content: {
    sourceDataReference: { system: 'Card ledger', extract: 'CARD_MONTH_END', asOf: '2026-10-31', rows: 1_196_038 },
  },
  deletionReason: 'The extract lacks the travel card. To be started again when it is complete.',
} as const;

export interface SampleContent {
  readonly sampleIdentifier: string;
  readonly sampleData: Record<string, string | number>;
  readonly sampleType: 'POPULATION' | 'RISK' | 'PRIOR_FINDING';
  readonly recommendationSource: 'TESTER' | 'LLM' | 'MANUAL' | 'CARRIED_FORWARD';
  readonly recommendationMetadata: Record<string, string | number>;
  readonly modificationReason?: string;
}

interface Stratum extends Pick<SampleContent, 'sampleType' | 'recommendationSource'> {
  readonly stratum: string;
  readonly month: string;
  /** The first digit of its sample numbers. */
  readonly place: number;
  readonly size: number;
}

const september: readonly Stratum[] = [
  { stratum: 'Current', sampleType: 'POPULATION', recommendationSource: 'TESTER', size: 15 } as const,
  { stratum: 'Past due', sampleType: 'RISK', recommendationSource: 'LLM', size: 7 } as const,
  { stratum: 'Charged off', sampleType: 'PRIOR_FINDING', recommendationSource: 'MANUAL', size: 3 } as const,
].map((stratum, index) => ({ ...stratum, month: '2026-09', place: index + 1 }));

const travelCard: Stratum = {
  stratum: 'Travel card',
  sampleType: 'RISK',
  recommendationSource: 'TESTER',
  month: '2026-10',
  place: 4,
  size: 4,
};

const identifier = ({ month, place }: Stratum, n: number): string =>
  `CC-${month}-${place}${String(n).padStart(2, '0')}`;

/** The n-th account of a stratum. */
function sample(stratum: Stratum, n: number): SampleContent {
  const { place, size, sampleType, recommendationSource } = stratum;
  return {
    sampleIdentifier: identifier(stratum, n),
    // Numbers that look random and are the same everywhere.
    sampleData: {
      stratum: stratum.stratum,
      creditLimit: 1000 * (((7 * (n - 1) + 3 * (place - 1)) % 19) + 1),
      cycleBalance: ((4391 * n * (place + 1)) % 97_003) / 100,
    },
    sampleType,
    recommendationSource,
    recommendationMetadata: { draw: n, of: size },
  };
}

const drawn = (stratum: Stratum): SampleContent[] =>
  Array.from({ length: stratum.size }, (_, index) => sample(stratum, index + 1));

const [, pastDue, chargedOff] = september as [Stratum, Stratum, Stratum];
const returnedPayment = sample(pastDue, 4);
const writtenOffBefore = identifier(chargedOff, 3);

export const samplesV1 = {
  reason:
    'Drawn from the September population: fifteen accounts at random, seven past due, three that were restated before.',
  content: {
    selectionCriteria: {
      population: 'Accounts open at any time in September 2026',
      strata: september.map(({ stratum, size }) => `${stratum}: ${size}`),
    },
    targetSampleSize: 25,
    generationMethods: ['STRATIFIED', 'RANDOM', 'JUDGMENTAL'],
  },
  samples: september.flatMap(drawn),
  exceptions: {
    [returnedPayment.sampleIdentifier]: {
      status: 'MODIFIED',
      notes: 'The payment of 30 September was returned on 2 October. Take the balance after the return.',
    },
    [writtenOffBefore]: {
      status: 'REJECTED',
      notes: 'Written off in March; the August restatement does not touch it. Draw another.',
    },
  },
  approvalNotes: 'Enough for September. Add travel cards once they have had a full cycle.',
} as const;

/** Submitted and partly decided: it waits for Olga. */
export const samplesV2 = {
  reason: 'Adds travel cards, and puts right the two samples that were not approved.',
  content: {
    selectionCriteria: {
      population: 'Accounts open at any time in September 2026, and travel cards with a full cycle in October',
      strata: [...september, travelCard].map(({ stratum, size }) => `${stratum}: ${size}`),
    },
    targetSampleSize: 29,
    generationMethods: ['STRATIFIED', 'RANDOM', 'JUDGMENTAL'],
  },
  added: [
    {
      ...returnedPayment,
      sampleData: { ...returnedPayment.sampleData, cycleBalance: 512.4 },
      recommendationSource: 'CARRIED_FORWARD',
      modificationReason: 'Balance after the payment of 30 September was returned, as the report owner asked.',
    },
    {
      ...sample(chargedOff, 4),
      recommendationMetadata: { replaces: writtenOffBefore },
    },
    ...drawn(travelCard),
  ] satisfies SampleContent[],
  decided: {
    [returnedPayment.sampleIdentifier]: { status: 'APPROVED', notes: 'Agrees with the ledger now.' },
    [identifier(travelCard, 3)]: { status: 'REJECTED', notes: 'A staff account. Draw another.' },
  },
} as const;
