/** The transition table of the last drafted phases (support/transitions.ts), and the signature that can be done without. */
import { fullPhaseOf } from '../../src/phases';
import {
  buildVersion,
  decideAll,
  mutate,
  sampleContent,
  signAll,
  transition,
  type BuiltVersion,
} from '../support/builders';
import { again, waive } from '../support/situations';
import { describeTransitions, lastPhases, openWorld, standardScene } from '../support/transitions';
import { ada, olga, tess, workflow, type World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.destroy());

for (const phase of lastPhases) describeTransitions(() => world, phase.title, standardScene(phase));

describe('the executive’s signature', () => {
  const scene = standardScene(fullPhaseOf('FINALIZE_TEST_REPORT'));
  const { phase } = scene;
  const draft = () => buildVersion(world, { phase: phase.key });
  const update = (userId: number, version: BuiltVersion, fields: object) =>
    world.ask(
      userId,
      'mutation ($input: UpdateVersionInput!) { updateVersion(input: $input) { version { revision } } }',
      {
        input: {
          versionId: version.versionId,
          expectedRevision: version.revision,
          content: { [phase.version.input]: fields },
        },
      },
    );
  const codeOf = async (...given: Parameters<typeof update>) => (await update(...given)).errors?.[0]?.extensions.code;
  const create = (userId: number, fields: object, more: object = {}) =>
    world.codeOf(
      userId,
      'mutation ($input: CreateVersionInput!) { createVersion(input: $input) { version { versionId } } }',
      {
        input: {
          cycleId: workflow.cycleId,
          reportId: workflow.reportId,
          phase: phase.key,
          ...more,
          content: { [phase.version.input]: fields },
        },
      },
    );
  const isRequired = async ({ versionId }: BuiltVersion) =>
    (await world.get(ada, 'query ($id: UUID!) { phaseVersion(versionId: $id) { content } }', { id: versionId }))
      .phaseVersion.content.requiresExecutiveApproval as boolean;

  test('is not waived by a tester, neither in a draft nor with a new one, whatever else they write with it', async () => {
    const version = await draft();
    for (const fields of [{}, { reportTitle: 'Another' }]) {
      const { errors } = await update(ada, version, { ...fields, requiresExecutiveApproval: false });
      expect(errors![0]!.extensions).toMatchObject({ code: 'FORBIDDEN', requiredRoles: ['TEST_EXECUTIVE'] });
      expect(await create(ada, { ...fields, requiresExecutiveApproval: false })).toBe('FORBIDDEN');
    }
    expect(await again(world, version.versionId)).toMatchObject({ revision: version.revision });
    expect(await isRequired(version)).toBe(true);
    // What they may say is what is so already.
    expect(await create(ada, { requiresExecutiveApproval: true })).toBeUndefined();
    expect(await codeOf(ada, version, { requiresExecutiveApproval: true })).toBeUndefined();
  });

  test('is waived by the test executive in a draft, with this field alone', async () => {
    const version = await draft();
    expect(await codeOf(tess, version, { reportTitle: 'Another', requiresExecutiveApproval: false })).toBe('FORBIDDEN');
    expect(await codeOf(tess, version, { reportTitle: 'Another' })).toBe('FORBIDDEN');
    expect(await codeOf(tess, version, {})).toBe('FORBIDDEN');
    expect(await isRequired(await waive(world, scene, version))).toBe(false);
  });

  test('that was waived stays so while testers go on writing, until one of them asks for it again', async () => {
    const waived = await waive(world, scene, await draft());
    const content = sampleContent(phase.key, 4)[phase.version.input] as Record<string, unknown>;
    const write = async (version: BuiltVersion, fields: object) => {
      expect((await update(ada, version, { ...content, ...fields })).errors).toBeUndefined();
      return again(world, version.versionId);
    };
    const kept = await write(waived, { requiresExecutiveApproval: false });
    expect(await isRequired(kept)).toBe(false);
    const required = await write(kept, { requiresExecutiveApproval: true });
    expect(await isRequired(required)).toBe(true);
    expect(await codeOf(ada, required, { requiresExecutiveApproval: false })).toBe('FORBIDDEN');
  });

  test('can be waived by who approves the report then: that makes nobody an editor', async () => {
    const waived = await waive(world, scene, await draft());
    const submitted = await transition(world, ada, 'submitVersion', waived);
    const ready = await decideAll(world, tess, submitted, phase.key);
    await signAll(world, ready, phase.key, { except: 'test_executive' });
    expect(await transition(world, tess, 'approveVersion', ready)).toMatchObject({ status: 'APPROVED' });
    const editors = await world.sql('owner', 'select user_id from version_editor where version_id = $1', [
      ready.versionId,
    ]);
    expect(editors).toEqual([{ user_id: ada }]);
  });

  test('is asked for again by every new draft, whatever that is made of', async () => {
    const waived = await waive(world, scene, await draft());
    const submitted = await transition(world, ada, 'submitVersion', waived);
    const rejected = await transition(world, tess, 'rejectVersion', submitted, 'Once more.');
    expect(await isRequired(rejected)).toBe(false);
    const revised = await transition(world, ada, 'reviseVersion', rejected);
    expect(await isRequired(revised)).toBe(true);
    const copied = (carryForward: string) =>
      mutate(world, ada, 'createVersion', 'CreateVersionInput', {
        cycleId: workflow.cycleId,
        reportId: workflow.reportId,
        phase: phase.key,
        parentVersionId: rejected.versionId,
        carryForward,
      });
    for (const carryForward of ['ALL_ITEMS', 'APPROVED_ITEMS', 'NONE'])
      expect(await isRequired(await copied(carryForward))).toBe(true);
  });

  test('is not waived by somebody who has the role and not the assignment', async () => {
    const version = await draft();
    const assignTo = (userId: number) =>
      world.sql('owner', 'update workflows set test_executive_id = $1 where workflow_id = $2', [
        userId,
        workflow.workflowId,
      ]);
    await world.sql('owner', `insert into user_roles (user_id, role) values (${olga}, 'TEST_EXECUTIVE')`);
    await assignTo(olga);
    await world.sql('owner', `delete from user_roles where user_id = ${olga} and role = 'TEST_EXECUTIVE'`);
    try {
      expect(await codeOf(tess, version, { requiresExecutiveApproval: false })).toBe('FORBIDDEN');
      // And the assignment without the role, which was lost, is not enough either.
      expect(await codeOf(olga, version, { requiresExecutiveApproval: false })).toBe('FORBIDDEN');
    } finally {
      await assignTo(tess);
    }
  });
});
