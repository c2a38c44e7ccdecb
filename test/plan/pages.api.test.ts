/**
 * Whole pages of a client: the phases of a workflow with all that is shown of them, what waits for somebody, and a list of
 * workflows. Each takes a few statements, however much there is, and says what the resolvers say.
 */
import { startTestServer } from '../support/server';
import { makeWorkflow } from '../past/support';
import { buildRecord, buildVersion, demandPhase } from '../support/builders';
import { ada, ben, olga, token, workflow, World } from '../support/world';
import type { RunningServer } from '../../src/transport/server';

let world: World;
let resolving: RunningServer;

beforeAll(async () => {
  world = await World.create();
  resolving = await startTestServer(world.db, { readsByPlan: false });
  await demandPhase(world, 'FINALIZE_TEST_REPORT', { of: workflow, preparer: ada });
  const places = [workflow, await makeWorkflow(world, workflow.cycleId), await makeWorkflow(world, workflow.cycleId)];
  for (const place of places)
    for (const phase of ['SCOPING', 'SAMPLE_SELECTION', 'FINALIZE_TEST_REPORT']) {
      await buildVersion(world, { phase, status: 'PENDING_APPROVAL', items: 3, of: place });
      await buildVersion(world, { phase, items: 2, of: place });
    }
  await buildRecord(world, { phase: 'REQUEST_INFO', by: ada });
});
afterAll(async () => {
  await resolving.stop();
  await world.destroy();
});

const given = `"${workflow.cycleId}", reportId: "${workflow.reportId}"`;
const requirements = 'approvalRequirements { code status explanation satisfiableBy }';
const version = `id versionId versionNumber status createdAt createdBy { name } availableActions`;

const pages: [what: string, person: number, statements: number, query: string][] = [
  [
    'the phases of a workflow',
    ada,
    4,
    `{ workflow(cycleId: ${given}) { id testers { name } phases { id phase progress blockedBy canCreate cannotCreateReason
       config { title order prerequisites }
       current { ${version} } drafts: history(first: 3, statuses: [DRAFT, PENDING_APPROVAL]) { totalCount nodes { ${version} } } } } }`,
  ],
  [
    'the records of all phases',
    ada,
    2,
    `{ workflow(cycleId: ${given}) { phases { phase records(first: 2) { nodes { ${version} } pageInfo { hasNextPage endCursor } } } } }`,
  ],
  [
    'what waits for whoever approves',
    olga,
    2,
    `{ reviewQueue(first: 5) { totalCount nodes { phase ${version} ${requirements} cycle { name } report { name number } } pageInfo { hasNextPage endCursor } } }`,
  ],
  [
    'what waits for whoever signs, and reviews documents',
    ben,
    2,
    `{ reviewQueue(last: 3) { totalCount edges { cursor node { __typename ${version} ${requirements} ... on DocumentSubmission { submissionStatus isCurrent } } } } }`,
  ],
  [
    'a page of workflows',
    ada,
    2,
    `{ workflows(first: 2) { totalCount nodes { id cycle { name } report { name number } reportOwner { name } phases { phase progress canCreate } testers { name } }
       pageInfo { hasNextPage endCursor } } }`,
  ],
];

test.each(pages)('%s', async (_, person, expected, query) => {
  await world.get(person, query);
  const { result, statements } = await world.counted(() => world.get(person, query));
  expect(statements.length).toBeLessThanOrEqual(expected);
  const response = await fetch(`${resolving.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await token(person)}` },
    body: JSON.stringify({ query }),
  });
  expect({ data: result }).toEqual(await response.json());
  // It is not of an empty page that this is said.
  expect(JSON.stringify(result)).toMatch(/"(versionId|name)":"/);
});
