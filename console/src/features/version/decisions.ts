import * as t from '#text/version';
import type { FieldFragment, ItemReviewStatus } from '../../generated/graphql';

/** Whether a decision refuses somebody's work, and therefore needs a reason, as in the API. */
export const isRefusal = (status: ItemReviewStatus): boolean => status === 'REJECTED' || status === 'MODIFIED';

/** The prompt for the reason of a refusal. */
export const askedReason = (status: ItemReviewStatus): string => t.sayWhatTheTesterWill(status);

/** Whether the declaration of a phase allows this decision on its items; not every phase has all of them. */
export const knows = (itemFields: readonly FieldFragment[], status: ItemReviewStatus): boolean =>
  itemFields.some(({ isContent, constants }) => !isContent && constants.some(({ value }) => value === status));
