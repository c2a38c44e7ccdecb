import { readIn } from '../as-of';
import type { Context } from '../context';
import { optional } from '../declare';

export const asOfArgs = {
  asOf: optional.instant('At which instant; it and everything below it is read as of then. Now if left out.'),
};

/**
 * Answers from the instant asked for, or from where the field stands if none is.
 * @param streamIds the streams that are closed before; an answer that finds its streams itself closes them itself
 */
export async function at<T>(
  context: Context,
  instant: Date | null | undefined,
  streamIds: readonly string[],
  answer: (context: Context) => T,
): Promise<Awaited<T>> {
  if (!instant) return await answer(context);
  const then = context.asOf(instant);
  await then.closeStreams(...streamIds);
  return readIn(then, await answer(then));
}
