/** The transition table of the first drafted phases (support/transitions.ts), and that the table is whole. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { buildSchema, getNamedType } from 'graphql';
import { projectRoot } from '../../src/env';
import { fullPhaseOf, fullPhases } from '../../src/phases';
import { versionStatuses } from '../../src/versioning/model';
import { draftActions } from '../../src/versioning/draft-rules';
import { actionsOf } from '../../src/versioning/policy';
import { otherCast } from '../support/cast';
import { draftDeeds, recordDeeds, startDeeds } from '../support/deeds';
import { describeTransitions, firstPhases, openWorld, situationsOf, standardScene } from '../support/transitions';
import { ben, both, otherWorkflow, type World } from '../support/world';

describe('the table of transitions', () => {
  const schema = buildSchema(readFileSync(path.join(projectRoot, 'schema.graphql'), 'utf8'));

  test('has a deed for every action that the rules know', () => {
    expect([...new Set(draftDeeds.map(({ action }) => action))].sort()).toEqual([...draftActions].sort());
    for (const phase of fullPhases) {
      const here = draftDeeds.filter(({ where }) => where?.(phase) ?? true).map(({ action }) => action as string);
      expect(actionsOf(phase).filter((action) => !here.includes(action))).toEqual([]);
    }
    expect(draftDeeds.filter(({ where }) => fullPhases.every((phase) => where?.(phase) === false))).toEqual([]);
  });

  test('leaves no mutation out that starts or changes a version', () => {
    const tried = ['createVersion', ...[...draftDeeds, ...recordDeeds, ...startDeeds].map(({ mutation }) => mutation)];
    const answering = Object.values(schema.getMutationType()!.getFields()).filter(({ type }) =>
      ['VersionPayload', 'RebasePayload'].includes(getNamedType(type).name),
    );
    expect([...new Set(tried)].sort()).toEqual(answering.map(({ name }) => name).sort());
  });

  test.each(fullPhases.map((phase) => [phase.title, phase] as const))(
    'has every status that a version of %s can have',
    (_, phase) => {
      const statuses = situationsOf(standardScene(phase)).map(([, { status }]) => status);
      expect([...new Set(statuses)].sort()).toEqual(versionStatuses.filter((status) => status !== 'RECORDED').sort());
    },
  );
});

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.destroy());

for (const phase of firstPhases) describeTransitions(() => world, phase.title, standardScene(phase));

describeTransitions(() => world, 'Scoping elsewhere, decided by somebody who is tester and report owner there', {
  phase: fullPhaseOf('SCOPING'),
  cast: otherCast,
  place: otherWorkflow,
  preparer: ben,
  approver: both,
});
