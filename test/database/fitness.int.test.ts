/** Whoever is named for something can do it, whatever role writes the name; an import names people as they were. */
import { randomUUID } from 'node:crypto';
import { positions, unfitness, type Position } from '../../src/versioning/fitness';
import { userRoles } from '../../src/versioning/model';
import { buildVersion, demandPhase } from '../support/builders';
import { insertRows, transaction } from '../support/log';
import { ada, ben, dan, eve, gone, olga, root, stranger, tess, workflow, World } from '../support/world';

const { workflowId } = workflow;
let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.destroy());

/** Tries something as the owner, in a transaction that is undone: what the database says to it. */
const tried = (sql: string, before = ''): Promise<string> =>
  world.session('owner', async (client) => {
    await client.query('begin');
    try {
      await client.query(before);
      await client.query(sql);
      return 'done';
    } catch (error) {
      return (error as { code: string }).code;
    } finally {
      await client.query('rollback');
    }
  });

const naming: readonly [string, Position, (userId: number) => string][] = [
  [
    'a tester',
    'TESTER',
    (id) =>
      `insert into workflow_testers (workflow_id, user_id) values ('${workflowId}', ${id}) on conflict do nothing`,
  ],
  ['a test lead', 'TEST_LEAD', (id) => `update workflows set test_lead_id = ${id} where workflow_id = '${workflowId}'`],
  [
    'a report owner',
    'REPORT_OWNER',
    (id) => `update workflows set report_owner_id = ${id} where workflow_id = '${workflowId}'`,
  ],
  [
    'a test executive',
    'TEST_EXECUTIVE',
    (id) => `update workflows set test_executive_id = ${id} where workflow_id = '${workflowId}'`,
  ],
  ['an owner in the register', 'REPORT_OWNER', (id) => `update reports set owner_id = ${id}`],
];

test.each(naming)('%s is somebody active with the role, as the one rule says', async (_, position, name) => {
  const people = await world.sql<{
    userId: number;
    name: string;
    isActive: boolean;
    roles: (typeof userRoles)[number][];
  }>(
    'owner',
    `select user_id as "userId", name, is_active as "isActive",
       array(select role::text from user_roles r where r.user_id = u.user_id) as roles from users u`,
  );
  expect(people.length).toBeGreaterThan(8);
  for (const person of people) {
    const isFit = unfitness(person, positions[position].takes) === null;
    // Who is named already stays so: what changes nothing names nobody.
    const nobody = `delete from workflow_testers where user_id = ${person.userId};
      update workflows set test_lead_id = null, report_owner_id = null, test_executive_id = null; update reports set owner_id = null`;
    expect([person.name, await tried(name(person.userId), nobody)]).toEqual([person.name, isFit ? 'done' : 'PL011']);
  }
});

test('who acts nowhere is not named, whatever other roles they have', async () => {
  const [[, , tester]] = naming as [(typeof naming)[0]];
  for (const role of ['ADMIN', 'AUDITOR'])
    expect(
      await tried(tester(stranger), `insert into user_roles (user_id, role) values (${stranger}, '${role}')`),
    ).toBe('PL011');
});

test('a new workflow and a new report name nobody unfit either', async () => {
  const cycle = randomUUID();
  const made = (column: string, id: number) =>
    tried(
      `insert into workflows (workflow_id, cycle_id, report_id, ${column}) values (gen_random_uuid(), '${cycle}', '${workflow.reportId}', ${id})`,
      `insert into cycles (cycle_id, name) values ('${cycle}', 'Another')`,
    );
  expect([await made('report_owner_id', ada), await made('report_owner_id', olga)]).toEqual(['PL011', 'done']);
  expect([await made('test_executive_id', ben), await made('test_executive_id', tess)]).toEqual(['PL011', 'done']);
  expect([await made('test_lead_id', olga), await made('test_lead_id', ben)]).toEqual(['PL011', 'done']);
  const report = (id: number) =>
    tried(`insert into reports (report_id, name, number, owner_id) values (gen_random_uuid(), 'R', 'R-1', ${id})`);
  expect([await report(dan), await report(olga)]).toEqual(['PL011', 'done']);
});

