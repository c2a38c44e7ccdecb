/** The kinds of evidence documents, and of the revisions that create their next versions. */
export const kindsOfDocuments: readonly string[] = [
  'STATEMENT',
  'REPORT',
  'EXTRACT',
  'SCREENSHOT',
  'RECONCILIATION',
  'POLICY',
  'APPROVAL_RECORD',
  'CONTRACT',
  'LETTER',
  'OTHER',
];
export const kindsOfRevisions: readonly string[] = ['CORRECTION', 'REPLACEMENT', 'ADDITION', 'RENAMED', 'OTHER'];
