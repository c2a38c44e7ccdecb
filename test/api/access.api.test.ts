/**
 * Who may do what, and who may see what. What is expected is written down here once more, apart from the rules the server
 * applies; every mutation is really tried, so an offer that the server would not keep is found.
 */
import { auditOnlyPhases, fullPhases, phases } from '../../src/phases';
import { ProgressDocument, StandingDocument, VersionWithItemsDocument } from '../generated/graphql';
import {
  buildRecord,
  buildVersion,
  decideAll,
  itemKeys,
  mutate,
  sampleContent,
  sampleItem,
  sampleItems,
  transition,
  type BuiltVersion,
} from '../support/builders';
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

const people = { ada, ben, olga, dan, eve, tess, root, aud, stranger, both, nobody: null };
type Person = keyof typeof people;
type Place = typeof workflow;

const actions = [
  'EDIT',
  'SUBMIT',
  'WITHDRAW',
  'APPROVE',
  'REJECT',
  'DECIDE_ITEMS',
  'REVISE',
  'DELETE',
  'UNDELETE',
] as const;
type Action = (typeof actions)[number];

const states = [
  'DRAFT',
  'EMPTY_DRAFT',
  'UNDECIDED',
  'DECIDED',
  'APPROVED',
  'SUPERSEDED',
  'REJECTED',
  'DELETED_DRAFT',
  'DELETED_REJECTED',
  'STALE',
] as const;
type State = (typeof states)[number];

// ── bringing a version into a state ─────────────────────────────────────────────────────────────────────────────────

interface Cast {
  readonly phase: string;
  readonly place: Place;
  readonly preparer: number;
  readonly approver: number;
}

async function bring(state: State, { phase, place, preparer, approver }: Cast): Promise<BuiltVersion> {
  const build = (status: 'DRAFT' | 'PENDING_APPROVAL' | 'APPROVED' | 'REJECTED', items = 2) =>
    buildVersion(world, { phase, status, preparer, approver, of: place, items });
  switch (state) {
    case 'DRAFT':
      return build('DRAFT');
    case 'EMPTY_DRAFT':
      return build('DRAFT', 0);
    case 'UNDECIDED': {
      if (phase !== 'PLANNING') return build('PENDING_APPROVAL');
      const empty = await build('DRAFT', 0);
      const item = { ...sampleItem(phase, 1), decisionType: null };
      const filled = await mutate(world, preparer, 'putItems', 'PutItemsInput', {
        versionId: empty.versionId,
        expectedRevision: empty.revision,
        items: { attributeDecisions: [item] },
      });
      return transition(world, preparer, 'submitVersion', filled);
    }
    case 'DECIDED':
      return decideAll(world, approver, await build('PENDING_APPROVAL'), phase);
    case 'APPROVED':
      return build('APPROVED');
    case 'SUPERSEDED': {
      const version = await build('APPROVED');
      await build('APPROVED');
      return again(version);
    }
    case 'REJECTED':
      return build('REJECTED');
    case 'DELETED_DRAFT':
      return transition(world, preparer, 'deleteVersion', await build('DRAFT'));
    case 'DELETED_REJECTED':
      return transition(world, preparer, 'deleteVersion', await build('REJECTED'));
    case 'STALE': {
      const version = await decideAll(world, approver, await build('PENDING_APPROVAL'), phase);
      await build('APPROVED');
      return version;
    }
  }
}

async function again({ versionId }: BuiltVersion): Promise<BuiltVersion> {
  const { phaseVersion } = await world.run(aud, VersionWithItemsDocument, { versionId });
  return phaseVersion as unknown as BuiltVersion;
}

