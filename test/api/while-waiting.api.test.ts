/**
 * Who may act is asked when they act: under the stream's lock, in every mutation. Whoever loses their role, their assignment or
 * their place in the bank while a mutation of theirs waits for the lock does nothing any more.
 */
import { randomUUID } from 'node:crypto';
import { auditOnlyPhases, phaseOf } from '../../src/phases';
import type { AuditOnlyPhase } from '../../src/versioning/phase';
import {
  buildRecord,
  buildVersion,
  commandInput,
  decideAll,
  demandPhase,
  sampleItems,
  type BuiltVersion,
} from '../support/builders';
import { attempt, draftDeeds, recordDeeds, signatureDeeds, type Deed } from '../support/deeds';
import { written } from '../support/refusals';
import { foreign, waiting } from '../support/sessions';
import { ada, olga, stranger, tess, workflow, World } from '../support/world';
import { lastCommit } from '../past/support';

const FINAL = 'FINALIZE_TEST_REPORT';

let world: World;
beforeAll(async () => {
  world = await World.create();
  await demandPhase(world, FINAL, { of: workflow, preparer: ada });
});
/** Everybody is again what they were. */
const restore = () =>
  world.sql(
    'owner',
    `update users set is_active = true where not is_active and user_id < 9;
     insert into user_roles (user_id, role) values (${ada}, 'TESTER') on conflict do nothing;
     delete from user_roles where role in ('ADMIN', 'AUDITOR') and user_id < 7;
     insert into workflow_testers (workflow_id, user_id) values ('${workflow.workflowId}', ${ada}) on conflict do nothing`,
  );
afterEach(restore);
afterAll(() => world.destroy());

/** Somebody holds the workflow's stream; what waits for it meanwhile is answered after `change` was committed. */
async function whileItWaits<T>(change: () => Promise<unknown>, act: () => Promise<T>): Promise<T> {
  return foreign(world, async (client) => {
    await client.query('begin');
    await client.query('select from log.stream where stream_id = $1 for update', [workflow.workflowId]);
    const acting = act();
    await waiting(world, 1);
    await change();
    await client.query('commit');
    return acting;
  });
}
const sql = (statement: string) => () => world.sql('owner', statement);

const losing: readonly [string, string, (userId: number) => string][] = [
  ['is deactivated', 'UNAUTHENTICATED', (id) => `update users set is_active = false where user_id = ${id}`],
  ['becomes an administrator', 'FORBIDDEN', (id) => `insert into user_roles (user_id, role) values (${id}, 'ADMIN')`],
];
/** What only Ada can lose without losing her view of the workflow altogether, or with it. */
const adasLoss: typeof losing = [
  ...losing,
  ['loses the role', 'FORBIDDEN', (id) => `delete from user_roles where user_id = ${id}`],
  ['is taken off the workflow', 'NOT_FOUND', (id) => `delete from workflow_testers where user_id = ${id}`],
];

const codeOf = (userId: number, mutation: string, inputType: string, input: object): Promise<string | undefined> =>
  world.codeOf(userId, `mutation ($input: ${inputType}!) { ${mutation}(input: $input) { changeSet { id } } }`, {
    input,
  });
const creating = { cycleId: workflow.cycleId, reportId: workflow.reportId, phase: 'PLANNING', carryForward: 'NONE' };

test('what somebody has found before is not there once they see it no more, and who never saw it does not wait for its writers', async () => {
  const { versionId, revision } = await buildVersion(world, { phase: 'PLANNING' });
  const update = (userId: number, expectedRevision: number) =>
    codeOf(userId, 'putItems', 'PutItemsInput', {
      versionId,
      expectedRevision,
      items: sampleItems('PLANNING', 1, 1000 + expectedRevision),
    });
  expect(await update(ada, revision)).toBeUndefined();
  await world.sql('owner', `delete from workflow_testers where user_id = ${ada}`);
  expect(await update(ada, revision + 1)).toBe('NOT_FOUND');
  const told = await foreign(world, async (client) => {
    await client.query('begin');
    await client.query('select from log.stream where stream_id = $1 for update', [workflow.workflowId]);
    const code = await update(stranger, revision + 1);
    await client.query('rollback');
    return code;
  });
  expect(told).toBe('NOT_FOUND');
});

