/**
 * What was written once is taken again only while it is made from the same rows, and by whoever may see all of it: on every server,
 * whatever changed, and by whatever way.
 */
import { TextCache } from '../../src/graphql/plan/text-cache';
import { buildVersion, decideAll, transition, type BuiltVersion } from '../support/builders';
import { lastCommit, pass } from '../past/support';
import { startTestServer } from '../support/server';
import { ada, aud, eve, olga, otherWorkflow, token, workflow, World } from '../support/world';
import type { RunningServer } from '../../src/transport/server';

let world: World;
let other: RunningServer;
const { cycleId, reportId } = workflow;
const keep = jest.spyOn(TextCache.prototype, 'keep');

beforeAll(async () => {
  world = await World.create();
  other = await startTestServer(world.db);
  const first = await buildVersion(world, { phase: 'SCOPING', status: 'PENDING_APPROVAL' });
  await transition(world, olga, 'approveVersion', await decideAll(world, olga, first, 'SCOPING'));
});
afterAll(async () => {
  await other.stop();
  await world.destroy();
});

const SAME = '00000000-0000-4000-8000-000000000000';
const inScoping = (selection: string) =>
  `query ($cycleId: UUID!, $reportId: UUID!) { workflow(cycleId: $cycleId, reportId: $reportId) { workflowPhase(phase: SCOPING) { ${selection} } } }`;
const items = 'items(first: 10) { nodes { itemKey label content decision { status decidedBy { name } } } }';
const current = inScoping(`current { versionId versionNumber status ${items} }`);
const history = inScoping(
  'history(first: 10) { nodes { versionNumber status revision createdBy { name } parent { versionNumber } } }',
);

async function elsewhere(person: number, query: string, variables: object): Promise<any> {
  const response = await fetch(`${other.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await token(person)}` },
    body: JSON.stringify({ query, variables }),
  });
  return ((await response.json()) as { data: any }).data;
}

/** How often it was asked by another name. */
let asked = 0;

/** The same from both servers, which have answered it before, as it is asked for the first time by another name. */
async function everywhere(person: number, query: string, variables: object = { cycleId, reportId }): Promise<any> {
  const [here, there] = [await world.get(person, query, variables), await elsewhere(person, query, variables)];
  expect(there).toEqual(here);
  expect(await world.get(person, query.replace('query', `query Of${++asked}`), variables)).toEqual(here);
  return here;
}
const itemsIn = (data: any): any[] => data.workflow.workflowPhase.current.items.nodes;
const sql = (text: string, ...parameters: unknown[]) => world.sql('owner', text, parameters);
/** What no trigger of the database hears of: only a superuser can do that. */
const forge = (table: string, text: string) =>
  world.session('superuser', async (client) => {
    await client.query(`begin; alter table ${table} disable trigger user; ${text}; commit`);
    await client.query(
      `do $$ declare t record; begin for t in select tgname from pg_trigger where tgrelid = '${table}'::regclass and not tgisinternal
       loop execute format('alter table ${table} enable always trigger %I', t.tgname); end loop; end $$`,
    );
  });

test.each([
  ['items of what is in force', current],
  ['a history', history],
])('%s: written once, for everybody who sees them', async (_, query) => {
  await world.get(ada, query, { cycleId, reportId });
  keep.mockClear();
  const asked = [ada, aud, olga, ada].map((person) => world.get(person, query, { cycleId, reportId }));
  const answers = await Promise.all(asked);
  expect(keep).not.toHaveBeenCalled();
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  expect((await everywhere(ada, query)).workflow).toEqual(answers[0].workflow);
});

test('whoever does not see the workflow is told nothing of what others were answered', async () => {
  await everywhere(ada, current);
  expect((await world.get(eve, current, { cycleId, reportId })).workflow).not.toBeNull();
  await sql('delete from workflow_testers where workflow_id = $1 and user_id = $2', workflow.workflowId, ada);
  expect((await everywhere(ada, current)).workflow).toBeNull();
  await sql('insert into workflow_testers (workflow_id, user_id) values ($1, $2)', workflow.workflowId, ada);
  expect(itemsIn(await everywhere(ada, current))).toHaveLength(3);
});

test('another workflow has its own', async () => {
  const there = { cycleId: otherWorkflow.cycleId, reportId: otherWorkflow.reportId };
  await everywhere(aud, current);
  expect((await everywhere(aud, current, there)).workflow.workflowPhase.current).toBeNull();
});

test('a person’s new name is read at once', async () => {
  const names = async () => itemsIn(await everywhere(ada, current)).map(({ decision }) => decision.decidedBy.name);
  const [before] = await names();
  await sql('update users set name = $2 where user_id = $1', olga, `${before} the second`);
  expect(await names()).toEqual(Array(3).fill(`${before} the second`));
  await sql('update users set name = $2 where user_id = $1', olga, before);
  expect(await names()).toEqual(Array(3).fill(before));
});

