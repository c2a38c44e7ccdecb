/** The register as lists: who and what is found, in which order, and as of when. */
import { ada, aud, ben, gone, olga, stranger, tess, World } from '../support/world';

let world: World;
const id = (n: number) => `0194d2a0-5c00-7000-8000-0000000009${String(n).padStart(2, '0')}`;
const lob = id(99);

beforeAll(async () => {
  world = await World.create();
  await world.sql(
    'owner',
    'delete from reports r where not exists (select from workflows w where w.report_id = r.report_id)',
  );
  await world.sql('owner', `insert into lobs (lob_id, name) values ($1, 'Wholesale: 50%_of \\ it')`, [lob]);
  for (const [n, name, number, owner] of [
    [1, 'zinc', 'Z-1', olga],
    [2, 'Alpha', 'Z-2', null],
    [3, 'ähre', 'Z-10', olga],
  ] as const)
    await world.sql(
      'owner',
      'insert into reports (report_id, name, number, lob_id, owner_id) values ($1, $2, $3, $4, $5)',
      [id(n), name, number, lob, owner],
    );
  for (const [n, name, start, end, status] of [
    [11, 'Spring', '2027-03-01', '2027-05-31', 'PLANNED'],
    [12, 'Open end', '2027-04-01', null, 'ACTIVE'],
    [13, 'Undated', null, null, 'PLANNED'],
    [14, 'Autumn', '2027-09-01', '2027-11-30', 'CLOSED'],
  ] as const)
    await world.sql(
      'owner',
      'insert into cycles (cycle_id, name, start_date, end_date, cycle_status) values ($1, $2, $3, $4, $5)',
      [id(n), name, start, end, status],
    );
});
afterAll(() => world.destroy());

/** What a list finds, by one of its fields. */
async function found(list: string, args: string, field: string, as = stranger): Promise<unknown[]> {
  const data = await world.get(as, `{ ${list}(${args}) { totalCount nodes { ${field} } } }`);
  const { nodes, totalCount } = data[list];
  expect(totalCount).toBe(nodes.length);
  return nodes.map((node: Record<string, unknown>) => node[field]);
}

describe('people are found', () => {
  const people = (args: string) => found('users', args, 'userId');

  test('by role: those who have one of them', async () => {
    expect(await people('filter: { roles: [TEST_EXECUTIVE, AUDITOR] }')).toEqual(
      expect.arrayContaining([tess, aud].sort((a, b) => a - b)),
    );
    expect(await people('filter: { roles: [TEST_EXECUTIVE] }')).not.toContain(aud);
    expect(await people('filter: { roles: [] }')).toEqual([]);
  });

  test('by whether they may sign in', async () => {
    expect(await people('filter: { isActive: false }')).toEqual([gone]);
    expect(await people('filter: { isActive: true }')).not.toContain(gone);
  });

  test('by a part of the name in any case, or of the number; all that is given holds', async () => {
    const { user } = await world.get(ada, `{ user(userId: ${ben}) { name } }`);
    const part = user.name.slice(1).toUpperCase();
    expect(await people(`filter: { search: ${JSON.stringify(part)} }`)).toContain(ben);
    expect(await people(`filter: { search: "${ben}" }`)).toContain(ben);
    expect(await people(`filter: { search: ${JSON.stringify(part)}, isActive: false }`)).toEqual([]);
    expect(await people('filter: { search: "" }')).toContain(ben);
  });
});

describe('reports are found', () => {
  const reports = (args: string) => found('reports', args, 'number');
  const ofLob = (more = '') => `filter: { lobId: "${lob}"${more} }`;

  test('by line of business, owner, number and text', async () => {
    expect(await reports(ofLob())).toEqual(['Z-10', 'Z-2', 'Z-1']);
    expect(await reports(ofLob(`, ownerId: ${olga}`))).toEqual(['Z-10', 'Z-1']);
    expect(await reports('filter: { number: " z-10 " }')).toEqual(['Z-10']);
    expect(await reports(ofLob(', search: "ÄHR"'))).toEqual(['Z-10']);
    expect(await found('lobs', 'filter: { search: "50%_OF \\\\" }', 'lobId')).toEqual([lob]);
    expect(await found('lobs', 'filter: { search: "5_%" }', 'lobId')).toEqual([]);
  });

  test('in the order asked for, whatever the case of their names', async () => {
    expect(await reports(`${ofLob()}, orderBy: { field: NAME, direction: ASC }`)).toEqual(['Z-2', 'Z-1', 'Z-10']);
    expect(await reports(`${ofLob()}, orderBy: { field: NUMBER, direction: DESC }`)).toEqual(['Z-2', 'Z-10', 'Z-1']);
  });
});