test('data is assigned, and a signature delegated, to somebody who is fit, also past the service', async () => {
  await demandPhase(world, 'DATA_OWNER_ID', { of: workflow, preparer: ada });
  const input = (dataOwnerId: number) => ({
    input: { cycleId: workflow.cycleId, reportId: workflow.reportId, dataOwnerId, assignmentType: 'BACKUP' },
  });
  const assign =
    'mutation ($input: AssignDataOwnerInput!) { assignDataOwner(input: $input) { version { versionId } } }';
  for (const unfit of [ada, ben, olga, tess, root, gone, 4711]) {
    const { errors } = await world.ask(eve, assign, input(unfit));
    expect([unfit, errors?.[0]]).toEqual([
      unfit,
      expect.objectContaining({
        message: expect.stringContaining(`dataOwnerId ${unfit} cannot be named here`),
        extensions: expect.objectContaining({ code: 'BAD_USER_INPUT', argument: 'dataOwnerId' }),
      }),
    ]);
  }
  for (const fit of [dan, eve]) await world.get(eve, assign, input(fit));

  const [{ version_id: one }] = await world.sql(
    'owner',
    `select version_id from data_owner_assignments where data_owner_id = ${dan}`,
  );
  const copy = (owner: number, status: string) => `insert into data_owner_assignments
    select (jsonb_populate_record(d, jsonb_build_object('version_id', gen_random_uuid(), 'data_owner_id', ${owner}, 'assignment_status', '${status}'))).*
    from data_owner_assignments d where version_id = '${one}'`;
  // The trigger is asked before the keys, which this row does not have.
  expect(await tried(copy(tess, 'ACTIVE'))).toBe('PL011');
  expect(await tried(copy(tess, 'INACTIVE'))).not.toBe('PL011');
  expect(await tried(copy(dan, 'ACTIVE'))).not.toBe('PL011');

  const report = await buildVersion(world, { phase: 'FINALIZE_TEST_REPORT', carryForward: 'NONE', preparer: ada });
  const delegation = (role: string, to: number) => `insert into test_report_signoffs
    (sign_off_id, stream_id, version_id, sign_off_role, sign_off_user_id, sign_off_status, sign_off_date, delegated_from_id, delegation_reason, delegated_from_name)
    values (gen_random_uuid(), '${workflowId}', '${report.versionId}', '${role}', ${to}, 'PENDING', now(), ${role === 'test_lead' ? ben : role === 'report_owner' ? olga : tess}, 'On leave.', 'X')`;
  for (const role of ['test_lead', 'report_owner', 'test_executive'])
    expect([role, await tried(delegation(role, dan))]).toEqual([role, 'PL011']);
  expect(await tried(delegation('test_lead', stranger))).toBe('done');
});

test('a request is addressed to another who can answer it, also past the service', async () => {
  await demandPhase(world, 'TEST_EXECUTION', { of: workflow, preparer: ada });
  const copy = (addressee: number, answered = '') => `insert into test_execution_audit
    select (jsonb_populate_record(t, jsonb_build_object('version_id', gen_random_uuid(), 'addressee_id', ${addressee}${answered}))).*
    from test_execution_audit t where requested_by_id = ${ada} limit 1`;
  const answered = `, 'responded_at', t.requested_at, 'responded_by_id', ${ben}, 'response_status', 'COMPLETED'`;
  // The trigger is asked before the keys, which this row does not have.
  for (const unfit of [olga, eve, root, gone]) expect(await tried(copy(unfit))).toBe('PL011');
  expect(await tried(copy(olga, answered))).not.toBe('PL011');
  for (const fit of [ben, dan, stranger]) expect(await tried(copy(fit))).not.toBe('PL011');
  expect(await tried(copy(ada))).toBe('23514');
});

test('what was, an import brings as it was; and nobody stays fit for ever', async () => {
  await world.session('owner', (client) =>
    transaction(client, async () => {
      await client.query(
        `select log.open_import('00000000-0000-0000-0000-000000000000', null, 'import', 'As it was.', null)`,
      );
      await insertRows(client, 'workflow_testers', [
        { workflow_id: workflowId, user_id: dan, stream_id: '00000000-0000-0000-0000-000000000000' },
      ]);
    }),
  );
  // To take a role away is nobody's to refuse.
  expect(
    await tried(
      `delete from user_roles where user_id = ${olga}; update users set is_active = false where user_id = ${tess}`,
    ),
  ).toBe('done');
});
