/** Indexes a list of declarations, and refuses those that could not work: duplicate names, unknown prerequisites. */
import type {
  AuditOnlyPhase,
  CommandDeclaration,
  FullPhase,
  ItemDeclaration,
  OwnershipPhase,
  PhaseDeclaration,
} from './phase';
import { draftActions } from './draft-rules';
import { actionsOf } from './policy';

export interface PhaseRegistry {
  /** In the order of the workflow. */
  readonly phases: readonly PhaseDeclaration[];
  readonly fullPhases: readonly FullPhase[];
  readonly auditOnlyPhases: readonly AuditOnlyPhase[];
  /** The declaration of a phase; an unknown key is a programming error. */
  phaseOf(key: string): PhaseDeclaration;
  /** The declaration of a drafted phase, whose versions have items. */
  fullPhaseOf(key: string): FullPhase;
  itemOf(key: string): ItemDeclaration;
  /** All actions that versions of any phase may offer. */
  readonly versionActions: readonly string[];
  /** The phase whose records assign data to owners. */
  readonly ownershipPhase: OwnershipPhase;
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

/** Commands are found by their verb, so a verb must be unique and not one of drafts. */
function requireOwnVerbs({ key, commands }: AuditOnlyPhase): void {
  const verbs = Object.values(commands).flatMap(({ action }) => action ?? []);
  const taken = verbs.find((verb, index) => verbs.indexOf(verb) !== index || draftActions.some((own) => own === verb));
  if (taken) throw new Error(`${key} cannot call a command of its own ${taken}: the verb is taken`);
}

const saysWhoOwns = (phase: PhaseDeclaration): phase is OwnershipPhase =>
  phase.versioning === 'AUDIT_ONLY' && phase.ownership !== undefined;

export function registryOf(phases: readonly PhaseDeclaration[]): PhaseRegistry {
  const byKey = new Map(phases.map((phase) => [phase.key, phase]));
  const names = phases.flatMap(namesOf);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) throw new Error(`two phases use the name ${twice}`);
  for (const { key, prerequisites } of phases)
    for (const needed of prerequisites)
      if (!byKey.has(needed)) throw new Error(`${key} waits for ${needed}, which is not declared`);
  for (const phase of phases) if (phase.versioning === 'AUDIT_ONLY') requireOwnVerbs(phase);
  const [ownershipPhase, another] = phases.filter(saysWhoOwns);
  if (!ownershipPhase || another) throw new Error(`one phase says who owns data, not ${another ? 'two' : 'none'}`);

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
    versionActions: [...new Set(phases.flatMap(actionsOf))],
    ownershipPhase,
  };
}
