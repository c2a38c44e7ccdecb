/** The phases, in the order of the workflow. Everything that knows phases derives from this list. */
import { registryOf } from '../versioning/registry';
import { dataProfiling } from './data-profiling';
import { planning } from './planning';
import { sampleSelection } from './sample-selection';
import { scoping } from './scoping';

export const { phases, phaseOf, itemOf } = registryOf([planning, dataProfiling, scoping, sampleSelection]);
