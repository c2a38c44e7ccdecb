/**
 * What phases are called, by us and by the system that this one replaces. Whoever reads names that come from there asks
 * here, so that one name means the same phase everywhere.
 */
import { phases } from '../phases';
import type { PhaseDeclaration } from '../versioning/phase';

export type PhaseKey = PhaseDeclaration['key'];

/** Names of the old system that are neither a phase's key nor its title today. */
export const oldNames: readonly (readonly [name: string, key: PhaseKey])[] = [
  ['Data Provider ID', 'DATA_OWNER_ID'],
  ['Testing', 'TEST_EXECUTION'],
  ['Observations', 'OBSERVATION_MANAGEMENT'],
];

/** A name as addresses have it: `Sample Selection` and `SAMPLE_SELECTION` are `sample-selection`. */
export const slugOf = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, '-');

const byName: ReadonlyMap<string, PhaseKey> = new Map(
  [...oldNames, ...phases.flatMap(({ key, title }) => [[title, key] as const, [key, key] as const])].map(
    ([name, key]) => [slugOf(name), key],
  ),
);

/** The phase that a name means, whatever its letter case and whatever stands between its words. */
export const phaseOf = (name: string): PhaseKey | undefined => byName.get(slugOf(name));
