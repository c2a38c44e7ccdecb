/**
 * Who may act at all, and who may see what. What may be done with a version in which state is in the tables of transitions
 * (transitions-*.api.test.ts, record-transitions.api.test.ts).
 */
import { auditOnlyPhases, fullPhases, phases } from '../../src/phases';
import { ProgressDocument, StandingDocument, VersionWithItemsDocument } from '../generated/graphql';
import {
  buildRecord,
  buildVersion,
  decideAll,
  mutate,
  sampleItem,
  sampleItems,
  transition,
  type BuiltVersion,
} from '../support/builders';
import { standardCast } from '../support/cast';
import { attempt, draftDeeds } from '../support/deeds';
import {
  ada,
  aud,
  ben,
  both,
  dan,
  eve,
  olga,
  otherWorkflow,
  root,
  stranger,
  tess,
  workflow,
  World,
} from '../support/world';

let world: World;
beforeAll(async () => {
  world = await World.create();
  for (const place of [workflow, otherWorkflow])
    await buildVersion(world, { phase: 'PLANNING', status: 'APPROVED', of: place, preparer: ben, approver: ben });
});
afterAll(() => world.destroy());

const draft = () => buildVersion(world, { phase: 'SCOPING', items: 2 });
const pending = () => buildVersion(world, { phase: 'SCOPING', status: 'PENDING_APPROVAL', items: 2 });
const decided = async () => decideAll(world, olga, await pending(), 'SCOPING');
const deedOf = (action: string) => draftDeeds.find((deed) => deed.action === action)!;
const approve = (userId: number, version: BuiltVersion) =>
  attempt(world, deedOf('APPROVE'), userId, version, 'SCOPING');

describe('roles and assignments', () => {
  test('a role without the assignment, and the assignment without the role, are not enough', async () => {
    const version = await decided();
    await world.sql('owner', `delete from user_roles where user_id = ${olga} and role = 'REPORT_OWNER'`);
    expect(await approve(olga, version)).toBe('FORBIDDEN');
    await world.sql('owner', `insert into user_roles (user_id, role) values (${olga}, 'REPORT_OWNER')`);
    await world.sql('owner', `update workflows set report_owner_id = null where workflow_id = $1`, [
      workflow.workflowId,
    ]);
    expect(await approve(olga, version)).toBe('NOT_FOUND');
    await world.sql('owner', `update workflows set report_owner_id = ${olga} where workflow_id = $1`, [
      workflow.workflowId,
    ]);
    expect(await approve(olga, version)).toBe('accepted');
  });

  test.each(['ADMIN', 'AUDITOR'])('a tester who is also %s reads, and no longer acts', async (role) => {
    const version = await draft();
    await world.sql('owner', `insert into user_roles (user_id, role) values (${ada}, '${role}')`);
    try {
      expect(
        (await world.run(ada, StandingDocument, { versionId: version.versionId })).phaseVersion!.availableActions,
      ).toEqual([]);
      for (const deed of draftDeeds) {
        const answer = await attempt(world, deed, ada, version, 'SCOPING');
        expect(answer).toBe(deed.role ? 'BAD_USER_INPUT' : 'FORBIDDEN'); // Scoping takes no signatures
      }
    } finally {
      await world.sql('owner', `delete from user_roles where user_id = ${ada} and role = '${role}'`);
    }
  });
});

