/** Who sees what of the past: it is judged by the rights of today, on every path; and what was there is there, also if it is gone. */
import {
  buildVersion,
  decideAll,
  itemKeys,
  mutate,
  sampleItem,
  transition,
  type BuiltVersion,
} from '../support/builders';
import { insertRows, rawAttribute, rawVersion, transaction } from '../support/log';
import { ada, aud, ben, dan, olga, root, stranger, workflow, World } from '../support/world';
import { lastCommit, makeWorkflow, now, pass, plus, type Place } from './support';

let world: World;
/** A server that does not wait long for a commit in flight. */
let hasty: Awaited<ReturnType<World['secondServer']>>;
beforeAll(async () => {
  world = await World.create();
  hasty = await world.secondServer(4, { lockTimeoutMs: 500 });
});
afterAll(async () => {
  await hasty.stop();
  await world.destroy();
});

const committed = async (place: Place): Promise<string> => {
  const instant = await lastCommit(world, place.workflowId);
  await pass(instant);
  return instant;
};
const moment = async (): Promise<string> => {
  const instant = await now(world);
  await pass(instant);
  return instant;
};
const asOf = (at: string, selection: string) => `query @asOf(at: "${at}") { ${selection} }`;
const ofWorkflow = (selection: string, { cycleId, reportId }: Place) =>
  `workflow(cycleId: "${cycleId}", reportId: "${reportId}") { ${selection} }`;
const ofVersion = ({ versionId }: { versionId: string }, selection: string) =>
  `phaseVersion(versionId: "${versionId}") { ${selection} }`;

