/** The reference data from the terminal: what each command commits says what it was, why, and which login did it. */
import os from 'node:os';
import { openReferenceData, type ReferenceData } from '../../src/database/register/reference-data';
import { messageOf } from '../../src/database/register/reference-refusals';
import type { ReferenceWrites } from '../../src/database/register/reference-writes';
import { command } from '../support/command';
import { logFaults } from '../support/log';
import { ada, olga, root, workflow, World } from '../support/world';

let world: World;
let reference: ReferenceData;
beforeAll(async () => {
  world = await World.create();
  reference = openReferenceData(world.database.ownerUrl);
});
afterAll(async () => {
  await reference.close();
  await world.destroy();
});

type Write = (data: ReferenceWrites) => Promise<unknown>;
/** What a command says that is refused; a test for each of them would start as many processes. */
const refusal = (write: Write, reason: string | null = 'Ticket 4711'): Promise<string> =>
  reference.commit({ operation: 'test', reason }, write).then(() => 'done', messageOf);

const admin = (...args: string[]) =>
  command('admin', args, {
    DATABASE_URL: world.database.serviceUrl,
    DATABASE_OWNER_URL: world.database.ownerUrl,
  });
const because = ['--reason', 'Ticket 4711'];
const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

interface Named {
  readonly operation: string;
  readonly reason: string | null;
  readonly operator: string | null;
  readonly origin: string;
  readonly actor: unknown;
}
const latest = async (): Promise<Named> =>
  (
    await world.get(
      root,
      '{ referenceChanges(first: 1) { nodes { operation reason operator origin actor { userId } } } }',
    )
  ).referenceChanges.nodes[0] as Named;
const sequence = async (): Promise<number> =>
  (await world.get(root, '{ referenceChanges(first: 1) { nodes { sequence } } }')).referenceChanges.nodes[0].sequence;
const by = (operation: string, reason: string | null = 'Ticket 4711'): Named => ({
  operation,
  reason,
  operator: os.userInfo().username,
  origin: 'db:phaseledger_owner',
  actor: null,
});

test('a command is named in its commit, with the reason and the login of the machine, and nobody as its actor', async () => {
  expect(await admin('users', 'add', '21', 'Nora Field', '--roles', 'ADMIN', ...because)).toMatchObject({
    code: 0,
    out: 'Added user 21.\n',
  });
  expect(await latest()).toEqual(by('admin users.add'));
  await admin('users', 'change', '21', '--roles', 'TESTER', '--reason', '  It was for a day.  ');
  expect(await latest()).toEqual(by('admin users.change', 'It was for a day.'));
  const cycle = new RegExp(uuid).exec((await admin('cycles', 'add', 'First quarter', '--start', '2027-01-01')).out)![0];
  expect(await latest()).toEqual(by('admin cycles.add', null));
  const report = new RegExp(uuid).exec((await admin('reports', 'add', 'LB-1', 'Large exposures')).out)![0];
  expect(await admin('workflows', 'add', cycle, report, '--testers', '1,21', ...because)).toMatchObject({ code: 0 });
  expect(await latest()).toEqual(by('admin workflows.add'));
  await admin('workflows', 'change', workflow.workflowId, '--report-owner', String(olga), '--testers', '1', ...because);
  expect(await latest()).toEqual(by('admin workflows.change'));
  expect(await world.session('superuser', logFaults)).toEqual([]);
});

test('roles and assignments are not changed without a reason, and nothing is written then', async () => {
  const before = await sequence();
  const { code, err } = await admin('users', 'add', '22', 'Nils', '--roles', 'TESTER');
  expect([code, err]).toEqual([1, 'Giving somebody a role needs a reason, which is recorded with it: --reason "…".\n']);
  for (const write of [
    (data) => data.changeUser(ada, { roles: ['TESTER', 'ADMIN'] }),
    (data) => data.changeUser(ada, { isActive: false }),
    (data) => data.changeReport(workflow.reportId, { ownerId: olga }),
    (data) => data.addReport({ name: 'R', number: 'R-1', ownerId: olga }),
    (data) => data.changeWorkflow(workflow.workflowId, { testerIds: [ada] }),
  ] as Write[])
    for (const reason of [null, ' ', '\u200b'])
      expect(await refusal(write, reason)).toMatch(/needs a reason.*--reason/);
  expect(await sequence()).toBe(before);
});

test('a command that changes nothing says so, and commits nothing', async () => {
  const before = await sequence();
  expect(await admin('users', 'change', String(ada), '--active', 'yes', ...because)).toMatchObject({
    code: 0,
    out: 'Nothing to change: it is so already.\n',
  });
  expect(await sequence()).toBe(before);
});

test('a write by other means is SQL, without an operator; one through the API has none either', async () => {
  await world.sql('owner', `update users set name = 'Ada L.' where user_id = ${ada}`);
  expect(await latest()).toEqual({ ...by('SQL', null), operator: null });
  const named = await world.session('service', async (client) => {
    await client.query('begin');
    await client.query(`set local phaseledger.operator = 'somebody'`);
    await client.query(`select log.open($1, $2, 'submitVersion', null, null)`, [workflow.workflowId, ada]);
    const { rows } = await client.query('select operator from log.stream where stream_id = $1', [workflow.workflowId]);
    await client.query('rollback');
    return rows;
  });
  expect(named).toEqual([{ operator: null }]);
});

