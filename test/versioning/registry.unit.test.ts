/** What a list of phases must be like, so that a mistake in a declaration is told when the program starts. */
import { auditOnlyPhases, fullPhases, phases } from '../../src/phases';
import { draftActions } from '../../src/versioning/draft-rules';
import type { AuditOnlyPhase, FullPhase, PhaseDeclaration } from '../../src/versioning/phase';
import { actionsOf } from '../../src/versioning/policy';
import { registryOf } from '../../src/versioning/registry';

const [planning, profiling] = fullPhases as readonly [FullPhase, FullPhase];
const owning = auditOnlyPhases.find(({ ownership }) => ownership)!;
const changed = <P extends PhaseDeclaration>(phase: P, change: Partial<P>): P => ({ ...phase, ...change });
const listWith = (of: PhaseDeclaration, change: PhaseDeclaration) =>
  phases.map((phase) => (phase === of ? change : phase));

test('every phase is found by its key, in the order of the list', () => {
  const registry = registryOf(phases);
  expect(registry.phases).toEqual(phases);
  expect(phases.map(({ key }) => registry.phaseOf(key))).toEqual(phases);
  expect([...registry.fullPhases, ...registry.auditOnlyPhases].map(({ key }) => key).sort()).toEqual(
    phases.map(({ key }) => key).sort(),
  );
  expect(new Set(registry.fullPhases.map(({ versioning }) => versioning))).toEqual(new Set(['FULL']));
  expect(registry.fullPhaseOf('SCOPING')).toBe(registry.phaseOf('SCOPING'));
  expect(registry.itemOf('SCOPING')).toBe(registry.fullPhaseOf('SCOPING').item);
  expect(registry.ownershipPhase).toBe(owning);
});

test('what is not declared is not found, and only drafted phases have items', () => {
  const { phaseOf, fullPhaseOf } = registryOf(phases);
  expect(() => phaseOf('TENTH')).toThrow('no phase is declared as TENTH');
  expect(() => fullPhaseOf(owning.key)).toThrow(`versions of ${owning.key} have no items`);
});

test('what may be offered is said once, whatever number of phases has it', () => {
  const { versionActions } = registryOf(phases);
  expect([...versionActions].sort()).toEqual([...new Set(phases.flatMap(actionsOf))].sort());
  expect(new Set(versionActions).size).toBe(versionActions.length);
});

describe('a name is used once:', () => {
  const { item, version } = planning;
  test.each<[string, Partial<FullPhase>]>([
    [planning.key, { key: planning.key }],
    [version.type, { version: { ...profiling.version, type: version.type } }],
    [version.table, { version: { ...profiling.version, table: version.table } }],
    [version.inputType, { version: { ...profiling.version, inputType: version.inputType } }],
    [`content ${version.input}`, { version: { ...profiling.version, input: version.input } }],
    [item.type, { item: { ...profiling.item, type: item.type } }],
    [item.table, { item: { ...profiling.item, table: item.table } }],
    [item.inputType, { item: { ...profiling.item, inputType: item.inputType } }],
    [`items ${item.input}`, { item: { ...profiling.item, input: item.input } }],
  ])('%s', (name, change) => {
    expect(() => registryOf(listWith(profiling, changed(profiling, change)))).toThrow(
      `two phases use the name ${name}`,
    );
  });

  test('a mutation and its input', () => {
    const [first, second] = auditOnlyPhases as readonly [AuditOnlyPhase, AuditOnlyPhase];
    const [[name, command]] = Object.entries(first.commands) as [[string, AuditOnlyPhase['commands'][string]]];
    const own = Object.values(second.commands)[0]!;
    const having = (commands: AuditOnlyPhase['commands']) => () =>
      registryOf(listWith(second, changed(second, { commands })));
    expect(having({ [name]: own })).toThrow(`two phases use the name mutation ${name}`);
    expect(having({ own: { ...own, inputType: command.inputType } })).toThrow(
      `two phases use the name ${command.inputType}`,
    );
  });
});

test('a phase waits for phases that there are', () => {
  const waiting = changed(profiling, { prerequisites: [planning.key, 'TENTH'] });
  expect(() => registryOf(listWith(profiling, waiting))).toThrow(
    'DATA_PROFILING waits for TENTH, which is not declared',
  );
});

test.each(['EDIT', draftActions.at(-1)!, 'TWICE'])('a command does not take the verb %s, which is taken', (action) => {
  const [start] = Object.values(owning.commands).filter((command) => !command.action);
  const commands = {
    start: start!,
    one: { ...start!, inputType: 'OneInput', action },
    other: { ...start!, inputType: 'OtherInput', action: 'TWICE' },
  };
  expect(() => registryOf(listWith(owning, changed(owning, { commands })))).toThrow(
    `${owning.key} cannot call a command of its own ${action}: the verb is taken`,
  );
});

test('one phase says who owns data, and an audit-only one', () => {
  const none = changed(owning, { ownership: undefined });
  expect(() => registryOf(listWith(owning, none))).toThrow('one phase says who owns data, not none');
  const other = auditOnlyPhases.find((phase) => phase !== owning)!;
  const second = changed(other, { ownership: owning.ownership });
  expect(() => registryOf(listWith(other, second))).toThrow('one phase says who owns data, not two');
});
