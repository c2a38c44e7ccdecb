/**
 * The cache of parsed and validated operations. They need far more memory than their texts: a short one takes some ten kilobytes for its
 * tokens, and the same again for its plan. The limit keeps a client that sends ever-changing texts, with literals in place of variables,
 * from filling the server's memory.
 */
import { InMemoryLRUCache } from '@apollo/utils.keyvaluecache';
import type { DocumentNode } from 'graphql';

/** A million characters: a thousand operations at most, fewer if they are long. */
export const MAX_WEIGHT = 2 ** 20;
const LEAST_WEIGHT = 2 ** 10;

/** The assumed size of an operation, in characters. */
export const weightOf = (text: string): number => Math.max(LEAST_WEIGHT, text.length);

/** By default, Apollo Server measures documents by their JSON, which leaves out the tokens, the largest part. */
export const parsedDocuments = () =>
  new InMemoryLRUCache<DocumentNode>({
    maxSize: MAX_WEIGHT,
    sizeCalculation: ({ loc }) => (loc ? weightOf(loc.source.body) : MAX_WEIGHT),
  });