describe('what does not exist for others', () => {
  const everything = `query ($c: UUID!, $r: UUID!) { workflow(cycleId: $c, reportId: $r) { id
    changes(first: 5) { nodes { id } }
    phases { history(first: 3) { nodes { id versionId items(first: 2) { nodes { id } } } } } } }`;
  let version: BuiltVersion;
  let ids: string[];
  beforeAll(async () => {
    version = await decided();
    for (const { key } of auditOnlyPhases) await buildRecord(world, { phase: key });
    for (const { key } of fullPhases) await buildVersion(world, { phase: key });
    const { workflow: seen } = await world.get(aud, everything, { c: workflow.cycleId, r: workflow.reportId });
    const versions = seen.phases.flatMap((phase: any) => phase.history.nodes);
    ids = [seen.id, ...seen.changes.nodes, ...versions, ...versions.flatMap((node: any) => node.items.nodes)].map(
      (node) => node.id ?? node,
    );
    const kinds = new Set(ids.map((id) => Buffer.from(id, 'base64url').toString().split(':')[0]));
    expect([...kinds].sort()).toEqual(
      [
        'ChangeSet',
        'Workflow',
        ...phases.map(({ version: { type } }) => type),
        ...fullPhases.map(({ item: { type } }) => type),
      ].sort(),
    );
  });

  test.each(['stranger', 'dan', 'both'] as const)(
    'the workflow and all that is in it do not exist for %s',
    async (person) => {
      const userId = standardCast[person]!.userId!;
      const { cycleId, reportId } = workflow;
      expect((await world.get(userId, everything, { c: cycleId, r: reportId })).workflow).toBeNull();
      const { workflows } = await world.get(
        userId,
        `query ($c: UUID, $r: UUID) { workflows(first: 100, cycleId: $c, reportId: $r) { totalCount nodes { id } } }`,
        {
          c: cycleId,
          r: reportId,
        },
      );
      expect(workflows).toEqual({ totalCount: 0, nodes: [] });
      expect(
        (await world.run(userId, VersionWithItemsDocument, { versionId: version.versionId })).phaseVersion,
      ).toBeNull();
      const { nodes } = await world.get(userId, 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids });
      expect(nodes).toEqual(ids.map(() => null));
      for (const id of ids)
        expect(await world.get(userId, 'query ($id: ID!) { node(id: $id) { id } }', { id })).toEqual({ node: null });
      for (const deed of draftDeeds) expect(await attempt(world, deed, userId, version, 'SCOPING')).toBe('NOT_FOUND');
    },
  );

  test('what is hidden answers in the same words as what never was', async () => {
    const hidden = await world.ask(
      stranger,
      `mutation { deleteVersion(input: { versionId: "${version.versionId}", expectedRevision: 1 }) { version { id } } }`,
    );
    const never = '00000000-0000-4000-8000-000000000001';
    const missing = await world.ask(
      stranger,
      `mutation { deleteVersion(input: { versionId: "${never}", expectedRevision: 1 }) { version { id } } }`,
    );
    const words = (answer: typeof hidden) => JSON.stringify(answer.errors).replaceAll(version.versionId, never);
    expect(words(hidden)).toBe(words(missing));
    expect(hidden.status).toBe(missing.status);
  });

  test('the people of the workflow and those who see every workflow see all of it', async () => {
    for (const userId of [ada, ben, olga, eve, tess, root, aud]) {
      const { nodes } = await world.get(userId, 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids });
      expect(nodes).toEqual(ids.map((id) => ({ id })));
    }
  });

  test('lists of workflows hold those the viewer is assigned to, all for those who see all', async () => {
    const list = async (userId: number) =>
      (await world.get(userId, '{ workflows { totalCount nodes { report { number } } } }')).workflows;
    const numbers = (of: any) => of.nodes.map((node: any) => node.report.number).sort();
    for (const userId of [eve, tess, root, aud, ben]) {
      const seen = await list(userId);
      expect([numbers(seen), seen.totalCount]).toEqual([['CC-1', 'LQ-1'], 2]);
    }
    for (const userId of [ada, olga]) expect(numbers(await list(userId))).toEqual(['CC-1']);
    expect(numbers(await list(both))).toEqual(['LQ-1']);
    for (const userId of [dan, stranger]) expect(await list(userId)).toEqual({ totalCount: 0, nodes: [] });
  });

  test('ids that are none, of no type or of another type are null, not errors', async () => {
    const id = (text: string) => Buffer.from(text).toString('base64url');
    const odd = [
      '',
      'x',
      '!!!',
      id('User:0'),
      id('User:abc'),
      id('Planning:1'),
      id('toString:1'),
      id('__proto__:1'),
      id('Workflow:1'),
      id(`PlanningVersion:${version.versionId}`),
      id(`ScopingDecision:${version.versionId}`),
      id(`scopingversion:${version.versionId}`),
      id('PhaseVersion:x'),
    ];
    const { nodes } = await world.get(aud, 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: odd });
    expect(nodes).toEqual(odd.map(() => null));
    expect(
      await world.codeOf(aud, 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: Array(101).fill('x') }),
    ).toBe('BAD_USER_INPUT');
  });
});

