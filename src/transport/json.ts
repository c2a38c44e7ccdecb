/** JSON as clients send it: what would not be kept as it was sent is refused, and large texts take turns. */
import { parseExactly } from '../../packages/exact-json';
import { Share } from '../../packages/fair-share';
import { badInput, busy } from '../versioning/errors';
import { holdValues } from './limits';
import { badRequest } from './refusals';

/** What is large is looked at one at a time, and its senders take turns: between two slices are those who sent little. */
const larger = new Share<string>({
  size: 1,
  each: 1,
  waiting: 100,
  patienceMs: 20_000,
  refusal: () => busy('Many large requests are being read. Try again in a few seconds, or send less at once.', 2),
});

/**
 * @param where how a message calls the text
 * @param sender who takes turns with others, where it is large
 */
export const parseJsonBody = (bytes: Uint8Array, where: string, maxValues: number, sender = ''): Promise<unknown> =>
  parseExactly(bytes, {
    where,
    onValue: (values) => holdValues(maxValues, values),
    inexact: badInput,
    invalid: badRequest,
    whenLong: (read) => larger.run(sender, read),
  });
