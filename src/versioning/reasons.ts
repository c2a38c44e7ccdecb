/** Deeds that have to be explained: what refuses, takes away or overrides somebody's work says why. */
import { badInput } from './errors';
import { isBlank } from './identity';

/**
 * The first of the texts that says anything, trimmed.
 * @param ask what to write, as a sentence
 * @param argument the input's member that the answer belongs in
 */
export function demandText(ask: string, argument: string, ...given: readonly (string | null | undefined)[]): string {
  const reason = given.find((text) => text != null && !isBlank(text));
  if (reason == null) throw badInput(ask, { argument });
  return reason.trim();
}
