/** Makes a list of declarations findable, and refuses what could not work: names used twice, prerequisites that are not there. */
import type { ItemDeclaration, PhaseDeclaration } from './phase';

export interface PhaseRegistry {
  /** In the order of the workflow. */
  readonly phases: readonly PhaseDeclaration[];
  /** The declaration of a phase the program itself named; unknown keys are a programming error. */
  phaseOf(key: string): PhaseDeclaration;
  itemOf(key: string): ItemDeclaration;
}

export function registryOf(phases: readonly PhaseDeclaration[]): PhaseRegistry {
  const byKey = new Map(phases.map((phase) => [phase.key, phase]));
  const names = phases.flatMap(({ key, version, item }) => [
    ...[key, version.type, version.table, version.inputType, item.type, item.table, item.inputType],
    `content ${version.input}`,
    `items ${item.input}`,
  ]);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) throw new Error(`two phases use the name ${twice}`);
  for (const { key, prerequisites } of phases)
    for (const needed of prerequisites)
      if (!byKey.has(needed)) throw new Error(`${key} waits for ${needed}, which is not declared`);

  const phaseOf = (key: string): PhaseDeclaration => {
    const phase = byKey.get(key);
    if (!phase) throw new Error(`no phase is declared as ${key}`);
    return phase;
  };
  return { phases, phaseOf, itemOf: (key) => phaseOf(key).item };
}
