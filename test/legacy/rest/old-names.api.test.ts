/** Readers of the old system ask for phases by the names that they have there. */
import { oldNames } from '../../../src/legacy/phase-names';
import { rest } from './client';
import { ada, workflow, World } from '../../support/world';

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.destroy());

test.each(oldNames)('the facade takes %s for %s', async (name, phase) => {
  const of = (called: string) =>
    `/v1/phases/${encodeURIComponent(called)}/versions?cycleId=${workflow.cycleId}&reportId=${workflow.reportId}`;
  const answer = await rest(world, ada, 'GET', of(name));
  expect(answer.status).toBe(200);
  expect(answer.body).toEqual((await rest(world, ada, 'GET', of(phase))).body);
});
