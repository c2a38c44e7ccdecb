/**
 * What somebody may see is kept with the commits that it follows from: it is not read again before the next one, and it ends with that,
 * or with the time for which they own data; on every server, in the present and in the past.
 */
import { AssignDataOwnerDocument } from '../generated/graphql';
import { buildVersion, demandPhase } from '../support/builders';
import { lastCommit, pass, pause } from '../past/support';
import { startTestServer } from '../support/server';
import { waiting } from '../support/sessions';
import { ada, aud, ben, eve, makeDataOwners, otherWorkflow, stranger, token, workflow, World } from '../support/world';
import type { RunningServer } from '../../src/transport/server';

let world: World;
let other: RunningServer;
let at: string;
const { cycleId, reportId, workflowId } = workflow;
const then = `query ($cycleId: UUID!, $reportId: UUID!, $at: DateTime!) { workflow(cycleId: $cycleId, reportId: $reportId, asOf: $at) {
  phases { phase current { versionNumber status reviewedBy { name } } } } }`;
const now = `query ($cycleId: UUID!, $reportId: UUID!) { workflow(cycleId: $cycleId, reportId: $reportId) {
  workflowPhase(phase: SAMPLE_SELECTION) { current { versionNumber items(first: 10) { nodes { label decision { decidedBy { name } } } } } }
 } }`;

beforeAll(async () => {
  world = await World.create();
  other = await startTestServer(world.db);
  await makeDataOwners(world, stranger);
  await demandPhase(world, 'SAMPLE_SELECTION', { of: workflow, preparer: ada });
  await buildVersion(world, { phase: 'SAMPLE_SELECTION', status: 'APPROVED' });
  at = await lastCommit(world, workflowId);
  await pass(at);
});
afterAll(async () => {
  await other.stop();
  await world.destroy();
});

const owner = (sql: string, ...parameters: unknown[]) => world.sql('owner', sql, parameters);

