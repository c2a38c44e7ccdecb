/** Parses clients' JSON: refuses what could not be stored exactly, and queues large texts fairly. */
import { parseExactly } from '../../../packages/exact-json';
import { Share } from '../../../packages/fair-share';
import { badInput, busy } from '../../versioning/errors';
import { limitValues } from '../limits/limits';
import { badRequest } from '../errors/refusals';

/** Large texts are parsed one at a time, in turn by sender, and in slices between which small requests run. */
const larger = new Share<string>({
  size: 1,
  each: 1,
  waiting: 100,
  patienceMs: 20_000,
  refusal: () => busy('Many large requests are being read. Try again in a few seconds, or send less at once.', 2),
});

/**
 * @param where the name of the text in messages
 * @param sender the key for fair queuing of large texts
 */
export const parseJsonBody = (bytes: Uint8Array, where: string, maxValues: number, sender = ''): Promise<unknown> =>
  parseExactly(bytes, {
    where,
    onValue: (values) => limitValues(maxValues, values),
    inexact: badInput,
    invalid: badRequest,
    whenLong: (read) => larger.run(sender, read),
  });