test('who has left is told that and nothing else, also where a mutation that is known reads who asks under its lock', async () => {
  const create = (input: object) =>
    world.ask(ada, 'mutation ($input: CreateVersionInput!) { createVersion(input: $input) { version { status } } }', {
      input,
    });
  expect((await create(creating)).data.createVersion.version.status).toBe('DRAFT');
  await world.sql('owner', `update users set is_active = false where user_id = ${ada}`);
  const before = await written(world);
  for (const input of [creating, { ...creating, phase: 'NONE_SUCH' }, { ...creating, reportId: randomUUID() }]) {
    const { status, headers, ...told } = await create(input);
    expect(status).toBe(401);
    expect(headers.get('x-operation-cost')).toBeNull();
    expect(told.data).toBeUndefined();
    expect(told.errors).toHaveLength(1);
    expect(told.errors![0]).toMatchObject({ extensions: { code: 'UNAUTHENTICATED' } });
    expect(told.errors![0]).not.toHaveProperty('path');
  }
  expect(await written(world)).toEqual(before);
  await restore();
  expect((await create({ ...creating, phase: 'NONE_SUCH' })).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
});

describe.each(adasLoss)('a tester who %s while the mutation waits is refused with %s', (_, code, loss) => {
  const waits = (act: () => Promise<unknown>) => whileItWaits(sql(loss(ada)), act);

  test('starting a version', async () => {
    const before = await written(world);
    const { commits } = before[0] as { commits: number };
    expect(await waits(() => codeOf(ada, 'createVersion', 'CreateVersionInput', creating))).toBe(code);
    expect((await written(world))[0]).toMatchObject({ commits: commits + 1 }); // the loss itself
  });

  const editing = draftDeeds.filter(({ action }) => ['EDIT', 'SUBMIT', 'DELETE'].includes(action));
  test.each(editing.map((deed) => [deed.mutation, deed] as const))('%s', async (__, deed) => {
    const version = await buildVersion(world, { phase: 'PLANNING' });
    const [itemKey] = await keysOf(version);
    expect(await waits(() => attempt(world, deed, ada, version, 'PLANNING', itemKey))).toBe(code);
  });

  test('trying a merge', async () => {
    const version = await buildVersion(world, { phase: 'SCOPING' });
    await buildVersion(world, { phase: 'SCOPING', status: 'APPROVED' });
    const trying = () =>
      world.codeOf(ada, 'mutation ($i: RebaseVersionInput!) { rebaseVersion(input: $i) { conflicts { path } } }', {
        i: { versionId: version.versionId, expectedRevision: version.revision, dryRun: true },
      });
    expect(await waits(trying)).toBe(code);
  });

  test('repeating a request that was answered before', async () => {
    const input = { ...creating, idempotencyKey: randomUUID() };
    expect(await codeOf(ada, 'createVersion', 'CreateVersionInput', input)).toBeUndefined();
    // Nothing is done a second time, so a role is not asked for: the answer is the first one.
    const answer = code === 'FORBIDDEN' ? undefined : code;
    expect(await waits(() => codeOf(ada, 'createVersion', 'CreateVersionInput', input))).toBe(answer);
  });

  test('recording', async () => {
    for (const phase of auditOnlyPhases) {
      const starting = Object.keys(phase.commands).find((name) => !phase.commands[name]!.action)!;
      const { inputType } = phase.commands[starting]!;
      const input = { cycleId: workflow.cycleId, reportId: workflow.reportId, ...commandInput(phase, starting) };
      expect(await waits(() => codeOf(ada, starting, inputType, input))).toBe(code);
      await restore();
    }
  });

  test('changing a record', async () => {
    const phase = phaseOf('DATA_OWNER_ID') as AuditOnlyPhase;
    const record = await buildRecord(world, { phase: phase.key });
    const deed: Deed = recordDeeds.find(({ mutation }) => mutation === 'deactivateDataOwner')!;
    expect(await waits(() => attempt(world, deed, ada, record, phase.key))).toBe(code);
  });
});

describe.each(losing)('whoever %s while a decision of theirs waits is refused with %s', (_, code, loss) => {
  const deciding = draftDeeds.filter(({ action }) => ['APPROVE', 'REJECT', 'DECIDE_ITEMS'].includes(action));
  test.each(deciding.map((deed) => [deed.mutation, deed] as const))('%s', async (__, deed) => {
    const pending = await buildVersion(world, { phase: 'SCOPING', status: 'PENDING_APPROVAL' });
    const version = await decideAll(world, olga, pending, 'SCOPING');
    const [itemKey] = await keysOf(version);
    expect(await whileItWaits(sql(loss(olga)), () => attempt(world, deed, olga, version, 'SCOPING', itemKey))).toBe(
      code,
    );
    expect(await statusOf(version)).toBe('PENDING_APPROVAL');
  });

  const signing = signatureDeeds.filter(({ role }) => role === 'test_executive');
  test.each(signing.map((deed) => [deed.mutation, deed] as const))('%s', async (__, deed) => {
    const version = await buildVersion(world, { phase: FINAL, status: 'PENDING_APPROVAL' });
    expect(await whileItWaits(sql(loss(tess)), () => attempt(world, deed, tess, version, FINAL))).toBe(code);
  });

  test('keeping figures', async () => {
    const refreshing = () =>
      world.codeOf(tess, 'mutation ($c: UUID!, $r: UUID!) { refreshMetrics(cycleId: $c, reportId: $r) }', {
        c: workflow.cycleId,
        r: workflow.reportId,
      });
    expect(await whileItWaits(sql(loss(tess)), refreshing)).toBe(code);
  });
});

test('an approval waits for a change of the reference data that is being made, and is decided by it', async () => {
  const pending = await buildVersion(world, { phase: 'SCOPING', status: 'PENDING_APPROVAL' });
  const version = await decideAll(world, olga, pending, 'SCOPING');
  const approving = draftDeeds.find(({ action }) => action === 'APPROVE')!;
  const answer = await foreign(world, async (client) => {
    await client.query('begin');
    await client.query('update users set is_active = false where user_id = $1', [olga]);
    const acting = attempt(world, approving, olga, version, 'SCOPING');
    await waiting(world, 1);
    await client.query('commit');
    return acting;
  });
  expect(answer).toBe('UNAUTHENTICATED');
});

test('a change of the reference data waits for mutations that are being made, and is later than they are', async () => {
  await world.session('service', async (client) => {
    await client.query('begin');
    await client.query('select log.open($1, $2, $3, null, null)', [workflow.workflowId, olga, 'approveVersion']);
    const deactivating = world.sql('owner', 'update users set is_active = false where user_id = $1', [olga]);
    await waiting(world, 1);
    await client.query(
      `insert into phase_version (version_id, stream_id, master_record_id, cycle_id, report_id, phase, versioning_type, version_number,
         status, created_at, created_by, approval_required)
       select gen_random_uuid(), stream_id, master_record_id, cycle_id, report_id, phase, versioning_type, 1000, 'DRAFT', now(), $2, true
       from phase_version where stream_id = $1 and phase = 'PLANNING' limit 1`,
      [workflow.workflowId, olga],
    );
    await client.query('commit');
    await deactivating;
  });
  const reference = await lastCommit(world, '00000000-0000-0000-0000-000000000000');
  expect(Date.parse(reference)).toBeGreaterThan(Date.parse(await lastCommit(world, workflow.workflowId)));
});

test('whoever waits for a stream keeps nobody from changing the reference data', async () => {
  const version = await buildVersion(world, { phase: 'PLANNING' });
  const editing = draftDeeds.find(({ mutation }) => mutation === 'putItems')!;
  // The change is made while the mutation still waits: it would wait for ever if it waited for that.
  const rename = sql(`update lobs set name = name || '!'`);
  expect(await whileItWaits(rename, () => attempt(world, editing, ada, version, 'PLANNING'))).toBe('accepted');
});

const keysOf = async ({ versionId }: BuiltVersion): Promise<string[]> =>
  (
    await world.sql(
      'owner',
      `select item_key from attribute_decisions where version_id = $1 union all select item_key from scoping_decisions where version_id = $1`,
      [versionId],
    )
  ).map(({ item_key }) => item_key);
const statusOf = async ({ versionId }: BuiltVersion): Promise<string> =>
  (await world.sql('owner', 'select status from phase_version where version_id = $1', [versionId]))[0].status;