describe('cycles are found', () => {
  const cycles = (args: string) => found('cycles', args, 'name');

  test('by how they stand, and by a day that lies in them; what is not known is open', async () => {
    expect(await cycles('filter: { status: "planned", search: "g" }')).toEqual(['Spring']);
    const on = await cycles('filter: { on: "2027-04-15" }');
    expect(on).toEqual(expect.arrayContaining(['Spring', 'Open end', 'Undated']));
    expect(on).not.toContain('Autumn');
  });

  test('by their first or last day; those without come first', async () => {
    const ours = ['Spring', 'Open end', 'Undated', 'Autumn'];
    const ordered = async (order: string) =>
      (await cycles(`orderBy: { ${order} }`)).filter((name) => ours.includes(name as string));
    expect(await ordered('field: START_DATE, direction: ASC')).toEqual(['Undated', 'Spring', 'Open end', 'Autumn']);
    expect(await ordered('field: END_DATE, direction: DESC')).toEqual(['Autumn', 'Spring', 'Undated', 'Open end']);
  });
});

test('one of each is found by its id; there is none for an id that nothing has', async () => {
  const query = (cycle: string, report: string, lobId: string, userId: number) => `{
    cycle(cycleId: "${cycle}") { name } report(reportId: "${report}") { name lob { name } }
    lob(lobId: "${lobId}") { lobId } user(userId: ${userId}) { userId roles } }`;
  expect(await world.get(stranger, query(id(11), id(1), lob, tess))).toEqual({
    cycle: { name: 'Spring' },
    report: { name: 'zinc', lob: { name: 'Wholesale: 50%_of \\ it' } },
    lob: { lobId: lob },
    user: { userId: tess, roles: ['TEST_EXECUTIVE'] },
  });
  expect(await world.get(stranger, query(id(77), id(77), id(77), 99_999))).toEqual({
    cycle: null,
    report: null,
    lob: null,
    user: null,
  });
});

test('a cursor of one order is none of another', async () => {
  const page = (order: string, after?: string) =>
    `{ users(first: 2, orderBy: { ${order} }${after ? `, after: "${after}"` : ''}) { pageInfo { endCursor } } }`;
  const byName = 'field: NAME, direction: ASC';
  const { endCursor } = (await world.get(ada, page(byName))).users.pageInfo;
  expect((await world.get(ada, page(byName, endCursor))).users.pageInfo.endCursor).not.toBe(endCursor);
  for (const other of [
    page('field: USER_ID, direction: ASC', endCursor),
    `{ users(first: 2, after: "${endCursor}") { nodes { userId } } }`,
  ])
    expect(await world.codeOf(ada, other)).toBe('BAD_USER_INPUT');
  const forged = (text: string) => Buffer.from(text).toString('base64url');
  for (const cursor of [forged('users:1:NAME:a\0b'), forged('users:1:USER_ID:x'), forged('users:1:USER_ID:')])
    for (const order of [byName, 'field: USER_ID, direction: ASC'])
      expect(await world.codeOf(ada, page(order, cursor))).toBe('BAD_USER_INPUT');
});

test('the register is read as of an instant like everything else', async () => {
  const { reports } = await world.get(ada, `{ reports(filter: { number: "Z-1" }) { nodes { reportId } } }`);
  expect(reports.nodes).toHaveLength(1);
  const [{ now }] = (await world.sql('owner', 'select clock_timestamp() as now')) as [{ now: Date }];
  await new Promise((resolve) => setTimeout(resolve, 20));
  await world.sql('owner', `update reports set name = 'renamed' where report_id = $1`, [id(1)]);
  const read = (at: string) =>
    world.get(
      ada,
      `{ reports(filter: { number: "Z-1" }${at}) { nodes { name } } report(reportId: "${id(1)}"${at}) { name } }`,
    );
  expect(await read('')).toEqual({ reports: { nodes: [{ name: 'renamed' }] }, report: { name: 'renamed' } });
  expect(await read(`, asOf: "${now.toISOString()}"`)).toEqual({
    reports: { nodes: [{ name: 'zinc' }] },
    report: { name: 'zinc' },
  });
});

test('a list and a picker with what they point at take as many statements for much as for little', async () => {
  const asked = async (first: number) =>
    (
      await world.counted(() =>
        world.get(ada, `{ reports(first: ${first}) { totalCount nodes { name lob { name } owner { name } } } }`),
      )
    ).statements.length;
  expect(await asked(4)).toBe(await asked(1));
});
