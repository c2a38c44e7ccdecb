/** Makes a list of declarations findable, and refuses what could not work: names used twice, prerequisites that are not there. */
import type { AuditOnlyPhase, CommandDeclaration, FullPhase, ItemDeclaration, PhaseDeclaration } from './phase';

export interface PhaseRegistry {
  /** In the order of the workflow. */
  readonly phases: readonly PhaseDeclaration[];
  readonly fullPhases: readonly FullPhase[];
  readonly auditOnlyPhases: readonly AuditOnlyPhase[];
  /** The declaration of a phase the program itself named; unknown keys are a programming error. */
  phaseOf(key: string): PhaseDeclaration;
  /** The declaration of a phase whose versions have items. */
  fullPhaseOf(key: string): FullPhase;
  itemOf(key: string): ItemDeclaration;
}

const namesOf = (phase: PhaseDeclaration): string[] => {
  const { key, version } = phase;
  const common = [key, version.type, version.table];
  if (phase.versioning === 'AUDIT_ONLY')
    return [
      ...common,
      ...Object.entries(phase.commands).flatMap(([name, { inputType }]: [string, CommandDeclaration]) => [
        `mutation ${name}`,
        inputType,
      ]),
    ];
  const { item } = phase;
  return [
    ...common,
    phase.version.inputType,
    item.type,
    item.table,
    item.inputType,
    `content ${phase.version.input}`,
    `items ${item.input}`,
  ];
};

export function registryOf(phases: readonly PhaseDeclaration[]): PhaseRegistry {
  const byKey = new Map(phases.map((phase) => [phase.key, phase]));
  const names = phases.flatMap(namesOf);
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
  const fullPhaseOf = (key: string): FullPhase => {
    const phase = phaseOf(key);
    if (phase.versioning !== 'FULL') throw new Error(`versions of ${key} have no items`);
    return phase;
  };
  return {
    phases,
    fullPhases: phases.filter((phase) => phase.versioning === 'FULL'),
    auditOnlyPhases: phases.filter((phase) => phase.versioning === 'AUDIT_ONLY'),
    phaseOf,
    fullPhaseOf,
    itemOf: (key) => fullPhaseOf(key).item,
  };
}
