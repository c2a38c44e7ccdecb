import { readIn } from '../as-of';
import type { Context } from '../context';
import { badInput, notFound } from '../../versioning/errors';
import { optional, type Given } from '../declare';

export const asOfArgs = {
  asOf: optional.instant('The instant as of which it and everything below it is read; now if omitted.'),
};

export const whenArgs = {
  at: optional.instant('The instant; BAD_USER_INPUT if it is in the future. Either this or `sequence`.'),
  sequence: optional.int('The number of a commit of the workflow: reads the state that it left.'),
};

/** The requested instant: given directly, or as that of a commit of a stream. */
export async function instantOf(
  { loaders }: Context,
  streamId: string,
  { at: instant, sequence }: Given<typeof whenArgs>,
): Promise<Date> {
  if ((instant == null) === (sequence == null)) throw badInput('Give `at` or `sequence`, and not both.');
  if (instant != null) return instant;
  const commit = await loaders.changeSetBySequence.load({ streamId, sequence: sequence! });
  if (!commit) throw notFound(`Commit ${sequence} of this workflow`);
  return commit.committedAt;
}

/**
 * Answers as of the requested instant, or in the field's own context if there is none.
 * @param streamIds the streams to close first; an answer that finds its streams itself closes them itself
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
