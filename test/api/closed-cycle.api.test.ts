/** A closed cycle: nothing begins in it, what is under way is finished, and an administrator opens it again. */
import { auditOnlyPhases, fullPhases, phaseOf } from '../../src/phases';
import type { AuditOnlyPhase } from '../../src/versioning/phase';
import {
  buildRecord,
  buildVersion,
  commandInput,
  decideAll,
  demandPhase,
  sampleItems,
  sendCommand,
  transition,
  type BuiltVersion,
} from '../support/builders';
import { answerTo, startDeeds } from '../support/deeds';
import { insertRows, logFaults, rawVersion, transaction } from '../support/log';
import { waiting } from '../support/sessions';
import { ada, aud, ben, dan, eve, olga, root, workflow, World } from '../support/world';

const { cycleId, reportId, workflowId } = workflow;
let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(async () => {
  try {
    expect(await world.session('superuser', logFaults)).toEqual([]);
  } finally {
    await world.destroy();
  }
});

const updateCycle = `mutation ($input: UpdateCycleInput!) { updateCycle(input: $input) {
  cycle { cycleStatus } changeSet { reason } } }`;

async function setStatus(cycleStatus: string, reason: string | null = 'The quarter is over.', as = root) {
  const { cycle } = await world.get(aud, 'query ($id: UUID!) { cycle(cycleId: $id) { revision } }', { id: cycleId });
  const input = { cycleId, expectedRevision: cycle.revision, cycleStatus, reason };
  return world.ask(as, updateCycle, { input });
}
const open = () => setStatus('ACTIVE', 'A late finding.');
afterEach(open);

const at = ({ versionId, revision }: BuiltVersion) => ({ versionId, expectedRevision: revision });
const refusal = async (userId: number, mutation: string, inputType: string, input: object) => {
  const { errors } = await world.ask(
    userId,
    `mutation ($input: ${inputType}!) { ${mutation}(input: $input) { version { id } } }`,
    { input },
  );
  return errors?.[0] && { code: errors[0].extensions.code, message: errors[0].message };
};
const actionsOf = async (userId: number, versionId: string): Promise<string[]> =>
  (
    await world.get(userId, 'query ($id: UUID!) { phaseVersion(versionId: $id) { availableActions } }', {
      id: versionId,
    })
  ).phaseVersion.availableActions;
const phasesFor = async (userId: number) =>
  (
    await world.get(
      userId,
      `query ($c: UUID!, $r: UUID!) { workflow(cycleId: $c, reportId: $r) {
         phases { phase canCreate cannotCreateReason } } }`,
      { c: cycleId, r: reportId },
    )
  ).workflow.phases as { phase: string; canCreate: boolean; cannotCreateReason: string | null }[];

test('what reads as closed is closed, and says so in one word', async () => {
  expect((await setStatus(' closed ')).data.updateCycle.cycle).toEqual({ cycleStatus: 'CLOSED' });
  await expect(
    world.sql('owner', `update cycles set cycle_status = 'Closed' where cycle_id = $1`, [cycleId]),
  ).rejects.toMatchObject({ code: '23514', constraint: 'cycles_closed_said' });
});

test('no draft and no record begins in any phase, and everybody is told so beforehand', async () => {
  await demandPhase(world, 'FINALIZE_TEST_REPORT', { of: workflow, preparer: ada });
  expect((await phasesFor(ada)).filter(({ canCreate }) => canCreate).length).toBeGreaterThan(7);
  await setStatus('CLOSED');
  for (const { phase, canCreate, cannotCreateReason } of await phasesFor(ada)) {
    expect([phase, canCreate]).toEqual([phase, false]);
    expect(cannotCreateReason).toMatch(/^The cycle is closed: nothing new begins in it\./);
  }
  // Who could not start anything anyway learns nothing else.
  for (const { cannotCreateReason } of await phasesFor(olga)) expect(cannotCreateReason).toMatch(/^To start /);
  for (const { key } of fullPhases)
    expect([key, (await refusal(ada, 'createVersion', 'CreateVersionInput', { cycleId, reportId, phase: key }))?.code]).toEqual(
      [key, 'CYCLE_CLOSED'],
    ); // prettier-ignore
  for (const deed of startDeeds) {
    const phase = phaseOf(deed.phase) as AuditOnlyPhase;
    const given = { cycleId, reportId, ...commandInput(phase, deed.mutation) };
    const by = phase.preparedBy.includes('TESTER') ? ada : eve;
    expect([deed.mutation, await answerTo(world, by, deed, given)]).toEqual([deed.mutation, 'CYCLE_CLOSED']);
  }
  expect(startDeeds.length).toBeGreaterThanOrEqual(auditOnlyPhases.length);
});

