/** The register, kept by administrators: what is changed, by whom, and what stands against it. */
import { randomUUID } from 'node:crypto';
import { registerMutations } from '../support/register';
import { ada, aud, ben, olga, root, tess, workflow, World } from '../support/world';

let world: World;
const second = 91;
beforeAll(async () => {
  world = await World.create();
  await world.sql('owner', `insert into users (user_id, name) values ($1, 'Second administrator')`, [second]);
  await world.sql('owner', `insert into user_roles (user_id, role) values ($1, 'ADMIN')`, [second]);
});
afterAll(() => world.destroy());

const selections: Record<string, string> = {
  User: 'user { userId name roles isActive revision } stillNamed { position placeId }',
  Lob: 'lob { lobId name revision }',
  Cycle: 'cycle { cycleId name startDate endDate cycleStatus revision }',
  Report: 'report { reportId name number lob { name } owner { userId } revision }',
  Workflow:
    'workflow { workflowId revision testers { userId } testLead { userId } reportOwner { userId } testExecutive { userId } }',
};
const kindOf = (mutation: string): string => mutation.replace(/^(create|update)/, '');
const inputType = (mutation: string): string => `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`;
const operation = (mutation: string): string =>
  `mutation ($input: ${inputType(mutation)}!) { ${mutation}(input: $input) { ${selections[kindOf(mutation)]}
     changeSet { sequence operation reason origin actor { userId } } } }`;

async function change(mutation: string, input: object, as = root): Promise<any> {
  const { data, errors } = await world.ask(as, operation(mutation), { input });
  expect(errors).toBeUndefined();
  return data[mutation];
}
async function refused(mutation: string, input: object, as = root): Promise<any> {
  const { errors } = await world.ask(as, operation(mutation), { input });
  return errors?.[0] && { code: errors[0].extensions.code, message: errors[0].message };
}
const commits = async (): Promise<number> =>
  (await world.get(aud, '{ referenceChanges { totalCount } }')).referenceChanges.totalCount;
const unique = () => randomUUID().slice(0, 8);