describe('rights', () => {
  test('that somebody has today show the past before they had them; those who lost theirs see nothing of it', async () => {
    const place = await makeWorkflow(world, workflow.cycleId);
    const version = await buildVersion(world, { phase: 'PLANNING', of: place });
    const at = await committed(place);
    const { phaseVersion } = await world.get(
      aud,
      `{ ${ofVersion(version, 'id changes { nodes { id } } items { nodes { id } }')} }`,
    );
    const ids = [phaseVersion.id, phaseVersion.changes.nodes[0].id, phaseVersion.items.nodes[0].id];
    const seen = async (instant = at) => {
      const data = await world.get(
        stranger,
        asOf(
          instant,
          `${ofWorkflow('id testers { userId } changes { totalCount } phases { history { totalCount } }', place)} ${ofVersion(version, 'status')} workflows { totalCount nodes { id } }
           nodes(ids: ${JSON.stringify(ids)}) { id }`,
        ),
      );
      const owners = await world.codeOf(
        stranger,
        asOf(instant, `dataOwners(cycleId: "${place.cycleId}", reportId: "${place.reportId}") { versionId }`),
      );
      return {
        workflow: data.workflow !== null,
        version: data.phaseVersion !== null,
        listed: data.workflows.totalCount,
        nodes: data.nodes.filter((node: unknown) => node !== null).length,
        owners,
        testers: data.workflow?.testers.map(({ userId }: any) => userId),
      };
    };
    const nothing = { workflow: false, version: false, listed: 0, nodes: 0, owners: 'NOT_FOUND', testers: undefined };
    const everything = { workflow: true, version: true, listed: 1, nodes: 3, owners: undefined, testers: [ada, ben] };
    expect(await seen()).toEqual(nothing);
    await world.sql('owner', 'insert into workflow_testers (workflow_id, user_id) values ($1, $2)', [
      place.workflowId,
      stranger,
    ]);
    const assigned = await moment();
    expect(await seen()).toEqual(everything);
    expect(await seen(assigned)).toEqual({ ...everything, testers: [ada, ben, stranger] });
    await world.sql('owner', 'delete from workflow_testers where workflow_id = $1 and user_id = $2', [
      place.workflowId,
      stranger,
    ]);
    await moment();
    expect(await seen()).toEqual(nothing);
    expect(await seen(assigned)).toEqual(nothing);
    const { workflow: found } = await world.get(aud, asOf(assigned, ofWorkflow('testers { userId }', place)));
    expect(found.testers.map(({ userId }: any) => userId)).toContain(stranger);
  });

  test('not even waiting for a commit in flight tells those who may not see a workflow that it is there', async () => {
    const place = await makeWorkflow(world, workflow.cycleId);
    const version = await buildVersion(world, { phase: 'PLANNING', items: 1, of: place });
    await committed(place);
    const ids = [`Workflow:${place.workflowId}`, `PlanningVersion:${version.versionId}`].map((id) =>
      Buffer.from(id).toString('base64url'),
    );
    await world.session('owner', async (client) => {
      await client.query('begin');
      await client.query(`update attribute_decisions set decision_reason = 'x' where version_id = $1`, [
        version.versionId,
      ]);
      const query = asOf(await now(world), `nodes(ids: ${JSON.stringify(ids)}) { id } ${ofVersion(version, 'id')}`);
      expect(await world.get(stranger, query)).toEqual({ nodes: [null, null], phaseVersion: null });
      expect(await world.at(hasty.server).codeOf(aud, query)).toBe('AS_OF_UNSETTLED');
      await client.query('rollback');
    });
  });

  test('the viewer who was not known yet is shown as today', async () => {
    const before = await moment();
    const newcomer = 40;
    await world.sql('owner', `insert into users (user_id, name) values ($1, 'Nina New')`, [newcomer]);
    expect(await world.get(newcomer, asOf(before, 'viewer { userId name roles }'))).toEqual({
      viewer: { userId: newcomer, name: 'Nina New', roles: [] },
    });
  });

  test('of a data owner are those of today', async () => {
    const place = await makeWorkflow(world, workflow.cycleId);
    await buildVersion(world, { phase: 'SAMPLE_SELECTION', status: 'APPROVED', of: place });
    const before = await committed(place);
    const sees = async (at: string) => (await world.get(dan, asOf(at, ofWorkflow('id', place)))).workflow !== null;
    expect(await sees(before)).toBe(false);
    const assigned = await mutate(world, ada, 'assignDataOwner', 'AssignDataOwnerInput', {
      cycleId: place.cycleId,
      reportId: place.reportId,
      dataOwnerId: dan,
      assignmentType: 'PRIMARY',
    });
    const during = await committed(place);
    expect([await sees(before), await sees(during)]).toEqual([true, true]);
    await mutate(world, ada, 'deactivateDataOwner', 'DeactivateDataOwnerInput', {
      versionId: assigned.versionId,
      expectedRevision: 1,
      reason: 'Left.',
    });
    await committed(place);
    expect([await sees(before), await sees(during)]).toEqual([false, false]);
  });

  test('and roles of people are shown as they were, to those who may see them now', async () => {
    const before = await moment();
    await world.sql('owner', `insert into user_roles (user_id, role) values ($1, 'DATA_OWNER')`, [ben]);
    const during = await moment();
    await world.sql('owner', `delete from user_roles where user_id = $1 and role = 'DATA_OWNER'`, [ben]);
    await world.sql('owner', `update users set name = 'Ben Renamed' where user_id = $1`, [ben]);
    const after = await moment();
    const idOf = (await world.get(ben, '{ viewer { id } }')).viewer.id;
    const read = async (instant: string) =>
      (
        await world.get(
          olga,
          `query ($id: ID!) @asOf(at: "${instant}") { node(id: $id) { ... on User { name roles } } }`,
          { id: idOf },
        )
      ).node;
    const [first, second, third] = [await read(before), await read(during), await read(after)];
    expect(second).toEqual({ name: first.name, roles: [...first.roles, 'DATA_OWNER'] });
    expect(third).toEqual({ name: 'Ben Renamed', roles: first.roles });
    const viewer = async (instant: string) => (await world.get(ben, asOf(instant, 'viewer { name roles }'))).viewer;
    expect([await viewer(before), await viewer(during), await viewer(after)]).toEqual([first, second, third]);
    const log = (instant: string) =>
      world.get(
        root,
        asOf(
          instant,
          'referenceChanges(first: 1) { totalCount nodes { committedAt workflow { id } rowChanges { totalCount } } }',
        ),
      );
    const totals = [];
    for (const instant of [before, during, after]) totals.push((await log(instant)).referenceChanges.totalCount);
    expect([totals[1]! - totals[0]!, totals[2]! - totals[1]!]).toEqual([1, 2]);
    expect(await world.codeOf(olga, asOf(before, 'referenceChanges { totalCount }'))).toBe('FORBIDDEN');
  });
});