async function attempt(action: Action, userId: number | null, version: BuiltVersion, phase: string): Promise<string> {
  const versionInput = { versionId: version.versionId, expectedRevision: version.revision };
  const [itemKey = '00000000-0000-4000-8000-000000000000'] =
    action === 'DECIDE_ITEMS' ? await itemKeys(world, version.versionId) : [];
  const [mutation, type, input] = {
    EDIT: ['putItems', 'PutItemsInput', { items: sampleItems(phase, 1, 70) }],
    SUBMIT: ['submitVersion', 'VersionTransitionInput', {}],
    WITHDRAW: ['withdrawVersion', 'VersionTransitionInput', {}],
    APPROVE: ['approveVersion', 'VersionTransitionInput', {}],
    REJECT: ['rejectVersion', 'VersionTransitionInput', { reason: 'No.' }],
    DECIDE_ITEMS: ['decideItems', 'DecideItemsInput', { decisions: [{ itemKey, status: 'APPROVED' }] }],
    REVISE: ['reviseVersion', 'VersionTransitionInput', {}],
    DELETE: ['deleteVersion', 'VersionTransitionInput', {}],
    UNDELETE: ['undeleteVersion', 'VersionTransitionInput', {}],
  }[action] as [string, string, object];
  const query = `mutation ($input: ${type}!) { ${mutation}(input: $input) { version { status } } }`;
  return (await world.codeOf(userId, query, { input: { ...versionInput, ...input } })) ?? 'accepted';
}

// ── what is expected ────────────────────────────────────────────────────────────────────────────────────────────────

const preparing: readonly Action[] = ['EDIT', 'SUBMIT', 'WITHDRAW', 'REVISE', 'DELETE', 'UNDELETE'];
const pendingStates: readonly State[] = ['UNDECIDED', 'DECIDED', 'STALE'];
const possible: Record<Action, readonly State[]> = {
  EDIT: ['DRAFT', 'EMPTY_DRAFT'],
  SUBMIT: ['DRAFT'],
  WITHDRAW: pendingStates,
  APPROVE: ['DECIDED'],
  REJECT: pendingStates,
  DECIDE_ITEMS: pendingStates,
  REVISE: ['REJECTED'],
  DELETE: ['DRAFT', 'EMPTY_DRAFT', 'REJECTED'],
  UNDELETE: ['DELETED_DRAFT', 'DELETED_REJECTED'],
};

interface Stands {
  readonly sees: boolean;
  readonly seesDeleted: boolean;
  readonly prepares: boolean;
  readonly approves: boolean;
  /** Whether the person edited and submitted the versions of the test. */
  readonly own: boolean;
}

function expected(action: Action, state: State, phase: string, person: Person, stands: Stands): string {
  if (person === 'nobody') return 'UNAUTHENTICATED';
  if (!stands.sees || (state.startsWith('DELETED') && !stands.seesDeleted)) return 'NOT_FOUND';
  if (!(preparing.includes(action) ? stands.prepares : stands.approves)) return 'FORBIDDEN';
  if (action === 'DECIDE_ITEMS' && phase === 'PLANNING') return 'BAD_USER_INPUT';
  const isPending = pendingStates.includes(state);
  if (['APPROVE', 'REJECT', 'DECIDE_ITEMS'].includes(action) && isPending && phase !== 'PLANNING' && stands.own)
    return 'FOUR_EYES';
  if (action === 'APPROVE' && state === 'UNDECIDED') return 'ITEMS_UNDECIDED';
  if (action === 'APPROVE' && state === 'STALE') return 'STALE_BASE';
  return possible[action].includes(state) ? 'accepted' : 'INVALID_TRANSITION';
}

const nothing: Stands = { sees: false, seesDeleted: false, prepares: false, approves: false, own: false };
const tester = { ...nothing, sees: true, seesDeleted: true, prepares: true };
const onlooker = { ...nothing, sees: true };

