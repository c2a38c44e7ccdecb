/** Actions that need an explanation: whatever refuses, removes or overrides somebody's work. */
import { badInput } from './errors';
import { isBlank } from './identity';

/**
 * The first text that is not blank, trimmed.
 * @param ask what to write, as a sentence
 * @param argument the input member for it
 */
export function requireText(ask: string, argument: string, ...given: readonly (string | null | undefined)[]): string {
  const reason = given.find((text) => text != null && !isBlank(text));
  if (reason == null) throw badInput(ask, { argument });
  return reason.trim();
}