test('no draft is made of an older version, and data is not handed on to somebody else', async () => {
  const rejected = await buildVersion(world, { phase: 'SCOPING', status: 'REJECTED' });
  const approved = await buildVersion(world, { phase: 'SCOPING', status: 'APPROVED' });
  const owned = await buildRecord(world, { phase: 'DATA_OWNER_ID' });
  expect(await actionsOf(ada, rejected.versionId)).toEqual(expect.arrayContaining(['REVISE', 'RESTORE']));
  await setStatus('CLOSED');
  expect(await actionsOf(ada, rejected.versionId)).toEqual(['DELETE']);
  expect(await actionsOf(ada, approved.versionId)).toEqual([]);
  expect(await actionsOf(ada, owned.versionId)).toEqual(['DEACTIVATE']);
  expect((await refusal(ada, 'reviseVersion', 'VersionTransitionInput', at(rejected)))?.code).toBe('CYCLE_CLOSED');
  expect((await refusal(ada, 'restoreVersion', 'VersionTransitionInput', at(approved)))?.code).toBe('CYCLE_CLOSED');
  const transfer = { ...at(owned), toUserId: dan, reason: 'Moved.' };
  expect((await refusal(ada, 'transferDataOwner', 'TransferDataOwnerInput', transfer))?.code).toBe('CYCLE_CLOSED');
});

test('what is under way is finished', async () => {
  const draft = await buildVersion(world, { phase: 'SCOPING', items: 2 });
  const asked = await buildRecord(world, { phase: 'TEST_EXECUTION' });
  await setStatus('CLOSED');
  const edited = await world.get(
    ada,
    'mutation ($input: PutItemsInput!) { putItems(input: $input) { version { versionId revision } } }',
    { input: { ...at(draft), items: sampleItems('SCOPING', 1, 30) } },
  );
  const pending = await transition(world, ada, 'submitVersion', edited.putItems.version);
  const decided = await decideAll(world, olga, pending, 'SCOPING');
  expect((await transition(world, olga, 'approveVersion', decided)).status).toBe('APPROVED');
  const answered = await sendCommand(world, ben, phaseOf('TEST_EXECUTION') as AuditOnlyPhase, 'respondToTestAction', {
    ...at(asked),
    responseStatus: 'COMPLETED',
  });
  expect(answered.versionNumber).toBe(2);
});

test('no workflow is added to it', async () => {
  const [report] = await world.sql<{ id: string }>(
    'owner',
    `insert into reports (report_id, name, number) values (gen_random_uuid(), 'Own funds', 'OF-1') returning report_id as id`,
  );
  const created = 'mutation ($input: CreateWorkflowInput!) { createWorkflow(input: $input) { workflow { id } } }';
  const input = { cycleId, reportId: report!.id };
  await setStatus('CLOSED');
  expect(await world.codeOf(root, created, { input })).toBe('CYCLE_CLOSED');
  const raw = 'insert into workflows (workflow_id, cycle_id, report_id) values (gen_random_uuid(), $1, $2)';
  await expect(world.sql('owner', raw, [cycleId, report!.id])).rejects.toMatchObject({ code: 'PL013' });
  await open();
  expect(await world.codeOf(root, created, { input })).toBeUndefined();
});

