/** @jest-environment node */
import '../support/in-production';
import { ada, workflow, World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.destroy());

const place = `cycleId: "${workflow.cycleId}", reportId: "${workflow.reportId}"`;
const inner = /select |insert |relation|phase_version|node_modules|\.[tj]s:|stack|\bat .*\(/i;

test('in production, what breaks on our side is answered with an id to quote and nothing else', async () => {
  expect(process.env.NODE_ENV).toBe('production');
  await world.sql('owner', 'alter table phase_version rename to phase_version_gone');
  try {
    for (const operation of [
      `{ workflow(${place}) { phases { history { nodes { id } } } } }`,
      `mutation { createVersion(input: { ${place}, phase: PLANNING }) { version { id } } }`,
    ]) {
      const { errors } = await world.ask(ada, operation);
      const [error] = errors!;
      expect(error!.extensions).toEqual({
        code: 'INTERNAL_SERVER_ERROR',
        errorId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      });
      expect(error!.message).toBe(
        `Something went wrong on our side. Quote ${error!.extensions.errorId as string} when you report it.`,
      );
    }
  } finally {
    await world.sql('owner', 'alter table phase_version_gone rename to phase_version');
  }
});

test('in production, refusals carry no more than they say', async () => {
  const answers = [
    await world.ask(ada, '{ nonsense }'),
    await world.ask(ada, '{'),
    await world.ask(null, '{ viewer { name } }'),
    await world.ask(ada, '{ workflows(after: "x") { nodes { id } } }'),
    await world.ask(ada, 'query ($id: UUID!) { phaseVersion(versionId: $id) { id } }', { id: 'x' }),
  ];
  for (const { errors } of answers) {
    expect(errors!.length).toBeGreaterThan(0);
    expect(JSON.stringify(errors)).not.toMatch(inner);
  }
});