async function askAt(url: string, person: number, query = then): Promise<any> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await token(person)}` },
    body: JSON.stringify({ query, variables: { cycleId, reportId, ...(query === then && { at }) } }),
  });
  return response.json();
}
/** What each server answers: whether the workflow is shown, or the code of a refusal. */
const seenBy = async (person: number, query = then): Promise<unknown[]> => {
  const answers = await Promise.all([world.server.url, other.url].map((url) => askAt(url, person, query)));
  return answers.map(({ data, errors }) => errors?.[0]?.extensions.code ?? data.workflow !== null);
};
/** The same, when both have answered it before. */
async function seenAgainBy(person: number, query = then): Promise<unknown[]> {
  for (let n = 0; n < 3; n++) await seenBy(person, query);
  return seenBy(person, query);
}
const askedFor = async (work: () => Promise<unknown>): Promise<string[]> => (await world.counted(work)).statements;

test('the logs are looked at, and nothing else, once for all who ask in the same moment', async () => {
  const people = [ada, aud, eve];
  for (const person of people) await seenAgainBy(person);
  const [alone, ...others] = await askedFor(() => askAt(world.server.url, ada));
  expect([alone, others]).toEqual([expect.stringMatching(/^select k\.stream_id, .* from log\.stream s /), []]);
  const many = Array.from({ length: 30 }, (_, n) => people[n % 3]!);
  // The first look takes as long as somebody holds the table; the others come meanwhile, on a busy machine some later.
  const whileHeld = (ms: number) =>
    world.session('superuser', async (holder) => {
      await holder.query('begin; lock table log.stream in access exclusive mode');
      const asked = askedFor(() => Promise.all(many.map((person) => askAt(world.server.url, person))));
      await waiting(world, 1);
      await pause(ms);
      await holder.query('rollback');
      return asked;
    });
  const fewest: number[] = [];
  for (let ms = 200; ms < 10_000 && (fewest.at(-1) ?? many.length) >= many.length / 2; ms *= 2) {
    const statements = await whileHeld(ms);
    expect(new Set(statements)).toEqual(new Set([alone]));
    fewest.push(statements.length);
  }
  expect(fewest.at(-1)).toBeLessThan(many.length / 2);
});

test('after a commit to the workflow or to the register they are read again', async () => {
  const another = { cycleId: otherWorkflow.cycleId, reportId: otherWorkflow.reportId };
  const commits = [
    () => buildVersion(world, { phase: 'SAMPLE_SELECTION' }),
    () => owner('update users set name = name || $2 where user_id = $1', ada, '.'),
  ];
  for (const commit of commits) {
    const [first] = await Promise.all([askAt(world.server.url, ada), seenAgainBy(ada)]);
    await commit();
    const [statement] = await askedFor(async () => expect(await askAt(world.server.url, ada)).toEqual(first));
    expect(statement).toMatch(/^select k\.stream_id/);
    expect(await askedFor(() => askAt(world.server.url, ada))).toHaveLength(1);
  }
  await seenAgainBy(ada);
  await buildVersion(world, { phase: 'PLANNING', of: another, preparer: ben });
  expect(await askedFor(() => askAt(world.server.url, ada))).toHaveLength(1);
});

test('in the present, what is known of who asks and of what was approved is left out of the one statement', async () => {
  const first = await askedFor(() => askAt(world.server.url, ada, now.replace('query', 'query Other')));
  expect(first.at(-1)).toMatch(/user_roles[^]*item_decision/);
  await seenAgainBy(ada, now);
  const statements = await askedFor(() => askAt(world.server.url, ada, now));
  expect(statements).toEqual([expect.not.stringMatching(/user_roles|workflow_testers|test_report_signoffs|carried/)]);
});

describe.each([
  ['of the past', then],
  ['of the present', now],
])('%s', (_, query) => {
  test('who is not active any more is told nothing, by whatever server', async () => {
    expect(await seenAgainBy(ben, query)).toEqual([true, true]);
    await owner('update users set is_active = false where user_id = $1', ben);
    expect(await seenBy(ben, query)).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
    await owner('update users set is_active = true where user_id = $1', ben);
    expect(await seenBy(ben, query)).toEqual([true, true]);
  });

  test('whoever asks after it was taken from them is not shown it, while many ask', async () => {
    const remove = () => owner('delete from workflow_testers where workflow_id = $1 and user_id = $2', workflowId, ada);
    const give = () => owner('insert into workflow_testers (workflow_id, user_id) values ($1, $2)', workflowId, ada);
    await seenAgainBy(ada, query);
    let isAsking = true;
    const asking = Promise.all(
      [ada, ada, aud, eve].map(async (person) => {
        while (isAsking) await seenBy(person, query);
      }),
    );
    try {
      for (let n = 0; n < 5; n++) {
        await remove();
        expect(await seenBy(ada, query)).toEqual([false, false]);
        await give();
        expect(await seenBy(ada, query)).toEqual([true, true]);
      }
    } finally {
      isAsking = false;
      await asking;
    }
  });

  test('who owns data for a time sees it as long as that lasts, and not before', async () => {
    // An answer is held to what was so from when it was asked for until it came; what came too late says nothing.
    const asked = { before: 0, meanwhile: 0, after: 0 };
    for (let ms = 1_000; Math.min(asked.before, asked.meanwhile) < 2; ms *= 2) {
      expect(await seenAgainBy(stranger, query)).toEqual([false, false]);
      const [from, to] = [Date.now() + ms, Date.now() + 2 * ms];
      const [validFrom, validTo] = [from, to].map((at) => new Date(at).toISOString()) as [string, string];
      await world.run(eve, AssignDataOwnerDocument, {
        input: { cycleId, reportId, dataOwnerId: stranger, assignmentType: 'BACKUP', validFrom, validTo },
      });
      Object.assign(asked, { before: 0, meanwhile: 0, after: 0 });
      while (asked.after === 0) {
        const since = Date.now();
        const seen = await seenBy(stranger, query);
        const until = Date.now();
        const when = until < from ? 'before' : since >= to ? 'after' : since >= from && until < to ? 'meanwhile' : null;
        if (when !== null) {
          asked[when]++;
          expect([when, seen]).toEqual([when, Array(2).fill(when === 'meanwhile')]);
        }
        await pause(50);
      }
    }
  });
});
