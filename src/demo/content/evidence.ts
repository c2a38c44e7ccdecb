// The owners of the credit card data, what they submitted, and what they were asked during testing.
import { lobs, people } from './people';

/** A document in the bank's document store. */
const documentId = (n: number): string => `0194d2a0-5c00-7000-8000-0000000d${String(n).padStart(4, '0')}`;

const spreadsheet = 'text/csv';
const pdf = 'application/pdf';

// ── Data owners. Valid time lies well in the past: what was true in the business is recorded now. ────────────────────

export const owners = {
  consumerCards: {
    dataOwnerId: people.eve.userId,
    lobId: lobs.consumerCards.lobId,
    assignmentType: 'PRIMARY',
    validFrom: '2024-03-01T00:00:00.000Z',
    changeMetadata: { register: 'Data ownership, entry 117', provisional: true },
    reason: 'The owner left in February 2024. I answer for the data until there is another.',
  },
  consumerCardsToDan: {
    toUserId: people.dan.userId,
    validFrom: '2025-02-01T00:00:00.000Z',
    changeMetadata: { register: 'Data ownership, entry 131', decision: 'Reorganisation of card operations' },
    reason: 'Dan has run the card ledger since February 2025; the register never followed.',
  },
  smallBusiness: {
    dataOwnerId: people.eve.userId,
    lobId: lobs.smallBusiness.lobId,
    assignmentType: 'PRIMARY',
    validFrom: '2024-03-01T00:00:00.000Z',
    changeMetadata: { register: 'Data ownership, entry 118', provisional: true },
    reason: 'Business cards are in the report, and had the same owner.',
  },
  leaveCover: {
    dataOwnerId: people.dan.userId,
    lobId: lobs.smallBusiness.lobId,
    assignmentType: 'BACKUP',
    validFrom: '2026-07-01T00:00:00.000Z',
    validTo: '2026-10-01T00:00:00.000Z',
    reason: 'Dan stood in for me during my leave.',
  },
  leaveCoverEnded: {
    validTo: '2026-08-24T00:00:00.000Z',
    changeMetadata: { approvedBy: 'Human Resources' },
    reason: 'I was back five weeks early.',
  },
} as const;

// ── Documents ────────────────────────────────────────────────────────────────────────────────────────────────────────

const extract = (fileName: string, rows: number, lastPosting: string) => ({
  fileName,
  mediaType: spreadsheet,
  rows,
  lastPosting,
  shows: 'Minimum payments due and unpaid, by account, September 2026',
});

/** Sent back twice, and accepted on the third submission. */
export const pastDueExtract = {
  submitted: {
    documentId: documentId(1),
    submissionType: 'EXTRACT',
    documentMetadata: extract('past-due-2026-09.csv', 61_204, '2026-09-28'),
    reason: 'Evidence for Total Past Due and Days Past Due.',
  },
  incomplete: {
    status: 'REVISION_REQUESTED',
    notes: 'Ends on 28 September; the fee run of the 30th is missing. Please hand in the whole month.',
  },
  wholeMonth: {
    revisionType: 'CORRECTION',
    documentMetadata: extract('past-due-2026-09b.csv', 61_377, '2026-09-30'),
    reason: 'Cut again after the fee run of 30 September.',
  },
  masked: {
    status: 'REVISION_REQUESTED',
    notes: 'Complete now, but the account numbers are masked: the samples cannot be found in it.',
  },
  inClear: {
    documentId: documentId(2),
    submissionType: 'EXTRACT',
    revisionType: 'REPLACEMENT',
    documentMetadata: { ...extract('past-due-2026-09c.csv', 61_377, '2026-09-30'), folder: 'restricted' },
    reason: 'The same rows with account numbers in clear, in the restricted folder.',
  },
  accepted: { status: 'ACCEPTED', notes: 'All six past due samples are in it, and the total agrees with the ledger.' },
} as const;

/** The wrong edition, and the one that replaced it. */
export const chargeOffPolicy = {
  edition2024: {
    documentId: documentId(3),
    submissionType: 'POLICY',
    documentMetadata: { fileName: 'charge-off-policy-2024.pdf', mediaType: pdf, edition: '2024-06-01' },
  },
  outdated: { status: 'REJECTED', notes: 'Not in force any more: the report follows the edition of March 2026.' },
  edition2026: {
    documentId: documentId(4),
    submissionType: 'POLICY',
    documentMetadata: { fileName: 'charge-off-policy-2026.pdf', mediaType: pdf, edition: '2026-03-01' },
    reason: 'The edition in force.',
  },
  accepted: { status: 'ACCEPTED', notes: 'Section 4 covers bankruptcy and death as the form asks.' },
} as const;

/** Waits for review. */
export const waiverApprovals = {
  documentId: documentId(5),
  submissionType: 'APPROVAL_RECORD',
  documentMetadata: { fileName: 'waiver-approvals-2026-09.pdf', mediaType: pdf, pages: 38 },
  reason: 'Who approved the waivers above 500 in September.',
} as const;

// ── Requests during testing ─────────────────────────────────────────────────────────────────────────────────────────

export const testRun = (n: number): string => `0194d2a0-5c00-7000-8000-0000000e${String(n).padStart(4, '0')}`;

export const retest = {
  asked: {
    testExecutionId: testRun(1),
    actionType: 'RETEST',
    actionDetails: {
      attribute: 'Total Past Due',
      samples: ['CC-2026-09-203', 'CC-2026-09-206'],
      differences: [29, 41],
    },
    reason:
      'Two of six past due accounts differ from the ledger by a late fee. Please check the cut-off and run again.',
  },
  answered: {
    responseStatus: 'COMPLETED',
    notes: 'The report is cut at 20:00, the fee run is at 22:00. Run again on the ledger of 1 October: both agree.',
    impactOnTimeline: 'Two working days; the observations are still on time.',
  },
} as const;

export const clarification = {
  asked: {
    actionType: 'CLARIFICATION',
    actionDetails: { attribute: 'Days Past Due', question: 'Against which due dates are workout accounts counted?' },
    reason: 'The extract of workout accounts can be made either way.',
  },
  answered: {
    responseStatus: 'ANSWERED',
    notes: 'Against the dates of the program from the third payment on; see version 2 of Planning.',
  },
} as const;

/** Open: nobody has responded. */
export const furtherEvidence = {
  testExecutionId: testRun(2),
  actionType: 'ADDITIONAL_EVIDENCE',
  addresseeId: people.dan.userId,
  actionDetails: { attribute: 'Fees and Interest Waived', months: ['2026-07', '2026-08'] },
  reason: 'September alone does not show whether approvals are missing as a rule.',
} as const;