describe('an administrator', () => {
  test('adds one of each kind and changes it, each in a commit under their name with a reason', async () => {
    const lob = await change('createLob', { name: ` Markets ${unique()} `, reason: ' New business. ' });
    expect(lob.lob.name).toMatch(/^Markets \S+$/);
    expect(lob.changeSet).toMatchObject({
      operation: 'createLob',
      reason: 'New business.',
      origin: 'api',
      actor: { userId: root },
    });
    expect(lob.lob.revision).toBe(lob.changeSet.sequence);
    const { lobId, revision } = lob.lob;
    const renamed = await change('updateLob', { lobId, expectedRevision: revision, name: `Trading ${unique()}` });
    expect(renamed.lob.name).toMatch(/^Trading/);

    const cycle = await change('createCycle', { name: `Winter ${unique()}`, startDate: '2027-12-01' });
    expect(cycle.cycle).toMatchObject({ startDate: '2027-12-01', endDate: null, cycleStatus: 'PLANNED' });
    const dated = await change('updateCycle', {
      cycleId: cycle.cycle.cycleId,
      expectedRevision: cycle.cycle.revision,
      startDate: null,
      endDate: '2028-02-28',
      name: null,
    });
    expect(dated.cycle).toMatchObject({ name: cycle.cycle.name, startDate: null, endDate: '2028-02-28' });

    const report = await change('createReport', {
      name: 'Liquidity',
      number: unique(),
      lobId,
      ownerId: olga,
      reason: 'It is hers.',
    });
    expect(report.report).toMatchObject({ lob: { name: renamed.lob.name }, owner: { userId: olga } });
    const without = await change('updateReport', {
      reportId: report.report.reportId,
      expectedRevision: report.report.revision,
      ownerId: null,
      reason: 'Nobody yet.',
    });
    expect(without.report).toMatchObject({ name: 'Liquidity', owner: null, lob: { name: renamed.lob.name } });

    const made = await change('createWorkflow', {
      cycleId: cycle.cycle.cycleId,
      reportId: report.report.reportId,
      testerIds: [ada, ben],
      reportOwnerId: olga,
      reason: 'The test of the winter.',
    });
    expect(made.workflow.testers).toEqual([{ userId: ada }, { userId: ben }]);
    const assigned = await change('updateWorkflow', {
      workflowId: made.workflow.workflowId,
      expectedRevision: made.workflow.revision,
      testerIds: [ben],
      testLeadId: ben,
      testExecutiveId: tess,
      reportOwnerId: null,
      reason: 'Ada is needed elsewhere.',
    });
    expect(assigned.workflow).toMatchObject({
      testers: [{ userId: ben }],
      testLead: { userId: ben },
      testExecutive: { userId: tess },
      reportOwner: null,
    });
    // Whoever is assigned works there at once.
    expect(
      (
        await world.get(
          ben,
          `{ workflow(cycleId: "${cycle.cycle.cycleId}", reportId: "${report.report.reportId}") { workflowId } }`,
        )
      ).workflow.workflowId,
    ).toBe(made.workflow.workflowId);
  });

  test('adds people, gives and takes roles, and lets nobody in any more; what is left to name is told', async () => {
    const userId = 9_001;
    const added = await change('createUser', { userId, name: 'New Tester', roles: ['TESTER'], reason: 'Hired.' });
    expect(added.user).toMatchObject({ userId, name: 'New Tester', roles: ['TESTER'], isActive: true });
    const assigned = await change('updateWorkflow', {
      workflowId: workflow.workflowId,
      expectedRevision: (
        await world.get(
          root,
          `{ workflow(cycleId: "${workflow.cycleId}", reportId: "${workflow.reportId}") { revision } }`,
        )
      ).workflow.revision,
      testLeadId: userId,
      reason: 'Leads from now on.',
    });
    expect(assigned.workflow.testLead).toEqual({ userId });
    expect((await world.get(userId, '{ viewer { name } }')).viewer).toEqual({ name: 'New Tester' });
    const changed = await change('updateUser', {
      userId,
      expectedRevision: added.user.revision,
      roles: ['REPORT_OWNER'],
      reason: 'Moved.',
    });
    expect(changed).toMatchObject({
      user: { roles: ['REPORT_OWNER'] },
      stillNamed: [{ position: 'test lead', placeId: workflow.workflowId }],
    });
    const left = await change('updateUser', {
      userId,
      expectedRevision: changed.user.revision,
      isActive: false,
      reason: 'Left the bank.',
    });
    expect(left.user.isActive).toBe(false);
    expect(await world.codeOf(userId, '{ viewer { name } }')).toBe('UNAUTHENTICATED');
  });

  test('may name somebody or something twice: it is once', async () => {
    const input = { userId: 9_050, name: 'Twice', roles: ['TESTER', 'TESTER'], reason: 'Hired.' };
    expect((await change('createUser', input)).user.roles).toEqual(['TESTER']);
    const [cycle, report] = [
      await change('createCycle', { name: unique() }),
      await change('createReport', { name: 'X', number: unique() }),
    ];
    const { workflow: opened } = await change('createWorkflow', {
      cycleId: cycle.cycle.cycleId,
      reportId: report.report.reportId,
      testerIds: [ada, ada],
      reason: 'Twice.',
    });
    expect(opened.testers).toEqual([{ userId: ada }]);
  });

  test('makes no commit where nothing changes', async () => {
    const { lob } = await change('createLob', { name: `Same ${unique()}` });
    const before = await commits();
    const same = await change('updateLob', { lobId: lob.lobId, expectedRevision: lob.revision, name: lob.name });
    expect(same).toMatchObject({ lob, changeSet: null });
    expect(await commits()).toBe(before);
  });

  /** What each mutation takes; of what is changed, at its revision. */
  async function inputFor(mutation: string): Promise<Record<string, unknown>> {
    const reason = 'Because.';
    switch (mutation) {
      case 'createUser':
        return { userId: nextUser++, name: unique(), roles: ['TESTER'], reason };
      case 'createReport':
        return { name: unique(), number: unique() };
      case 'createWorkflow': {
        const [cycle, report] = [await made('createCycle'), await made('createReport')];
        return { cycleId: cycle.cycleId, reportId: report.reportId, testerIds: [ada], reason };
      }
      case 'updateWorkflow': {
        const { workflowId, revision } = await made('createWorkflow');
        return { workflowId, expectedRevision: revision, testerIds: [ben], reason };
      }
      case 'createLob':
      case 'createCycle':
        return { name: unique() };
      default: {
        const kind = kindOf(mutation);
        const { revision, ...it } = await made(`create${kind}`);
        const idName = `${kind.toLowerCase()}Id`;
        return { [idName]: it[idName], expectedRevision: revision, name: unique() };
      }
    }
  }
  let nextUser = 9_100;
  const made = async (mutation: string) =>
    (await change(mutation, await inputFor(mutation)))[kindOf(mutation).toLowerCase()];

  test.each(registerMutations)(
    'is answered once for one key, and refused where it comes with other input: %s',
    async (mutation) => {
      const input = { ...(await inputFor(mutation)), idempotencyKey: randomUUID() };
      const first = await change(mutation, input);
      const before = await commits();
      expect(await change(mutation, input)).toEqual(first);
      expect(await commits()).toBe(before);
      const other = { ...input, reason: 'Another reason.' };
      expect(await refused(mutation, other)).toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
      expect(await commits()).toBe(before);
    },
  );

  test('two requests with one key at once are one change', async () => {
    const input = { ...(await inputFor('createLob')), idempotencyKey: randomUUID() };
    const [one, other] = await Promise.all([change('createLob', input), change('createLob', input)]);
    expect(one).toEqual(other);
  });
});

