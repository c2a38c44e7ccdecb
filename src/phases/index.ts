/** The phases, in the order of the workflow. Everything that knows phases derives from this list. */
import type { ItemDeclaration, PhaseDeclaration } from '../versioning/phase';
import { dataProfiling } from './data-profiling';
import { planning } from './planning';
import { sampleSelection } from './sample-selection';
import { scoping } from './scoping';

export const phases: readonly PhaseDeclaration[] = [planning, dataProfiling, scoping, sampleSelection];

const byKey = new Map(phases.map((phase) => [phase.key, phase]));

/** The declaration of a phase the program itself named; unknown keys are a programming error. */
export function phaseOf(key: string): PhaseDeclaration {
  const phase = byKey.get(key);
  if (!phase) throw new Error(`no phase is declared as ${key}`);
  return phase;
}

export const itemOf = (key: string): ItemDeclaration => phaseOf(key).item;