describe('what is deleted today', () => {
  /**
   * A plan is approved; the first scoping is rejected after its items were decided, revised, and deleted. Then everything is
   * asked for at an instant before the deletion.
   */
  let place: Place;
  let rejected: BuiltVersion, revision: BuiltVersion;
  let before: string;
  let itemId: string, versionNode: string, rejectedChange: string;

  beforeAll(async () => {
    place = await makeWorkflow(world, workflow.cycleId);
    const pending = await buildVersion(world, { phase: 'SCOPING', status: 'PENDING_APPROVAL', of: place, items: 2 });
    const decided = await decideAll(world, olga, pending, 'SCOPING');
    rejected = await transition(world, olga, 'rejectVersion', decided, 'Not yet.');
    revision = await transition(world, ada, 'reviseVersion', rejected, 'Again.');
    const [itemKey] = await itemKeys(world, revision.versionId);
    revision = await mutate(world, ada, 'putItems', 'PutItemsInput', {
      versionId: revision.versionId,
      expectedRevision: revision.revision,
      items: { scopingDecisions: [{ ...sampleItem('SCOPING', 1), itemKey, scopingRationale: 'Anew' }] },
    });
    before = await committed(place);
    const { phaseVersion } = await world.get(
      aud,
      `{ ${ofVersion(rejected, 'id items { nodes { id } } changes(first: 1) { nodes { id } }')} }`,
    );
    versionNode = phaseVersion.id;
    itemId = phaseVersion.items.nodes[0].id;
    rejectedChange = phaseVersion.changes.nodes[0].id;
    await transition(world, ada, 'deleteVersion', rejected, 'A mistake.');
    await committed(place);
  });

  const everywhere = () =>
    asOf(
      before,
      `${ofVersion(rejected, 'status')} version: node(id: "${versionNode}") { id } item: node(id: "${itemId}") { id }
       change: node(id: "${rejectedChange}") { ... on ChangeSet { versions { versionId } rowChanges { totalCount nodes { versionId } } } }
       revision: ${ofVersion(
         revision,
         `parent { versionId } history(includeDeleted: true) { totalCount nodes { versionId } } blame { fields { setInVersion { versionId } } }
          items { nodes { decision { decidedInVersion { versionId } } carriedFromVersion { versionId } carriedFromItem { itemId } } }`,
       )}
       ${ofWorkflow(
         `changes(first: 100) { nodes { versions { versionId } rowChanges(first: 100) { nodes { versionId } } } }
          workflowPhase(phase: SCOPING) { history(includeDeleted: true) { totalCount nodes { versionId } } records(first: 10) { nodes { versionId } } }`,
         place,
       )}`,
    );

  test('is hidden in the past on every path from those who may not see what is deleted', async () => {
    const data = await world.get(olga, everywhere());
    expect(data).toMatchObject({ phaseVersion: null, version: null, item: null });
    expect(data.change).toEqual({ versions: [], rowChanges: { totalCount: 0, nodes: [] } });
    expect(data.revision.parent).toBeNull();
    expect(data.revision.history.totalCount).toBe(1);
    for (const item of data.revision.items.nodes)
      expect(item).toEqual({ decision: null, carriedFromVersion: null, carriedFromItem: null });
    expect(JSON.stringify(data)).not.toContain(rejected.versionId);
    const diff = `{ ${ofVersion(revision, `asOf(at: "${before}") { diff(from: ${rejected.versionNumber}) { summary { added } } }`)} }`;
    expect(await world.codeOf(olga, diff)).toBe('NOT_FOUND');
    const nested = await world.get(
      olga,
      `{ ${ofVersion(revision, `asOf(at: "${before}") { parent { versionId } history(includeDeleted: true) { nodes { versionId } } items { nodes { carriedFromVersion { versionId } } } }`)} }`,
    );
    expect(JSON.stringify(nested)).not.toContain(rejected.versionId);
  });

  test('is shown in the past, as not deleted yet, to those who may see it', async () => {
    for (const person of [ada, aud, root]) {
      const data = await world.get(person, everywhere());
      expect(data.phaseVersion).toEqual({ status: 'REJECTED' });
      expect([data.version, data.item].every((node) => node !== null)).toBe(true);
      expect(data.change.versions).toEqual([{ versionId: rejected.versionId }]);
      expect(data.revision.parent).toEqual({ versionId: rejected.versionId });
      expect(data.workflow.workflowPhase.history.totalCount).toBe(2);
      const then = await world.get(
        person,
        asOf(before, ofVersion(rejected, 'isDeleted deletedAt deletedBy { userId }')),
      );
      expect(then.phaseVersion).toEqual({ isDeleted: false, deletedAt: null, deletedBy: null });
    }
  });

  test('is shown again to everybody once it is undeleted', async () => {
    const { phaseVersion } = await world.get(ada, `{ ${ofVersion(rejected, 'revision')} }`);
    await transition(world, ada, 'undeleteVersion', { ...rejected, revision: phaseVersion.revision }, 'It was right.');
    await committed(place);
    const data = await world.get(olga, everywhere());
    expect(data.phaseVersion).toEqual({ status: 'REJECTED' });
    expect(data.revision.parent).toEqual({ versionId: rejected.versionId });
  });
});