describe('refused, without a trace, is', () => {
  test.each([ada, olga, aud])('everybody else (%i)', async (userId) => {
    const before = await commits();
    for (const [mutation, input] of [
      ['createLob', { name: unique() }],
      ['createUser', { userId: 9_200, name: 'X', roles: ['ADMIN'], reason: 'Why not.' }],
      ['updateUser', { userId, expectedRevision: 1, roles: ['ADMIN'], reason: 'Why not.' }],
      ['createCycle', { name: unique() }],
    ] as const)
      expect(await refused(mutation, input, userId)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await commits()).toBe(before);
  });

  test.each<[string, string, object, string, RegExp]>([
    ['a blank status', 'createCycle', { name: 'Blank', cycleStatus: ' ' }, 'BAD_USER_INPUT', /must not be blank/],
    ['a number that is none', 'createUser', { userId: 0, name: 'X', roles: [] }, 'BAD_USER_INPUT', /1 or more/],
    ['a blank name', 'createLob', { name: ' \t' }, 'BAD_USER_INPUT', /must not be blank/],
    [
      'a role without a reason',
      'createUser',
      { userId: 9_300, name: 'X', roles: ['TESTER'] },
      'BAD_USER_INPUT',
      /needs a reason/,
    ],
    ['a number that is taken', 'createUser', { userId: ada, name: 'X', roles: [] }, 'CONFLICT', /already/],
    [
      'people who cannot do it',
      'createReport',
      { name: 'X', number: 'n-1', ownerId: ada, reason: 'x' },
      'BAD_USER_INPUT',
      /cannot be/,
    ],
    [
      'a line of business that is not there',
      'createReport',
      { name: 'X', number: 'n-2', lobId: randomUUID() },
      'BAD_USER_INPUT',
      /does not exist/,
    ],
    [
      'a cycle that ends before it starts',
      'createCycle',
      { name: 'Back', startDate: '2027-02-01', endDate: '2027-01-01' },
      'BAD_USER_INPUT',
      /./,
    ],
    [
      'a second workflow of a report in a cycle',
      'createWorkflow',
      { cycleId: workflow.cycleId, reportId: workflow.reportId },
      'CONFLICT',
      /already/,
    ],
    [
      'what is not there',
      'updateLob',
      { lobId: randomUUID(), expectedRevision: 1, name: 'X' },
      'NOT_FOUND',
      /not found/,
    ],
  ])('%s', async (_, mutation, input, code, message) => {
    const before = await commits();
    expect(await refused(mutation, input)).toEqual({ code, message: expect.stringMatching(message) });
    expect(await commits()).toBe(before);
  });

  test('a name that is taken, by whatever case', async () => {
    const name = `Taken ${unique()}`;
    await change('createLob', { name });
    expect(await refused('createLob', { name: ` ${name.toUpperCase()}` })).toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  test('a revision that is not the latest', async () => {
    const { lob } = await change('createLob', { name: `Stale ${unique()}` });
    const input = { lobId: lob.lobId, expectedRevision: lob.revision };
    await change('updateLob', { ...input, name: `Newer ${unique()}` });
    expect(await refused('updateLob', { ...input, name: `Too late ${unique()}` })).toMatchObject({ code: 'CONFLICT' });
  });

  test('who changes their own roles, or whether they may sign in; another administrator does', async () => {
    const { user } = await world.get(root, `{ user(userId: ${second}) { revision } }`);
    const input = { userId: second, expectedRevision: user.revision, reason: 'Enough.' };
    expect(await refused('updateUser', { ...input, roles: ['ADMIN', 'TESTER'] }, second)).toMatchObject({
      code: 'FOUR_EYES',
    });
    expect(await refused('updateUser', { ...input, isActive: false }, second)).toMatchObject({ code: 'FOUR_EYES' });
    expect((await change('updateUser', { ...input, name: 'Renamed' }, second)).user.name).toBe('Renamed');
  });
});

test('two who change one at once: one does, and the other is told', async () => {
  const { lob } = await change('createLob', { name: `Both ${unique()}` });
  const answers = await Promise.all(
    [root, second].map((userId) =>
      world.ask(userId, operation('updateLob'), {
        input: { lobId: lob.lobId, expectedRevision: lob.revision, name: `By ${userId} ${unique()}` },
      }),
    ),
  );
  expect(answers.map(({ errors }) => errors?.[0]?.extensions.code ?? 'done').sort()).toEqual(['CONFLICT', 'done']);
});

test('an administrator who is let go meanwhile changes nothing any more', async () => {
  const userId = 9_400;
  await change('createUser', { userId, name: 'Third', roles: ['ADMIN'], reason: 'Holidays.' });
  const { user } = await world.get(root, `{ user(userId: ${userId}) { revision } }`);
  const [taken, tried] = await Promise.all([
    change('updateUser', { userId, expectedRevision: user.revision, roles: [], reason: 'Back again.' }),
    world.ask(userId, operation('createLob'), { input: { name: `Late ${unique()}` } }),
  ]);
  const lost = tried.errors?.[0]?.extensions.code;
  if (lost) expect(lost).toBe('FORBIDDEN');
  else expect(tried.data.createLob.changeSet.sequence).toBeLessThan(taken.changeSet.sequence);
  expect(await refused('createLob', { name: `Later ${unique()}` }, userId)).toMatchObject({ code: 'FORBIDDEN' });
});

describe('the database keeps to it by itself: as the service,', () => {
  const REFERENCE = '00000000-0000-0000-0000-000000000000';
  const inNameOf = (actor: number | null, statement: string) =>
    world.db
      .transaction(async (tx) => {
        if (actor !== null)
          await tx.query('select log.open($1, $2, $3, $4, $5)', [REFERENCE, actor, 'test', 'A reason.', 'test']);
        await tx.query(statement);
      })
      .then(
        () => 'done',
        ({ code }: { code: string }) => code,
      );
  const roleFor = (userId: number) => `insert into user_roles (user_id, role) values (${userId}, 'AUDITOR')`;

  test.each([
    ['nobody’s name is no administrator’s', null, roleFor(ada), 'FORBIDDEN'],
    ['a tester gives no roles', ada, roleFor(ben), 'FORBIDDEN'],
    ['an auditor gives no roles', aud, roleFor(ben), 'FORBIDDEN'],
    ['an administrator gives themselves none', root, roleFor(root), 'FOUR_EYES'],
    ['nor lets themselves out', root, `update users set is_active = false where user_id = ${root}`, 'FOUR_EYES'],
    [
      'a tester opens no workflow',
      ada,
      `update workflows set test_lead_id = ${ben} where workflow_id = '${workflow.workflowId}'`,
      'FORBIDDEN',
    ],
    [
      'an administrator names people',
      root,
      `update workflows set test_lead_id = ${ben} where workflow_id = '${workflow.workflowId}'`,
      'done',
    ],
  ])('%s', async (_, actor, statement, code) => {
    expect(await inNameOf(actor, statement)).toBe(code);
  });
});
