// The findings of testing the credit card report. Olga sends the first version back over two observations.
import { testRun } from './evidence';

export interface ObservationContent {
  readonly observationType: 'DATA_QUALITY' | 'TIMELINESS' | 'CONTROL';
  readonly severity: 'CRITICAL' | 'HIGH' | 'MEDIUM' | 'LOW';
  readonly observationData: { readonly title: string; readonly description: string; readonly attributes: string[] };
  readonly evidenceReferences: { kind: 'SAMPLE' | 'DOCUMENT' | 'TEST_RUN'; reference: string }[];
  readonly remediationStatus: 'OPEN' | 'IN_PROGRESS' | 'DONE';
  readonly remediationDeadline: string;
}

const sample = (reference: string) => ({ kind: 'SAMPLE', reference }) as const;
const document = (reference: string) => ({ kind: 'DOCUMENT', reference }) as const;
const run = (n: number) => ({ kind: 'TEST_RUN', reference: testRun(n) }) as const;

const lateFees: ObservationContent = {
  observationType: 'DATA_QUALITY',
  severity: 'HIGH',
  observationData: {
    title: 'Past due amounts lack the late fees of the last day',
    description:
      'The report is cut at 20:00, before the fee run. Two of six past due samples are too low, by 29.00 and 41.00.',
    attributes: ['CCDM1401', 'CCDM1505'],
  },
  evidenceReferences: [sample('CC-2026-09-203'), sample('CC-2026-09-206'), document('past-due-2026-09c.csv'), run(1)],
  remediationStatus: 'IN_PROGRESS',
  remediationDeadline: '2026-12-15',
};

const postalCodes: ObservationContent = {
  observationType: 'DATA_QUALITY',
  severity: 'MEDIUM',
  observationData: {
    title: 'Postal codes lose their leading zero',
    description: 'One of fifteen current samples is reported with four digits. The finding of the last cycle is back.',
    attributes: ['CCDM1006'],
  },
  evidenceReferences: [sample('CC-2026-09-108')],
  remediationStatus: 'OPEN',
  remediationDeadline: '2027-01-31',
};

const oldScores: ObservationContent = {
  observationType: 'TIMELINESS',
  severity: 'MEDIUM',
  observationData: {
    title: 'Refreshed scores are older than three months',
    description: 'Two current samples carry a score of May. The bureau’s file of August was loaded in part.',
    attributes: ['CCDM1802', 'CCDM1803'],
  },
  evidenceReferences: [sample('CC-2026-09-103'), sample('CC-2026-09-111')],
  remediationStatus: 'DONE',
  remediationDeadline: '2026-10-31',
};

const waivers: ObservationContent = {
  observationType: 'CONTROL',
  severity: 'HIGH',
  observationData: {
    title: 'Waivers cannot be traced to an approval',
    description: 'No approval was found for three waivers above 500.',
    attributes: ['CCDM1409'],
  },
  evidenceReferences: [run(2)],
  remediationStatus: 'OPEN',
  remediationDeadline: '2027-01-31',
};

const scoreModel: ObservationContent = {
  observationType: 'DATA_QUALITY',
  severity: 'LOW',
  observationData: {
    title: 'Some accounts carry the old score model',
    description: 'Four samples name the model that the bureau replaced in September.',
    attributes: ['CCDM1804'],
  },
  evidenceReferences: [sample('CC-2026-09-107')],
  remediationStatus: 'OPEN',
  remediationDeadline: '2026-12-31',
};

const reAgeDates: ObservationContent = {
  observationType: 'DATA_QUALITY',
  severity: 'LOW',
  observationData: {
    title: 'Re-age dates are missing where an agency collects',
    description: 'One past due sample is flagged as re-aged and has no date.',
    attributes: ['CCDM1609', 'CCDM1610'],
  },
  evidenceReferences: [sample('CC-2026-09-205')],
  remediationStatus: 'OPEN',
  remediationDeadline: '2027-02-28',
};

export const observationsV1 = {
  reason: 'What the tests of September brought to light.',
  content: {
    observationPeriod: { from: '2026-09-01', to: '2026-09-30', tests: ['Scoping, version 2', 'Samples, version 1'] },
  },
  observations: [lateFees, postalCodes, oldScores, waivers],
  addedByBen: { reason: 'From the score tests, which I ran.', observations: [scoreModel] },
  exceptions: {
    [waivers.observationData.title]: {
      status: 'REJECTED',
      notes:
        'You saw the postings, not the approvals; those are with Dan. Say so, and rate it MEDIUM until they are in.',
    },
    [scoreModel.observationData.title]: {
      status: 'REJECTED',
      notes: 'No finding: the bureau keeps both codes valid until December.',
    },
  },
  rejectionReason: 'Two of five do not hold as they stand. The other three are agreed.',
} as const;

export const observationsV2 = {
  reason: 'Corrects one observation, drops one, adds one.',
  put: [
    {
      ...waivers,
      severity: 'MEDIUM',
      observationData: {
        ...waivers.observationData,
        description:
          'No approval was found for three waivers above 500. The approval records are handed in, not reviewed.',
      },
    },
    reAgeDates,
  ] satisfies ObservationContent[],
  removed: [scoreModel.observationData.title],
  approvalNotes: 'Agreed. The cut-off of the late fees is the one that matters.',
} as const;
