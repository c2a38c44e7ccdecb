/** What phases are called in addresses and in the words of others; one name means the same phase everywhere. */
import type { PhaseDeclaration } from '../versioning/phase';
import { phases } from '.';

type PhaseKey = PhaseDeclaration['key'];

/** A name as addresses have it: `Sample Selection` and `SAMPLE_SELECTION` are `sample-selection`. */
export const slugOf = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, '-');

/**
 * Finds the phase that a name means, whatever its letter case and whatever stands between its words: its key, its title, or
 * one of the other names that it goes by.
 */
export function phasesByName(others: Iterable<readonly [name: string, key: PhaseKey]>) {
  const own = phases.flatMap(({ key, title }) => [[title, key] as const, [key, key] as const]);
  const byName = new Map<string, PhaseKey>([...others, ...own].map(([name, key]) => [slugOf(name), key]));
  return (name: string): PhaseKey | undefined => byName.get(slugOf(name));
}
