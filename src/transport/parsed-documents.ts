/**
 * What is remembered of operations that were parsed and checked. They weigh far more than their texts: a short one takes some ten kilobytes
 * for its tokens and as much again for its plan. So who sends texts that are all different, with values in them instead of variables,
 * must not fill the memory of a server with what nobody asks again.
 */
import { InMemoryLRUCache } from '@apollo/utils.keyvaluecache';
import type { DocumentNode } from 'graphql';

/** A million characters: a thousand operations at most, fewer where they are long. */
export const MAX_WEIGHT = 2 ** 20;
const LEAST_WEIGHT = 2 ** 10;

/** What an operation is taken to weigh, in characters. */
export const weightOf = (text: string): number => Math.max(LEAST_WEIGHT, text.length);

/** Apollo Server's own measure of documents is their JSON, which leaves out the tokens that they carry along, most of what they weigh. */
export const parsedDocuments = () =>
  new InMemoryLRUCache<DocumentNode>({
    maxSize: MAX_WEIGHT,
    sizeCalculation: ({ loc }) => (loc ? weightOf(loc.source.body) : MAX_WEIGHT),
  });