describe('what is gone from the tables', () => {
  const items = (version: { versionId: string }) => ofVersion(version, 'items { totalCount nodes { label content } }');

  test('a draft that the owner deletes row by row is there in the past', async () => {
    const place = await makeWorkflow(world, workflow.cycleId);
    const draft = rawVersion({ version_number: 1 }, place);
    const made = { versionId: draft.version_id };
    await world.session('owner', (client) =>
      transaction(client, async () => {
        await insertRows(client, 'phase_version', [draft]);
        await insertRows(client, 'planning_phase_versions', [
          { version_id: draft.version_id, stream_id: place.workflowId },
        ]);
        await insertRows(client, 'attribute_decisions', [
          rawAttribute(draft),
          rawAttribute(draft, { label: 'another' }),
        ]);
      }),
    );
    const whole = await committed(place);
    const before = await world.get(aud, asOf(whole, `${items(made)} ${ofWorkflow('changes { totalCount }', place)}`));
    expect(before.phaseVersion.items.totalCount).toBe(2);
    await world.sql('owner', 'delete from attribute_decisions where version_id = $1', [draft.version_id]);
    const bare = await committed(place);
    await world.session('owner', (client) =>
      transaction(client, async () => {
        await client.query('delete from planning_phase_versions where version_id = $1', [draft.version_id]);
        await client.query('delete from phase_version where version_id = $1', [draft.version_id]);
      }),
    );
    const gone = await committed(place);
    expect((await world.get(aud, `{ ${items(made)} }`)).phaseVersion).toBeNull();
    expect((await world.get(aud, asOf(gone, items(made)))).phaseVersion).toBeNull();
    expect((await world.get(aud, asOf(bare, items(made)))).phaseVersion.items.totalCount).toBe(0);
    expect(await world.get(aud, asOf(whole, `${items(made)} ${ofWorkflow('changes { totalCount }', place)}`))).toEqual(
      before,
    );
    expect((await world.get(aud, asOf(plus(whole, -1), items(made)))).phaseVersion).toBeNull();
  });

  test('a version that is gone counts as deleted: those who may not see that do not see it in the past either', async () => {
    const place = await makeWorkflow(world, workflow.cycleId);
    const draft = rawVersion({ version_number: 1 }, place);
    await world.session('owner', (client) => insertRows(client, 'phase_version', [draft]));
    const there = await committed(place);
    const [{ change_set_id: changeSetId }] = (await world.sql<{ change_set_id: string }>(
      'superuser',
      'select change_set_id from log.change_set where stream_id = $1',
      [place.workflowId],
    )) as [{ change_set_id: string }];
    await world.sql('owner', 'delete from phase_version where version_id = $1', [draft.version_id]);
    await committed(place);
    const id = Buffer.from(`ChangeSet:${changeSetId}`).toString('base64url');
    const rows = `node(id: "${id}") { ... on ChangeSet { rowChanges { totalCount } } }`;
    const read = async (person: number) => {
      const then = await world.get(person, asOf(there, ofVersion({ versionId: draft.version_id }, 'status')));
      return [then.phaseVersion, (await world.get(person, `{ ${rows} }`)).node.rowChanges.totalCount];
    };
    for (const person of [ada, aud, root])
      expect(await read(person)).toEqual([{ status: 'DRAFT' }, expect.any(Number)]);
    expect(await read(olga)).toEqual([null, 0]);
  });

  test('tables that the owner truncates are there in the past', async () => {
    const own = await World.create();
    try {
      const draft = rawVersion({ version_number: 1 });
      await own.session('owner', (client) =>
        transaction(client, async () => {
          await insertRows(client, 'phase_version', [draft]);
          await insertRows(client, 'attribute_decisions', [rawAttribute(draft)]);
        }),
      );
      const whole = await lastCommit(own, workflow.workflowId);
      await pass(whole);
      await own.sql('owner', 'truncate attribute_decisions');
      await own.sql('owner', 'truncate user_roles');
      await own.sql('owner', `insert into user_roles (user_id, role) values ($1, 'AUDITOR')`, [aud]);
      const query = `${ofVersion({ versionId: draft.version_id }, 'items { totalCount } createdBy { roles }')}`;
      expect((await own.get(aud, `{ ${query} }`)).phaseVersion).toEqual({
        items: { totalCount: 0 },
        createdBy: { roles: [] },
      });
      expect((await own.get(aud, asOf(whole, query))).phaseVersion).toEqual({
        items: { totalCount: 1 },
        createdBy: { roles: ['TESTER'] },
      });
    } finally {
      await own.destroy();
    }
  });

  test('a draft edited by the owner is there as it was between the edits', async () => {
    const place = await makeWorkflow(world, workflow.cycleId);
    const version = await buildVersion(world, { phase: 'PLANNING', items: 2, of: place });
    const instants = [await committed(place)];
    for (const text of ['one', 'two', 'three']) {
      await world.sql(
        'owner',
        'update attribute_decisions set decision_reason = $2, attribute_data = $3 where version_id = $1',
        [version.versionId, text, { text, nested: [1, 2.5, null, { a: '\u00e4"\\' }] }],
      );
      instants.push(await committed(place));
    }
    const read = async (at: string) =>
      (await world.get(ada, asOf(at, ofVersion(version, 'items { nodes { content } }')))).phaseVersion.items.nodes.map(
        ({ content }: any) => [content.decisionReason, content.attributeData],
      );
    const seen = [];
    for (const at of instants) seen.push(await read(at));
    expect(seen.slice(1)).toEqual(
      ['one', 'two', 'three'].map((text) => {
        const form = [text, { text, nested: [1, 2.5, null, { a: '\u00e4"\\' }] }];
        return [form, form];
      }),
    );
    expect(seen[0]).toEqual(await read(plus(instants[1]!, -1)));
  });
});