describe('deleted versions', () => {
  let deleted: BuiltVersion;
  let child: BuiltVersion;
  let childItems: any[];
  let changeSets: string[];
  const allowed = { ada, ben, root, aud };
  const barred = { olga, eve, tess };

  beforeAll(async () => {
    const rejected = await transition(world, olga, 'rejectVersion', await decided(), 'Once more.');
    child = await transition(world, ada, 'reviseVersion', rejected);
    deleted = await transition(world, ada, 'deleteVersion', rejected);
    childItems = (await world.run(ada, VersionWithItemsDocument, { versionId: child.versionId })).phaseVersion!.items
      .nodes;
    const { phaseVersion } = await world.get(
      aud,
      `query ($v: UUID!) { phaseVersion(versionId: $v) { changes(first: 100) { nodes { id } } } }`,
      { v: deleted.versionId },
    );
    changeSets = phaseVersion.changes.nodes.map((node: { id: string }) => node.id);
    expect(changeSets.length).toBeGreaterThanOrEqual(5);
  });

  const paths: [path: string, look: (userId: number) => Promise<boolean>][] = [
    [
      'phaseVersion',
      async (userId) =>
        (await world.run(userId, VersionWithItemsDocument, { versionId: deleted.versionId })).phaseVersion !== null,
    ],
    [
      'node',
      async (userId) => {
        const id = Buffer.from(`ScopingVersion:${deleted.versionId}`).toString('base64url');
        return (await world.get(userId, 'query ($id: ID!) { node(id: $id) { id } }', { id })).node !== null;
      },
    ],
    [
      'the node of an item',
      async (userId) => {
        const { phaseVersion } = await world.run(aud, VersionWithItemsDocument, { versionId: deleted.versionId });
        const ids = phaseVersion!.items.nodes.map(({ id }) => id);
        const { nodes } = await world.get(userId, 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids });
        return nodes.some((node: unknown) => node !== null);
      },
    ],
    [
      'the history of the record',
      async (userId) => {
        const { phaseVersion } = await world.get(
          userId,
          `query ($v: UUID!) { phaseVersion(versionId: $v) { history(first: 100, includeDeleted: true) { totalCount nodes { versionId } } } }`,
          { v: child.versionId },
        );
        expect(phaseVersion.history.nodes.length).toBe(Math.min(100, phaseVersion.history.totalCount));
        return phaseVersion.history.nodes.some(({ versionId }: BuiltVersion) => versionId === deleted.versionId);
      },
    ],
    [
      'the history of the phase',
      async (userId) => {
        const data = await world.get(
          userId,
          `query ($c: UUID!, $r: UUID!) { workflow(cycleId: $c, reportId: $r) { workflowPhase(phase: SCOPING) { history(first: 100, includeDeleted: true, statuses: [REJECTED]) { nodes { versionId } } } } }`,
          { c: workflow.cycleId, r: workflow.reportId },
        );
        return data.workflow.workflowPhase.history.nodes.some(
          ({ versionId }: BuiltVersion) => versionId === deleted.versionId,
        );
      },
    ],
    [
      'parent',
      async (userId) =>
        (await world.run(userId, VersionWithItemsDocument, { versionId: child.versionId })).phaseVersion!.parent !==
        null,
    ],
    [
      'what an item was carried from',
      async (userId) => {
        const { phaseVersion } = await world.run(userId, VersionWithItemsDocument, { versionId: child.versionId });
        return phaseVersion!.items.nodes.some(
          (item) => item.carriedFromVersion !== null || item.carriedFromItem !== null,
        );
      },
    ],
    [
      'the version in which an item was decided',
      async (userId) => {
        const answer = await world.ask(
          userId,
          `query ($v: UUID!) { phaseVersion(versionId: $v) { items { nodes { decision { decidedInVersion { versionId content items { totalCount } } } } } } }`,
          { v: child.versionId },
        );
        return JSON.stringify(answer).includes(deleted.versionId);
      },
    ],
    [
      'a diff from its number',
      async (userId) =>
        (await world.codeOf(
          userId,
          `query ($v: UUID!, $n: Int!) { phaseVersion(versionId: $v) { diff(from: $n) { patch } } }`,
          { v: child.versionId, n: deleted.versionNumber },
        )) !== 'NOT_FOUND',
    ],
    [
      'a diff to its number',
      async (userId) =>
        (await world.codeOf(
          userId,
          `query ($v: UUID!, $a: Int!, $b: Int!) { phaseVersion(versionId: $v) { diff(from: $a, to: $b) { patch } } }`,
          { v: child.versionId, a: child.versionNumber, b: deleted.versionNumber },
        )) !== 'NOT_FOUND',
    ],
    [
      'the versions of its commits',
      async (userId) => {
        const { nodes } = await world.get(
          userId,
          'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on ChangeSet { versions { versionId } } } }',
          { ids: changeSets },
        );
        return JSON.stringify(nodes).includes(deleted.versionId);
      },
    ],
    [
      'the rows of its commits',
      async (userId) => {
        const { nodes } = await world.get(
          userId,
          'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on ChangeSet { rowChanges(first: 100) { totalCount nodes { versionId after } } } } }',
          { ids: changeSets },
        );
        const rows = nodes.flatMap((node: any) => node.rowChanges.nodes);
        expect(rows).toHaveLength(nodes.reduce((sum: number, node: any) => sum + node.rowChanges.totalCount, 0));
        return rows.some(({ versionId }: BuiltVersion) => versionId === deleted.versionId);
      },
    ],
  ];

  test.each(paths)(
    'are on the path of %s only for the workflow’s testers, administrators and auditors',
    async (_, look) => {
      expect(childItems).toHaveLength(2);
      for (const [person, userId] of Object.entries(allowed))
        expect([person, await look(userId)]).toEqual([person, true]);
      for (const [person, userId] of Object.entries(barred))
        expect([person, await look(userId)]).toEqual([person, false]);
    },
  );

  test('do not exist for mutations of those who may not see them', async () => {
    for (const deed of draftDeeds) expect(await attempt(world, deed, olga, deleted, 'SCOPING')).toBe('NOT_FOUND');
    expect(await attempt(world, deedOf('EDIT'), ada, deleted, 'SCOPING')).toBe('INVALID_TRANSITION');
  });

  test('are left out of a history that does not ask for them, also for those who may see them', async () => {
    const { phaseVersion } = await world.get(
      ada,
      `query ($v: UUID!) { phaseVersion(versionId: $v) { history(first: 100) { nodes { isDeleted } } } }`,
      { v: child.versionId },
    );
    expect(phaseVersion.history.nodes.some(({ isDeleted }: { isDeleted: boolean }) => isDeleted)).toBe(false);
  });
});