const casts: [title: string, cast: Cast, stands: Record<Person, Stands>][] = [
  [
    'Planning, which testers attest themselves',
    { phase: 'PLANNING', place: workflow, preparer: ada, approver: ada },
    {
      ada: { ...tester, approves: true, own: true },
      ben: { ...tester, approves: true },
      olga: onlooker,
      dan: nothing,
      eve: onlooker,
      tess: onlooker,
      root: { ...onlooker, seesDeleted: true },
      aud: { ...onlooker, seesDeleted: true },
      stranger: nothing,
      both: nothing,
      nobody: nothing,
    },
  ],
  [
    'Scoping, prepared by a tester and decided by the report owner',
    { phase: 'SCOPING', place: workflow, preparer: ada, approver: olga },
    {
      ada: { ...tester, own: true },
      ben: tester,
      olga: { ...onlooker, approves: true },
      dan: nothing,
      eve: onlooker,
      tess: onlooker,
      root: { ...onlooker, seesDeleted: true },
      aud: { ...onlooker, seesDeleted: true },
      stranger: nothing,
      both: nothing,
      nobody: nothing,
    },
  ],
  [
    'Scoping of another workflow, decided by somebody who is tester and report owner there',
    { phase: 'SCOPING', place: otherWorkflow, preparer: ben, approver: both },
    {
      ada: nothing,
      ben: { ...tester, own: true },
      olga: nothing,
      dan: nothing,
      eve: onlooker,
      tess: onlooker,
      root: { ...onlooker, seesDeleted: true },
      aud: { ...onlooker, seesDeleted: true },
      stranger: nothing,
      both: { ...tester, approves: true },
      nobody: nothing,
    },
  ],
];

describe.each(casts)('%s', (_, cast, stands) => {
  test.each(states)(
    'what is offered for a version that is %s is what the mutations accept, for everybody',
    async (state) => {
      const everybody = (Object.keys(people) as Person[]).map((person) => ({
        person,
        userId: people[person],
        isVisible: stands[person].sees && (!state.startsWith('DELETED') || stands[person].seesDeleted),
        wanted: Object.fromEntries(
          actions.map((action) => [action, expected(action, state, cast.phase, person, stands[person])]),
        ) as Record<Action, string>,
      }));
      const version = await bring(state, cast);

      for (const { person, userId, isVisible, wanted } of everybody) {
        if (userId === null) continue;
        const { phaseVersion: seen } = await world.run(userId, StandingDocument, { versionId: version.versionId });
        const offered = actions.filter((action) => wanted[action] === 'accepted');
        expect([person, seen && [...seen.availableActions].sort()]).toEqual([
          person,
          isVisible ? [...offered].sort() : null,
        ]);
        if (!seen) continue;
        const met = seen.approvalRequirements.every(
          ({ status }) => status === 'SATISFIED' || status === 'NOT_APPLICABLE',
        );
        expect([person, met]).toEqual([person, wanted.APPROVE === 'accepted']);
        for (const { explanation } of seen.approvalRequirements) expect(explanation).toMatch(/^[A-Z0-9].*\.$/);
        expect(seen.approvalRequirements.map(({ code }) => code).sort()).toEqual([
          'BASE_IS_CURRENT',
          'FOUR_EYES',
          'ITEMS_DECIDED',
          'PREREQUISITES',
          'ROLE',
          'SIGN_OFFS',
          'SUBMITTED',
        ]);
      }

      // A refusal leaves nothing behind, so all of them are tried on the one version; what is accepted gets a fresh one each.
      const found = new Map<string, Record<string, unknown>>(everybody.map(({ person }) => [person, {}]));
      await Promise.all(
        everybody.map(async ({ person, userId, wanted }) => {
          for (const action of actions)
            if (wanted[action] !== 'accepted')
              found.get(person)![action] = await attempt(action, userId, version, cast.phase);
        }),
      );
      expect(await again(version)).toMatchObject({ revision: version.revision, status: version.status });
      for (const { person, userId, wanted } of everybody)
        for (const action of actions)
          if (wanted[action] === 'accepted')
            found.get(person)![action] = await attempt(action, userId, await bring(state, cast), cast.phase);
      for (const { person, wanted } of everybody) expect([person, found.get(person)]).toEqual([person, wanted]);
    },
  );
});

