import { ArgsType, Field } from 'type-graphql';
import { readIn } from '../as-of';
import type { Context } from '../context';
import { DateTimeScalar } from '../scalars';

export const asOfField = {
  nullable: true,
  description: 'At which instant; it and everything below it is read as of then. Now if left out.',
};

@ArgsType()
export class AsOfArgs {
  @Field(() => DateTimeScalar, asOfField) asOf?: Date | null;
}

/** Answers from the instant asked for, or from where the field stands if none is. */
export async function at<T>(
  context: Context,
  instant: Date | null | undefined,
  streamId: string,
  answer: (context: Context) => T,
): Promise<Awaited<T>> {
  if (!instant) return await answer(context);
  const then = context.asOf(instant);
  await then.settle(streamId);
  return readIn(then, await answer(then));
}
