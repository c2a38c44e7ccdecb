/** The old system's names of the phases. */
import { phasesByName } from '../phases/names';
import type { PhaseDeclaration } from '../versioning/phase';

/** Old names that are neither a phase's key nor its title today. */
export const oldNames: readonly (readonly [name: string, key: PhaseDeclaration['key']])[] = [
  ['Data Provider ID', 'DATA_OWNER_ID'],
  ['Testing', 'TEST_EXECUTION'],
  ['Observations', 'OBSERVATION_MANAGEMENT'],
];

/** The phase of a name, old or new. */
export const phaseNamed = phasesByName(oldNames);