describe('four eyes', () => {
  const cast = { phase: 'SCOPING', place: otherWorkflow, preparer: ben, approver: both };
  const refusals = async (version: BuiltVersion) => [
    await attempt('DECIDE_ITEMS', both, version, 'SCOPING'),
    await attempt('APPROVE', both, version, 'SCOPING'),
    await attempt('REJECT', both, version, 'SCOPING'),
  ];
  const fourEyes = ['FOUR_EYES', 'FOUR_EYES', 'FOUR_EYES'];
  const requirement = async (version: BuiltVersion, userId: number) =>
    (
      await world.run(userId, StandingDocument, { versionId: version.versionId })
    ).phaseVersion!.approvalRequirements.find(({ code }) => code === 'FOUR_EYES');

  test('who prepared and submitted a version may not decide on it, even with the approver’s role', async () => {
    const version = await bring('UNDECIDED', { ...cast, preparer: both });
    expect(await refusals(version)).toEqual(fourEyes);
    expect(await requirement(version, both)).toMatchObject({ status: 'UNSATISFIED', satisfiableBy: ['REPORT_OWNER'] });
    expect(
      (await world.run(both, StandingDocument, { versionId: version.versionId })).phaseVersion!.availableActions,
    ).toEqual(['WITHDRAW']);
  });

  test('who only submitted what another prepared may not decide on it', async () => {
    const submitted = await transition(world, both, 'submitVersion', await bring('DRAFT', cast));
    expect(await refusals(submitted)).toEqual(fourEyes);
  });

  test.each([
    ['put an item', 'putItems', 'PutItemsInput', { items: sampleItems('SCOPING', 1, 40) }],
    ['changed the content', 'updateVersion', 'UpdateVersionInput', { content: sampleContent('SCOPING', 9) }],
  ])('who %s in what another started and submitted may not decide on it', async (_, mutation, type, input) => {
    const draft = await bring('DRAFT', cast);
    const edited = await mutate(world, both, mutation, type, {
      versionId: draft.versionId,
      expectedRevision: draft.revision,
      ...input,
    });
    expect(await refusals(await transition(world, ben, 'submitVersion', edited))).toEqual(fourEyes);
  });

  test('who removed an item from what another started and submitted may not decide on it', async () => {
    const draft = await bring('DRAFT', cast);
    const { phaseVersion } = await world.run(ben, VersionWithItemsDocument, { versionId: draft.versionId });
    const edited = await mutate(world, both, 'removeItems', 'RemoveItemsInput', {
      versionId: draft.versionId,
      expectedRevision: draft.revision,
      itemKeys: [phaseVersion!.items.nodes[0]!.itemKey],
    });
    expect(await refusals(await transition(world, ben, 'submitVersion', edited))).toEqual(fourEyes);
  });

  test('who wrote a rejected version may not decide on what is made of it', async () => {
    const own = await transition(world, both, 'submitVersion', await bring('DRAFT', { ...cast, preparer: both }));
    // Only the report owner decides here, so somebody else has to be it for a moment.
    await world.sql('owner', `update workflows set report_owner_id = ${olga} where workflow_id = $1`, [
      otherWorkflow.workflowId,
    ]);
    const rejected = await transition(world, olga, 'rejectVersion', own, 'Not yet.');
    await world.sql('owner', `update workflows set report_owner_id = ${both} where workflow_id = $1`, [
      otherWorkflow.workflowId,
    ]);
    const revised = await transition(world, ben, 'reviseVersion', rejected);
    expect(await refusals(await transition(world, ben, 'submitVersion', revised))).toEqual(fourEyes);
  });

  test('somebody else may decide on what another prepared and submitted', async () => {
    const version = await bring('DECIDED', cast);
    expect(await requirement(version, both)).toMatchObject({ status: 'SATISFIED' });
    expect(await attempt('APPROVE', both, version, 'SCOPING')).toBe('accepted');
  });
});

