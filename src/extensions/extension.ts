import type { Supplement } from '../database/past';
import type { PhaseDeclaration } from '../versioning/phase';

/** What adds to the product, and could be taken away with its folder and its line. */
export interface Extension {
  /** The schema of its own tables. */
  readonly schema: string;
  /** What it says of the time before it was captured. */
  readonly supplement: Supplement;
  /** Other names of phases, which addresses may have. */
  readonly phaseNames: readonly (readonly [name: string, key: PhaseDeclaration['key']])[];
}