describe('the log of the reference data', () => {
  const query =
    '{ referenceChanges(first: 100) { totalCount nodes { id workflow { id } rowChanges { nodes { table } } } } }';

  test('is for administrators and auditors', async () => {
    for (const userId of [root, aud]) {
      const { referenceChanges } = await world.get(userId, query);
      expect(referenceChanges.totalCount).toBeGreaterThan(0);
      expect(
        referenceChanges.nodes.every((node: any) => node.workflow === null && node.rowChanges.nodes.length > 0),
      ).toBe(true);
    }
    for (const userId of [ada, ben, olga, dan, eve, tess, stranger, both]) {
      const { data, errors } = await world.ask(userId, query);
      expect([data, errors?.[0]?.extensions.code]).toEqual([{ referenceChanges: null }, 'FORBIDDEN']);
    }
  });

  test('is closed to others by the ids of its commits too', async () => {
    const { referenceChanges } = await world.get(aud, query);
    const ids = referenceChanges.nodes.map(({ id }: { id: string }) => id);
    const nodes = async (userId: number) =>
      (await world.get(userId, 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids })).nodes;
    for (const userId of [root, aud]) expect(await nodes(userId)).toEqual(ids.map((id: string) => ({ id })));
    for (const userId of [ada, olga, eve, tess, stranger]) expect(await nodes(userId)).toEqual(ids.map(() => null));
  });
});