test('what is forged where no trigger hears of it is read as it is, and as it was put back', async () => {
  const labels = async () => itemsIn(await everywhere(ada, current)).map(({ label }) => label as string);
  const before = await labels();
  await forge('scoping_decisions', `update scoping_decisions set label = label || ' forged'`);
  expect(await labels()).toEqual(before.map((label) => `${label} forged`));
  await forge('scoping_decisions', `update scoping_decisions set label = replace(label, ' forged', '')`);
  expect(await labels()).toEqual(before);
  const { versionId } = (await everywhere(ada, current)).workflow.workflowPhase.current;
  const one = `version_id = '${versionId}' and item_key = (select min(item_key::text)::uuid from item_decision where version_id = '${versionId}')`;
  const stati = async () => itemsIn(await everywhere(ada, current)).map(({ decision }) => decision?.status);
  await forge('item_decision', `update item_decision set status = 'REJECTED' where ${one}`);
  expect([...(await stati())].sort()).toEqual(['APPROVED', 'APPROVED', 'REJECTED']);
  await forge('item_decision', `update item_decision set status = 'APPROVED'`);
  expect(await stati()).toEqual(['APPROVED', 'APPROVED', 'APPROVED']);
  await forge('item_decision', `delete from item_decision where ${one}`);
  expect((await stati()).filter((status) => status === undefined)).toHaveLength(1);
});

test('what is approved and what it supersedes are read at once', async () => {
  const numbers = async () =>
    (await everywhere(ada, history)).workflow.workflowPhase.history.nodes.map(({ versionNumber, status }: BuiltVersion) => [versionNumber, status]); // prettier-ignore
  const inForce = async () => (await everywhere(ada, current)).workflow.workflowPhase.current.versionNumber as number;
  expect([await numbers(), await inForce()]).toEqual([[[1, 'APPROVED']], 1]);
  const draft = await buildVersion(world, { phase: 'SCOPING', status: 'PENDING_APPROVAL', items: 2 });
  expect(await numbers()).toEqual([[2, 'PENDING_APPROVAL'], [1, 'APPROVED']]); // prettier-ignore
  expect(await inForce()).toBe(1);
  await transition(world, olga, 'approveVersion', await decideAll(world, olga, draft, 'SCOPING'));
  expect(await numbers()).toEqual([[2, 'APPROVED'], [1, 'SUPERSEDED']]); // prettier-ignore
  expect(await inForce()).toBe(2);
  expect(itemsIn(await everywhere(ada, current))).toHaveLength(2);
});

describe('decisions that were carried out of a version that is deleted', () => {
  let rejected: BuiltVersion;

  beforeAll(async () => {
    const pending = await buildVersion(world, { phase: 'SCOPING', status: 'PENDING_APPROVAL' });
    rejected = await transition(
      world,
      olga,
      'rejectVersion',
      await decideAll(world, olga, pending, 'SCOPING'),
      'Again.',
    );
    const revised = await transition(world, ada, 'reviseVersion', rejected);
    await transition(world, olga, 'approveVersion', await transition(world, ada, 'submitVersion', revised));
  });

  test('are shown to those who see what is deleted, whoever asked before', async () => {
    const decided = async (person: number) =>
      itemsIn(await everywhere(person, current)).filter(({ decision }) => decision !== null).length;
    const both = async () => [await decided(eve), await decided(aud), await decided(eve), await decided(aud)];
    expect(await both()).toEqual([3, 3, 3, 3]);
    const deleted = await transition(world, ada, 'deleteVersion', rejected);
    expect(await both()).toEqual([0, 3, 0, 3]);
    await transition(world, ada, 'undeleteVersion', deleted);
    expect(await both()).toEqual([3, 3, 3, 3]);
  });

  test('a history does not show them to others either', async () => {
    const shown = async (person: number) =>
      (await everywhere(person, history)).workflow.workflowPhase.history.nodes.map(({ versionNumber, parent }: any) => [versionNumber, parent?.versionNumber]); // prettier-ignore
    const before = await shown(eve);
    expect(before).toContainEqual([4, 3]);
    const deleted = await transition(world, ada, 'deleteVersion', { ...rejected, revision: rejected.revision + 2 });
    expect(await shown(aud)).toContainEqual([4, 3]);
    expect(await shown(eve)).toContainEqual([4, undefined]);
    expect(await shown(aud)).toContainEqual([4, 3]);
    await transition(world, ada, 'undeleteVersion', deleted);
    expect(await shown(eve)).toEqual(before);
  });
});

