import type { FieldFragment, ItemReviewStatus } from '../../generated/graphql';

/** What says no to somebody's work takes a reason, here as in the API. */
export const isRefusal = (status: ItemReviewStatus): boolean => status === 'REJECTED' || status === 'MODIFIED';

/** What has to be said with a refusal. */
export const askedReason = (status: ItemReviewStatus): string =>
  `Say what ${status === 'MODIFIED' ? 'has to change' : 'is wrong'}: it is what the tester gets to read.`;

/** Whether items are decided with that word: not every phase has one for each, as its declaration says. */
export const knows = (itemFields: readonly FieldFragment[], status: ItemReviewStatus): boolean =>
  itemFields.some(({ isContent, constants }) => !isContent && constants.some(({ value }) => value === status));