describe('roles and assignments', () => {
  test('a role without the assignment, and the assignment without the role, are not enough', async () => {
    const version = await bring('DECIDED', casts[1]![1]);
    await world.sql('owner', `delete from user_roles where user_id = ${olga} and role = 'REPORT_OWNER'`);
    expect(await attempt('APPROVE', olga, version, 'SCOPING')).toBe('FORBIDDEN');
    await world.sql('owner', `insert into user_roles (user_id, role) values (${olga}, 'REPORT_OWNER')`);
    await world.sql('owner', `update workflows set report_owner_id = null where workflow_id = $1`, [
      workflow.workflowId,
    ]);
    expect(await attempt('APPROVE', olga, version, 'SCOPING')).toBe('NOT_FOUND');
    await world.sql('owner', `update workflows set report_owner_id = ${olga} where workflow_id = $1`, [
      workflow.workflowId,
    ]);
    expect(await attempt('APPROVE', olga, version, 'SCOPING')).toBe('accepted');
  });

  test.each(['ADMIN', 'AUDITOR'])('a tester who is also %s reads, and no longer acts', async (role) => {
    const version = await bring('DRAFT', casts[1]![1]);
    await world.sql('owner', `insert into user_roles (user_id, role) values (${ada}, '${role}')`);
    try {
      expect(
        (await world.run(ada, StandingDocument, { versionId: version.versionId })).phaseVersion!.availableActions,
      ).toEqual([]);
      for (const action of preparing) expect(await attempt(action, ada, version, 'SCOPING')).toBe('FORBIDDEN');
    } finally {
      await world.sql('owner', `delete from user_roles where user_id = ${ada} and role = '${role}'`);
    }
  });

  test('creating takes the preparer’s role and assignment', async () => {
    const create = (userId: number | null, place: Place) =>
      world.codeOf(
        userId,
        'mutation ($input: CreateVersionInput!) { createVersion(input: $input) { version { versionId } } }',
        {
          input: { cycleId: place.cycleId, reportId: place.reportId, phase: 'DATA_PROFILING' },
        },
      );
    const answers = await Promise.all(
      Object.entries(people).map(async ([person, userId]) => [
        person,
        await create(userId, workflow),
        await create(userId, otherWorkflow),
      ]),
    );
    expect(answers).toEqual([
      ['ada', undefined, 'NOT_FOUND'],
      ['ben', undefined, undefined],
      ['olga', 'FORBIDDEN', 'NOT_FOUND'],
      ['dan', 'NOT_FOUND', 'NOT_FOUND'],
      ['eve', 'FORBIDDEN', 'FORBIDDEN'],
      ['tess', 'FORBIDDEN', 'FORBIDDEN'],
      ['root', 'FORBIDDEN', 'FORBIDDEN'],
      ['aud', 'FORBIDDEN', 'FORBIDDEN'],
      ['stranger', 'NOT_FOUND', 'NOT_FOUND'],
      ['both', 'NOT_FOUND', undefined],
      ['nobody', 'UNAUTHENTICATED', 'UNAUTHENTICATED'],
    ]);
  });
});

describe('what does not exist for others', () => {
  const everything = `query ($c: UUID!, $r: UUID!) { workflow(cycleId: $c, reportId: $r) { id
    changes(first: 5) { nodes { id } }
    phases { history(first: 3) { nodes { id versionId items(first: 2) { nodes { id } } } } } } }`;
  let version: BuiltVersion;
  let ids: string[];
  beforeAll(async () => {
    version = await bring('DECIDED', casts[1]![1]);
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
        ...['ChangeSet', 'Workflow'],
        ...phases.map(({ version: { type } }) => type),
        ...fullPhases.map(({ item: { type } }) => type),
      ].sort(),
    );
  });

  test.each(['stranger', 'dan', 'both'] as const)(
    'the workflow and all that is in it do not exist for %s',
    async (person) => {
      const userId = people[person];
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
      for (const action of actions) expect(await attempt(action, userId, version, 'SCOPING')).toBe('NOT_FOUND');
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
    const cast = casts[1]![1];
    const pending = await bring('UNDECIDED', cast);
    const decided = await decideAll(world, olga, pending, 'SCOPING');
    const rejected = await transition(world, olga, 'rejectVersion', decided, 'Once more.');
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
    for (const action of actions) expect(await attempt(action, olga, deleted, 'SCOPING')).toBe('NOT_FOUND');
    expect(await attempt('EDIT', ada, deleted, 'SCOPING')).toBe('INVALID_TRANSITION');
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
      expect([data ?? null, errors?.[0]?.extensions.code]).toEqual([null, 'FORBIDDEN']);
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
  const cast = (phase: string): Cast => ({ phase, place, preparer: ada, approver: phase === 'PLANNING' ? ada : olga });
  const create = (phase: string, input: object = {}) =>
    mutate(world, ada, 'createVersion', 'CreateVersionInput', {
      ...{ cycleId: place.cycleId, reportId: place.reportId },
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

    const pending = await bring('DECIDED', cast(second));
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
