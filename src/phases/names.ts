/** The names of phases in URLs and in other systems; a name means the same phase everywhere. */
import type { PhaseDeclaration } from '../versioning/phase';
import { phases } from '.';

type PhaseKey = PhaseDeclaration['key'];

/** A name as it appears in URLs: `Sample Selection` and `SAMPLE_SELECTION` become `sample-selection`. */
export const slugOf = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, '-');

/** Finds a phase by key, title or another name, ignoring case and separators. */
export function phasesByName(others: Iterable<readonly [name: string, key: PhaseKey]>) {
  const own = phases.flatMap(({ key, title }) => [[title, key] as const, [key, key] as const]);
  const byName = new Map<string, PhaseKey>([...others, ...own].map(([name, key]) => [slugOf(name), key]));
  return (name: string): PhaseKey | undefined => byName.get(slugOf(name));
}
