// The test report on the credit card report. Tess sends the first version back; the second is signed by three people and approved; the
// third corrects a figure and waits for two signatures.
import { versionIdOf } from '../version-ids';

export interface SectionContent {
  readonly sectionType: string;
  readonly sectionTitle: string;
  readonly sectionContent: string;
  readonly sectionOrder: number;
  readonly contentSource: 'GENERATED' | 'MANUAL';
  readonly sourceReferences: { phase: string; versionNumber: number; versionId: string }[];
}

const version = (phase: string, versionNumber: number) => ({
  phase,
  versionNumber,
  versionId: versionIdOf(phase, versionNumber),
});

const scope: SectionContent = {
  sectionType: 'SCOPE',
  sectionTitle: 'What was tested',
  sectionOrder: 1,
  contentSource: 'GENERATED',
  sectionContent: `78 of 115 attributes were in scope: keys, critical data elements, and fields with findings in an earlier cycle.

Out of scope are fields that are neither critical nor had findings; they are tested every third cycle.`,
  sourceReferences: [version('PLANNING', 2), version('SCOPING', 2)],
};

const method: SectionContent = {
  sectionType: 'METHOD',
  sectionTitle: 'How it was tested',
  sectionOrder: 2,
  contentSource: 'GENERATED',
  sectionContent: `23 accounts of September 2026 were compared with the card ledger, field by field:

- 15 current, drawn at random
- 6 past due
- 2 charged off and restated before

All critical and mandatory fields were profiled on the month-end extract of 1,284,511 rows.`,
  sourceReferences: [version('DATA_PROFILING', 1), version('SAMPLE_SELECTION', 1)],
};

const findings: SectionContent = {
  sectionType: 'FINDINGS',
  sectionTitle: 'What was found',
  sectionOrder: 3,
  contentSource: 'MANUAL',
  sectionContent: `Five observations, one of them rated HIGH:

1. Past due amounts lack the late fees of the last day (HIGH)
2. Postal codes lose their leading zero (MEDIUM)
3. Refreshed scores are older than three months (MEDIUM)
4. Waivers cannot be traced to an approval (MEDIUM)
5. Re-age dates are missing where an agency collects (LOW)`,
  sourceReferences: [version('OBSERVATION_MANAGEMENT', 2)],
};

const remediation: SectionContent = {
  sectionType: 'REMEDIATION',
  sectionTitle: 'What is being done',
  sectionOrder: 4,
  contentSource: 'MANUAL',
  sectionContent: `The cut-off moves behind the fee run by 15 December 2026. The score file was loaded again in October.

The others are open, with deadlines from January to February 2027.`,
  sourceReferences: [version('OBSERVATION_MANAGEMENT', 2)],
};

const conclusion: SectionContent = {
  sectionType: 'CONCLUSION',
  sectionTitle: 'Conclusion',
  sectionOrder: 5,
  contentSource: 'MANUAL',
  sectionContent: 'The controls over the report are effective.',
  sourceReferences: [],
};

const documentId = (n: number): string => `0194d2a0-5c00-7000-8000-0000000f${String(n).padStart(4, '0')}`;

export const reportV1 = {
  reason: 'First full report, from the template.',
  content: {
    reportTitle: 'Test report: Domestic Credit Cards, September 2026',
    reportPeriodStart: '2026-09-01',
    reportPeriodEnd: '2026-09-30',
    executiveSummary: 'Five observations, one rated HIGH. The controls over the report are effective.',
    includedSections: ['SCOPE', 'METHOD', 'FINDINGS', 'REMEDIATION', 'CONCLUSION'],
    reportTemplateId: documentId(1),
    generationMethod: 'TEMPLATE',
    draftDocumentId: documentId(2),
    finalDocumentId: documentId(3),
  },
  sections: [scope, method, findings, remediation, conclusion],
  exceptions: {
    [findings.sectionTitle]: {
      status: 'REJECTED',
      notes: 'Say for each finding how many accounts it touches, and what it does to the reported total.',
    },
    [conclusion.sectionTitle]: {
      status: 'REJECTED',
      notes: 'Does not follow: with a HIGH finding open the controls are effective with an exception.',
    },
    [method.sectionTitle]: { status: 'APPROVED', notes: 'Clear.' },
  },
  rejectionReason: 'The findings do not say what they do to the report, and the conclusion does not follow from them.',
} as const;

/** The findings, with their effect on the report. */
const effects = (share: string): string =>
  `Five observations, one of them rated HIGH:

1. Past due amounts lack the late fees of the last day (HIGH): 2 of 6 past due samples; ${share} of Total Past Due
2. Postal codes lose their leading zero (MEDIUM): 1 of 15 current samples; no effect on amounts
3. Refreshed scores are older than three months (MEDIUM): 2 of 15 current samples; no effect on amounts
4. Waivers cannot be traced to an approval (MEDIUM): 3 waivers above 500; the records are under review
5. Re-age dates are missing where an agency collects (LOW): 1 of 6 past due samples; no effect on amounts`;

export const reportV2 = {
  reason: 'Answers the Test Executive: effects first, then the conclusion.',
  content: {
    executiveSummary:
      'Five observations, one rated HIGH: past due balances are too low by the late fees of the last day of the month. The cut-off moves in December.',
    draftDocumentId: documentId(4),
    finalDocumentId: null,
    generationMethod: 'MANUAL',
  },
  rewritten: [
    {
      ...findings,
      sectionContent: effects('about 0.3 per cent'),
      sourceReferences: [version('OBSERVATION_MANAGEMENT', 2), version('REQUEST_INFO', 6)],
    },
    {
      ...conclusion,
      sectionContent: `The controls over the report are effective, with one exception: until the cut-off moves, past due amounts lack the late fees of the last day.`,
      sourceReferences: [version('OBSERVATION_MANAGEMENT', 2)],
    },
  ] satisfies SectionContent[],
  signatures: {
    lead: { meaning: 'Review', comments: 'Every finding has its sample, and every sample its document.' },
    owner: { meaning: 'Agreement with the findings', comments: 'The fix is planned for 15 December.' },
    executive: { meaning: 'Responsibility' },
  },
  approvalNotes: 'Signed by all three. To be filed with the regulator’s copy.',
} as const;

/** Corrects one figure. The test lead has signed it; the report owner and the executive have not. */
export const reportV3Draft = {
  reason: 'The share of Total Past Due was computed before the October restatement.',
  content: { finalDocumentId: documentId(5) },
  corrected: [
    {
      ...findings,
      sectionContent: effects('0.28 per cent'),
      sourceReferences: [version('OBSERVATION_MANAGEMENT', 2), version('REQUEST_INFO', 6)],
    },
  ] satisfies SectionContent[],
  signature: { meaning: 'Review', comments: 'Recomputed from the restated extract.' },
} as const;