test('an administrator opens it again, and says why', async () => {
  await setStatus('CLOSED');
  const phase = { cycleId, reportId, phase: 'PLANNING' };
  expect((await refusal(ada, 'createVersion', 'CreateVersionInput', phase))?.code).toBe('CYCLE_CLOSED');
  for (const reason of [null, ' '])
    expect((await setStatus('ACTIVE', reason)).errors?.[0]).toMatchObject({
      message: expect.stringContaining('needs a reason'),
      extensions: { code: 'BAD_USER_INPUT' },
    });
  expect((await setStatus('ACTIVE', 'I want it.', ada)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  // What is closed already may be said to be so again, without a reason.
  expect((await setStatus('CLOSED', null)).errors).toBeUndefined();
  expect((await open()).data.updateCycle).toEqual({
    cycle: { cycleStatus: 'ACTIVE' },
    changeSet: { reason: 'A late finding.' },
  });
  expect(await refusal(ada, 'createVersion', 'CreateVersionInput', phase)).toBeUndefined();
});

describe('whoever writes, and whenever', () => {
  const number = async () =>
    (
      await world.sql<{ n: number }>(
        'owner',
        `select coalesce(max(version_number), 0) + 1 as n from phase_version where stream_id = $1 and phase = 'PLANNING'`,
        [workflowId],
      )
    )[0]!.n;
  const insert = async () => {
    const row = rawVersion({ version_number: await number(), content_hash: 'x' });
    return world.session('owner', (client) => transaction(client, () => insertRows(client, 'phase_version', [row])));
  };

  test('the database begins nothing in a closed cycle', async () => {
    await demandPhase(world, 'DATA_OWNER_ID', { of: workflow, preparer: ada });
    await insert();
    await setStatus('CLOSED');
    await expect(insert()).rejects.toMatchObject({ code: 'PL013' });
  });

  test('who drafts while the cycle is closed is before it or after it', async () => {
    for (const first of ['draft', 'closing'] as const) {
      await open();
      const row = rawVersion({ version_number: await number(), content_hash: 'x' });
      const close = `update cycles set cycle_status = 'CLOSED' where cycle_id = '${cycleId}'`;
      await world.session('owner', (one) =>
        world.session('owner', async (other) => {
          const drafts = (client: typeof one) => insertRows(client, 'phase_version', [row]);
          const closes = (client: typeof one) => client.query(close);
          const [begins, follows] = first === 'draft' ? [drafts, closes] : [closes, drafts];
          await one.query('begin');
          await begins(one);
          let hasEnded = false;
          const following = Promise.resolve(follows(other)).then(
            () => 'done',
            (error: { code: string }) => error.code,
          );
          void following.then(() => (hasEnded = true));
          await waiting(world, 1);
          expect(hasEnded).toBe(false);
          await one.query('commit');
          expect([first, await following]).toEqual([first, first === 'draft' ? 'done' : 'PL013']);
        }),
      );
    }
  });

  test('of many who draft while it is closed, none does so afterwards', async () => {
    await open();
    const draft = () => refusal(ada, 'createVersion', 'CreateVersionInput', { cycleId, reportId, phase: 'PLANNING' });
    const [closing, ...answers] = await Promise.all([
      ...[...Array(6).keys()].map(draft),
      setStatus('CLOSED'),
      ...[...Array(6).keys()].map(draft),
    ]).then((all) => [all[6] as Awaited<ReturnType<typeof setStatus>>, ...all.filter((_, i) => i !== 6)] as const);
    expect(closing.errors).toBeUndefined();
    for (const answer of answers as Awaited<ReturnType<typeof draft>>[])
      expect([undefined, 'CYCLE_CLOSED', 'BUSY']).toContain(answer?.code);
    const [late] = await world.sql<{ n: number }>(
      'owner',
      `select count(*)::int as n from log.change_set w, log.change_set c where w.stream_id = $1 and w.operation = 'createVersion'
         and c.operation = 'updateCycle' and w.committed_at > c.committed_at
         and c.sequence = (select max(sequence) from log.change_set where operation = 'updateCycle')`,
      [workflowId],
    );
    expect(late!.n).toBe(0);
    expect((await draft())?.code).toBe('CYCLE_CLOSED');
  });
});