test('what is read back is verified, and an operator who is added, changed or taken away is found', async () => {
  const broken = async (): Promise<number | null> =>
    (await world.get(root, '{ verifyReferenceLog { firstBrokenSequence } }')).verifyReferenceLog.firstBrokenSequence;
  expect(await broken()).toBeNull();
  const forge = (operator: string, where: string) =>
    world.session('superuser', async (client) => {
      await client.query('alter table log.change_set disable trigger refuse_change');
      const { rows } = await client.query<{ sequence: number }>(
        `update log.change_set set operator = ${operator} where stream_id = '00000000-0000-0000-0000-000000000000'
           and sequence = (select max(sequence) from log.change_set where ${where}) returning sequence`,
      );
      await client.query('alter table log.change_set enable always trigger refuse_change');
      return rows[0]!.sequence;
    });
  const login = os.userInfo().username;
  const ofAdmin = `operation = 'admin workflows.change'`;
  for (const [forged, where, honest] of [
    [`'somebody'`, `operation = 'SQL'`, 'null'],
    [`'somebody'`, ofAdmin, `'${login}'`],
    ['null', ofAdmin, `'${login}'`],
  ] as const) {
    const sequence = await forge(forged, where);
    expect([forged, await broken()]).toEqual([forged, sequence]);
    await forge(honest, where);
    expect(await broken()).toBeNull();
  }
});

test('every list can be had as JSON, and as a table that fits a terminal', async () => {
  await world.sql('owner', `update users set name = repeat('Very long name ', 20) where user_id = ${ada}`);
  for (const name of ['users', 'workflows']) {
    const { out } = await admin(name, 'list');
    expect(Math.max(...out.split('\n').map((line) => [...line].length))).toBeLessThanOrEqual(100);
  }
  const listed = JSON.parse((await admin('workflows', 'list', '--json')).out) as Record<string, unknown>[];
  const { testers, reportOwner } = listed.find(({ workflowId }) => workflowId === workflow.workflowId)!;
  expect(testers).toEqual([{ userId: ada, name: expect.stringContaining('Very long name') as string }]);
  expect(reportOwner).toEqual({ userId: olga, name: 'Olga Petrenko' });
  const status = await command('migrate', ['status', '--json'], {
    DATABASE_URL: world.database.serviceUrl,
    DATABASE_OWNER_URL: world.database.ownerUrl,
  });
  expect(JSON.parse(status.out)).toMatchObject({ pending: [], failed: [], edited: [], unknown: [] });
});

test('what looks like something that is there already is refused, and so is what is called nothing', async () => {
  const before = await sequence();
  const { code, err } = await admin('reports', 'add', 'cc-1 ', 'Another');
  expect([code, err]).toEqual([1, expect.stringMatching(/^The number CC-1 is taken \(by .*\)\. .*\n$/)]);
  for (const [write, message] of [
    [
      (data) => data.addUser({ userId: 23, name: '  ', roles: ['TESTER'] }),
      /^The name of a person must not be blank\.$/,
    ],
    [(data) => data.changeUser(ada, { name: '\u200b' }), /must not be blank/],
    [(data) => data.addReport({ number: '\u00a0', name: 'Another' }), /The number must not be blank/],
    [(data) => data.addLob({ name: 'consumer cards' }), /The name Consumer Cards is taken/],
    [(data) => data.addCycle({ name: 'FOURTH  QUARTER' }), /The name Fourth quarter is taken/],
    [
      (data) => data.addCycle({ name: 'Backwards', startDate: '2027-02-01', endDate: '2027-01-31' }),
      /^A cycle ends after it starts/,
    ],
    [(data) => data.changeCycle(workflow.cycleId, { endDate: '2020-01-01' }), /^A cycle ends after it starts/],
  ] as [Write, RegExp][])
    expect(await refusal(write)).toMatch(message);
  expect(await sequence()).toBe(before);
  await reference.commit({ operation: 'test' }, (data) => data.changeReport(workflow.reportId, { number: ' cc-1' }));
  expect((await reference.reports()).map(({ number }) => number)).toContain('cc-1');
});

test('people are named for what they can do, and the refusal says what they lack', async () => {
  const before = await sequence();
  const { workflowId, reportId } = workflow;
  for (const [write, message] of [
    [
      (data) => data.changeWorkflow(workflowId, { testerIds: [ada, olga] }),
      /^User 3 cannot be the tester\. Olga Petrenko is not a Tester\.$/,
    ],
    [(data) => data.changeWorkflow(workflowId, { testExecutiveId: 2 }), /Ben Okafor is not a Test Executive\.$/],
    [(data) => data.changeWorkflow(workflowId, { reportOwnerId: 11 }), /Gil Gone is not active\.$/],
    [(data) => data.changeWorkflow(workflowId, { testLeadId: 4711 }), /Nobody here has that number\.$/],
    [(data) => data.changeReport(reportId, { ownerId: 4 }), /^User 4 cannot be the report owner/],
  ] as [Write, RegExp][])
    expect(await refusal(write)).toMatch(message);
  expect(await sequence()).toBe(before);
});

test('whoever loses a role, or may not sign in any more, stays named: the answer says for what', async () => {
  const taken = await admin('users', 'change', String(olga), '--roles', 'DATA_OWNER', ...because);
  expect(taken.out.split('\n')).toEqual([
    'Changed user 3.',
    'They stay named for positions that they can no longer hold. Name somebody else:',
    expect.stringMatching(/^ {2}report owner of \S+ .* \(in the register\) \(.*\)$/),
    `  report owner of cc-1 Credit cards · Fourth quarter (${workflow.workflowId})`,
    '',
  ]);
  const back = await admin('users', 'change', String(olga), '--roles', 'REPORT_OWNER', ...because);
  expect(back.out).toBe('Changed user 3.\n');
  const left = await reference.commit({ operation: 'test', reason: 'Left.' }, (data) =>
    data.changeUser(6, { isActive: false }),
  );
  expect(left).toEqual([
    { position: 'TEST_EXECUTIVE', place: 'cc-1 Credit cards · Fourth quarter', placeId: workflow.workflowId },
  ]);
});
