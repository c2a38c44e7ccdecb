/** The reference data from the terminal: what each command commits says what it was, why, and which login did it. */
import os from 'node:os';
import { command } from '../support/command';
import { logFaults } from '../support/log';
import { ada, olga, root, workflow, World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.destroy());

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
  ...{ operation, reason, operator: os.userInfo().username, origin: 'db:phaseledger_owner', actor: null },
});

test('every command is named in its commit, with the reason and the login of the machine, and nobody as its actor', async () => {
  expect(await admin('users', 'add', '21', 'Nora Field', '--roles', 'ADMIN', ...because)).toMatchObject({
    ...{ code: 0, out: 'Added user 21.\n' },
  });
  expect(await latest()).toEqual(by('admin users.add'));
  await admin('users', 'change', '21', '--roles', 'TESTER', '--reason', '  It was for a day.  ');
  expect(await latest()).toEqual(by('admin users.change', 'It was for a day.'));

  await admin('lobs', 'add', 'Treasury');
  expect(await latest()).toEqual(by('admin lobs.add', null));
  const cycle = new RegExp(uuid).exec((await admin('cycles', 'add', 'First quarter', '--start', '2027-01-01')).out)![0];
  expect(await latest()).toEqual(by('admin cycles.add', null));
  await admin('cycles', 'change', cycle, '--status', 'ACTIVE', ...because);
  expect(await latest()).toEqual(by('admin cycles.change'));
  const report = new RegExp(uuid).exec((await admin('reports', 'add', 'LB-1', 'Large exposures')).out)![0];
  expect(await latest()).toEqual(by('admin reports.add', null));
  expect(await admin('workflows', 'add', cycle, report, '--testers', '1,21', ...because)).toMatchObject({ code: 0 });
  expect(await latest()).toEqual(by('admin workflows.add'));
  await admin('workflows', 'change', workflow.workflowId, '--report-owner', String(olga), '--testers', '1', ...because);
  expect(await latest()).toEqual(by('admin workflows.change'));

  expect(await world.session('superuser', logFaults)).toEqual([]);
});

test('roles and assignments are not changed without a reason, and nothing is written then', async () => {
  const before = await sequence();
  for (const args of [
    ['users', 'add', '22', 'Nils', '--roles', 'TESTER'],
    ['users', 'change', String(ada), '--roles', 'TESTER,ADMIN'],
    ['users', 'change', String(ada), '--active', 'no', '--reason', ' '],
    ['reports', 'change', workflow.reportId, '--owner', String(olga)],
    ['workflows', 'change', workflow.workflowId, '--testers', '1'],
  ]) {
    const { code, err } = await admin(...args);
    expect([args, code, err]).toEqual([args, 1, expect.stringMatching(/needs a reason.*--reason/)]);
  }
  expect(await sequence()).toBe(before);
});

test('a command that changes nothing says so, and commits nothing', async () => {
  const before = await sequence();
  expect(await admin('users', 'change', String(ada), '--active', 'yes', ...because)).toMatchObject({
    ...{ code: 0, out: 'It is so already; nothing was changed.\n' },
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
  for (const name of ['users', 'lobs', 'cycles', 'reports', 'workflows']) {
    const { out } = await admin(name, 'list');
    expect(Math.max(...out.split('\n').map((line) => [...line].length))).toBeLessThanOrEqual(100);
    const json = JSON.parse((await admin(name, 'list', '--json')).out) as object[];
    expect(json.length).toBeGreaterThan(0);
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
  for (const [args, message] of [
    [['users', 'add', '23', '  ', '--roles', 'TESTER', ...because], /The name of a person must not be blank/],
    [['users', 'change', String(ada), '--name', '\u200b'], /must not be blank/],
    [['reports', 'add', 'cc-1 ', 'Another'], /The number CC-1 is taken \(by .*\)/],
    [['reports', 'add', '\u00a0', 'Another'], /The number must not be blank/],
    [['lobs', 'add', 'consumer cards'], /The name Consumer Cards is taken/],
    [['cycles', 'add', 'FOURTH  QUARTER'], /The name Fourth quarter is taken/],
    [['cycles', 'add', 'Backwards', '--start', '2027-02-01', '--end', '2027-01-31'], /A cycle ends after it starts/],
    [['cycles', 'change', workflow.cycleId, '--end', '2020-01-01'], /A cycle ends after it starts/],
  ] as [string[], RegExp][]) {
    const { code, err } = await admin(...args);
    expect([args, code, err]).toEqual([args, 1, expect.stringMatching(message)]);
    expect(err.trim().split('\n')).toHaveLength(1);
  }
  expect(await sequence()).toBe(before);
  expect(await admin('reports', 'change', workflow.reportId, '--number', ' cc-1')).toMatchObject({ code: 0 });
  const listed = JSON.parse((await admin('reports', 'list', '--json')).out) as { number: string }[];
  expect(listed.map(({ number }) => number)).toContain('cc-1');
});
