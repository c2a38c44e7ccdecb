/** Deeds that have to be explained: what refuses, takes away or overrides somebody's work says why. */
import { badInput } from './errors';

/** Whether a text says anything: it has more than white space and characters that nobody sees. */
const saysAnything = (text: string): boolean => /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(text);

/**
 * The first of the texts that says anything, trimmed.
 * @param ask what to write, as a sentence
 * @param argument the input's member that the answer belongs in
 */
export function demandText(ask: string, argument: string, ...given: readonly (string | null | undefined)[]): string {
  const reason = given.find((text) => text != null && saysAnything(text));
  if (reason == null) throw badInput(ask, { argument });
  return reason.trim();
}
