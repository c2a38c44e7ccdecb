/** The kinds of requests, and of their outcomes. */
export const kindsOfRequests: readonly string[] = [
  'RETEST',
  'CLARIFICATION',
  'ADDITIONAL_EVIDENCE',
  'CORRECTION',
  'ACCESS',
  'OTHER',
];
export const kindsOfResponses: readonly string[] = [
  'COMPLETED',
  'PARTIALLY_COMPLETED',
  'ANSWERED',
  'PROVIDED',
  'NOT_AVAILABLE',
  'ACCEPTED',
  'REJECTED',
  'DECLINED',
  'CANCELLED',
];