test('the difference of two versions is that of their rows, also where one is a draft', async () => {
  const query = `query ($versionId: UUID!) { phaseVersion(versionId: $versionId) { diff(from: 1) {
    summary { added removed changed unchanged fieldsChanged } patch items(first: 100) { totalCount nodes { kind itemKey fields { path before after } } } } } }`;
  const draft = await buildVersion(world, { phase: 'SCOPING', items: 3 });
  const { versionId } = draft;
  const summary = async () => (await everywhere(ada, query, { versionId })).phaseVersion.diff.summary;
  expect(await summary()).toMatchObject({ added: 0, changed: 0, unchanged: 3 });
  await forge(
    'scoping_decisions',
    `update scoping_decisions set scoping_rationale = 'Forged.', item_hash = '' where version_id = '${versionId}'`,
  );
  expect(await summary()).toMatchObject({ changed: 3, unchanged: 0 });
  await forge('scoping_decisions', `delete from scoping_decisions where version_id = '${versionId}'`);
  expect(await summary()).toMatchObject({ removed: 3, changed: 0, unchanged: 0 });
  expect(await world.get(ada, query, { versionId: SAME })).toEqual({ phaseVersion: null });
});

describe('what was in force at an instant', () => {
  const query = `query ($cycleId: UUID!, $reportId: UUID!, $at: DateTime!) { workflow(cycleId: $cycleId, reportId: $reportId, asOf: $at) {
    id phases { phase current { id versionNumber status reviewedBy { name } } } } }`;
  let at: string;
  const ask = (person: number, instant = at) => everywhere(person, query, { cycleId, reportId, at: instant });
  const scoping = (data: any) => data.workflow.phases.find(({ phase }: any) => phase === 'SCOPING').current;

  beforeAll(async () => {
    at = await lastCommit(world, workflow.workflowId);
    await pass(at);
  });

  test('is written once, for everybody who sees it', async () => {
    const first = await ask(ada);
    keep.mockClear();
    const variables = { cycleId, reportId, at };
    for (const person of [ada, aud, eve]) expect(await world.get(person, query, variables)).toEqual(first);
    expect(keep).not.toHaveBeenCalled();
  });

  test('stays as it was, whatever comes later, and is another at another instant', async () => {
    const before = await ask(ada);
    await sql('update users set name = $2 where user_id = $1', olga, 'Olga of later');
    const draft = await buildVersion(world, { phase: 'SCOPING', status: 'PENDING_APPROVAL' });
    await transition(world, olga, 'approveVersion', await decideAll(world, olga, draft, 'SCOPING'));
    expect(await ask(ada)).toEqual(before);
    const later = await lastCommit(world, workflow.workflowId);
    await pass(later);
    expect(scoping(await ask(ada, later))).toMatchObject({ versionNumber: draft.versionNumber, reviewedBy: { name: 'Olga of later' } }); // prettier-ignore
    expect(await ask(ada)).toEqual(before);
  });

  test('is nobody’s who does not see the workflow today', async () => {
    expect((await ask(ada)).workflow).not.toBeNull();
    await sql('delete from workflow_testers where workflow_id = $1 and user_id = $2', workflow.workflowId, ada);
    expect((await ask(ada)).workflow).toBeNull();
    await sql('insert into workflow_testers (workflow_id, user_id) values ($1, $2)', workflow.workflowId, ada);
    expect((await ask(ada)).workflow).not.toBeNull();
  });

  test('is asked of the database where it depends on what is deleted today', async () => {
    const withParents = query.replace('status', 'status parent { versionNumber }');
    const parent = async (person: number) =>
      scoping(await everywhere(person, withParents, { cycleId, reportId, at })).parent?.versionNumber;
    const [versionNumber, rejected] = [3, await latestRejected()];
    const before = [await parent(eve), await parent(aud)];
    expect(before).toEqual([versionNumber, versionNumber]);
    const deleted = await transition(world, ada, 'deleteVersion', rejected);
    expect([await parent(eve), await parent(aud), await parent(eve)]).toEqual([undefined, versionNumber, undefined]);
    await transition(world, ada, 'undeleteVersion', deleted);
    expect([await parent(eve), await parent(aud)]).toEqual(before);
  });

  async function latestRejected(): Promise<BuiltVersion> {
    const [row] = await sql(
      `select version_id as "versionId", revision from phase_version where phase = 'SCOPING' and status = 'REJECTED'`,
    );
    return row as BuiltVersion;
  }
});

test('what is counted is counted whole, also beside a page', async () => {
  const page = inScoping('current { versionId items(first: 1) { totalCount nodes { itemKey } } }');
  const count = async () => (await everywhere(ada, page)).workflow.workflowPhase.current.items.totalCount as number;
  expect(await count()).toBe(3);
  const { versionId } = (await everywhere(ada, page)).workflow.workflowPhase.current;
  await forge(
    'scoping_decisions',
    `delete from scoping_decisions where item_id = (select max(item_id::text)::uuid from scoping_decisions where version_id = '${versionId}')`,
  );
  expect(await count()).toBe(2);
});
