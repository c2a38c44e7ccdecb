/** What the system that this one replaces calls the phases. */
import { phasesByName } from '../phases/names';
import type { PhaseDeclaration } from '../versioning/phase';

/** Names of the old system that are neither a phase's key nor its title today. */
export const oldNames: readonly (readonly [name: string, key: PhaseDeclaration['key']])[] = [
  ['Data Provider ID', 'DATA_OWNER_ID'],
  ['Testing', 'TEST_EXECUTION'],
  ['Observations', 'OBSERVATION_MANAGEMENT'],
];

/** The phase that a name means, there or here. */
export const phaseNamed = phasesByName(oldNames);