describe('the order of the phases', () => {
  const place = {
    cycleId: workflow.cycleId,
    reportId: '0194d2a0-5c00-7000-8000-0000000000e1',
    workflowId: '0194d2a0-5c00-7000-8000-0000000000e2',
  };
  const create = (phase: string, input: object = {}) =>
    mutate(world, ada, 'createVersion', 'CreateVersionInput', {
      cycleId: place.cycleId,
      reportId: place.reportId,
      phase,
      ...input,
    });
  const progress = async (userId = ada) => {
    const seen = await world.run(userId, ProgressDocument, { cycleId: place.cycleId, reportId: place.reportId });
    return seen.workflow!.phases;
  };
  const [first, second] = phases.map(({ key }) => key) as [string, string];
  const short = async () => {
    const standing = (await progress()).slice(0, 2).map((phase) => [phase.progress, phase.blockedBy, phase.canCreate]);
    return { first: standing[0], second: standing[1] };
  };

  beforeAll(async () => {
    await world.sql(
      'owner',
      `insert into reports (report_id, name, number) values ('${place.reportId}', 'Own funds', 'OF-1');
       insert into workflows (workflow_id, cycle_id, report_id, report_owner_id) values ('${place.workflowId}', '${place.cycleId}', '${place.reportId}', ${olga});
       insert into workflow_testers (workflow_id, user_id) values ('${place.workflowId}', ${ada});`,
    );
  });

  test('a workflow’s life: blocked, ready, in progress, awaiting approval, complete, and the second phase waits for the first', async () => {
    const blocked = ['BLOCKED', [first], false];
    const refused = async () => {
      const { errors } = await world.ask(
        ada,
        'mutation ($input: CreateVersionInput!) { createVersion(input: $input) { version { id } } }',
        { input: { cycleId: place.cycleId, reportId: place.reportId, phase: second } },
      );
      expect(errors?.[0]).toMatchObject({ extensions: { code: 'PREREQUISITE_MISSING', blockedBy: [first] } });
      expect((await progress())[1]!.cannotCreateReason).toBe(errors![0]!.message);
    };

    expect(await short()).toEqual({ first: ['READY', [], true], second: blocked });
    await refused();

    let plan = await create(first, { items: sampleItems(first, 1) });
    expect(await short()).toEqual({ first: ['IN_PROGRESS', [], true], second: blocked });
    plan = await transition(world, ada, 'deleteVersion', plan);
    expect(await short()).toEqual({ first: ['READY', [], true], second: blocked });
    plan = await transition(world, ada, 'undeleteVersion', plan);
    plan = await transition(world, ada, 'submitVersion', plan);
    expect(await short()).toEqual({ first: ['AWAITING_APPROVAL', [], true], second: blocked });
    await refused();
    const rejected = await transition(world, ada, 'rejectVersion', plan, 'No.');
    expect(await short()).toEqual({ first: ['READY', [], true], second: blocked });
    plan = await transition(world, ada, 'submitVersion', await transition(world, ada, 'reviseVersion', rejected));
    await transition(world, ada, 'approveVersion', plan);
    expect(await short()).toEqual({ first: ['COMPLETE', [], true], second: ['READY', [], true] });

    const submitted = await buildVersion(world, { phase: second, of: place, status: 'PENDING_APPROVAL' });
    const pending = await decideAll(world, olga, submitted, second);
    expect(await short()).toEqual({ first: ['COMPLETE', [], true], second: ['AWAITING_APPROVAL', [], true] });
    await create(second);
    expect(await short()).toMatchObject({ second: ['AWAITING_APPROVAL', [], true] });
    await transition(world, olga, 'approveVersion', pending);
    expect(await short()).toMatchObject({ second: ['IN_PROGRESS', [], true] });

    const next = await create(first);
    expect(await short()).toMatchObject({ first: ['IN_PROGRESS', [], true] });
    await transition(world, ada, 'deleteVersion', next);
    expect((await progress()).slice(0, 2).map(({ current }) => current?.versionNumber)).toEqual([2, 1]);
  });

  test('who may not start a version is told why', async () => {
    for (const phase of await progress(olga))
      expect(phase).toMatchObject({ canCreate: false, cannotCreateReason: expect.stringContaining('Tester') });
    for (const { canCreate, cannotCreateReason, blockedBy } of await progress(ada)) {
      expect(canCreate).toBe(blockedBy.length === 0);
      expect(cannotCreateReason === null).toBe(canCreate);
    }
  });

  test('labels of scoped attributes are those of the plan in force', async () => {
    const item = { ...sampleItem('SCOPING', 1), attributeId: sampleItem('PLANNING', 1).attributeId };
    const version = await create('SCOPING', { carryForward: 'NONE', items: { scopingDecisions: [item] } });
    const { phaseVersion } = await world.run(ada, VersionWithItemsDocument, { versionId: version.versionId });
    expect(phaseVersion!.items.nodes.map(({ label }) => label)).toEqual(['Attribute data 1']);
  });
});
