/** What refuses, takes away or overrides somebody's work says why, and the words are kept; the database demands them as well. */
import { fullPhases } from '../../src/phases';
import { buildRecord, buildVersion, itemKeys, mutate, transition, type BuiltVersion } from '../support/builders';
import { refusalOf } from '../support/refusals';
import { ada, aud, ben, olga, tess, workflow, World } from '../support/world';
import { approverOf } from '../support/builders';

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.destroy());

const at = ({ versionId, revision }: BuiltVersion) => ({ versionId, expectedRevision: revision });
const mutation = (name: string, type: string) =>
  `mutation ($input: ${type}!) { ${name}(input: $input) { version { revision } changeSet { reason } } }`;
/** Nothing that anybody could read. */
const silences = [undefined, null, '', '  ', '\n\t', '\u200b', ' \u00ad\u2060\ufeff '];

/** Each of these needs a reason: the mutation, its input without one, and where the reason may stand. */
interface Deed {
  readonly by: number;
  readonly mutation: string;
  readonly type: string;
  readonly input: object;
  /** The input with a reason in each of the places where one will do. */
  readonly explained: readonly ((reason: unknown) => object)[];
  readonly argument: string;
}
const inReason = (reason: unknown) => ({ reason });

const deciding = (phase: string, status: string) => async (): Promise<Deed> => {
  const version = await buildVersion(world, { phase, status: 'PENDING_APPROVAL', items: 1 });
  const [itemKey] = await itemKeys(world, version.versionId);
  const decided = (notes?: unknown) => ({ decisions: [{ itemKey, status, ...(notes !== undefined && { notes }) }] });
  return {
    by: approverOf(phase),
    mutation: 'decideItems',
    type: 'DecideItemsInput',
    argument: 'notes',
    input: { ...at(version), ...decided() },
    explained: [(notes) => decided(notes), inReason],
  };
};
const reviewing = (status: string) => async (): Promise<Deed> => ({
  by: ben,
  mutation: 'reviewDocument',
  type: 'ReviewDocumentInput',
  argument: 'notes',
  input: { ...at(await buildRecord(world, { phase: 'REQUEST_INFO', by: ada })), status },
  explained: [(notes) => ({ notes }), inReason],
});
const transitioning =
  (by: number, name: string, status: 'DRAFT' | 'PENDING_APPROVAL' | 'REJECTED') => async (): Promise<Deed> => ({
    by,
    mutation: name,
    type: 'VersionTransitionInput',
    argument: 'reason',
    input: at(await buildVersion(world, { phase: 'SCOPING', status })),
    explained: [inReason],
  });

const byDecisions = fullPhases.filter(({ item }) => item.reviewed === 'BY_DECISIONS');
const canSendBack = byDecisions.filter(({ item }) =>
  Object.values(item.fields).some((field) => field.source === 'decision' && field.enumeration?.words.MODIFIED),
);
const deeds: readonly [string, () => Promise<Deed>][] = [
  ...byDecisions.map(({ key, title }) => [`rejecting an item of ${title}`, deciding(key, 'REJECTED')] as const),
  ...canSendBack.map(({ key, title }) => [`sending back an item of ${title}`, deciding(key, 'MODIFIED')] as const),
  ['rejecting a document', reviewing('REJECTED')],
  ['asking for a document’s revision', reviewing('REVISION_REQUESTED')],
  ['rejecting a version', transitioning(olga, 'rejectVersion', 'PENDING_APPROVAL')],
  ['deleting a draft', transitioning(ada, 'deleteVersion', 'DRAFT')],
  ['deleting a rejected version', transitioning(ada, 'deleteVersion', 'REJECTED')],
  [
    'waiving a signature',
    async () => ({
      by: tess,
      mutation: 'updateVersion',
      type: 'UpdateVersionInput',
      argument: 'reason',
      input: {
        ...at(await buildVersion(world, { phase: 'FINALIZE_TEST_REPORT' })),
        content: { finalizeTestReport: { requiresExecutiveApproval: false } },
      },
      explained: [inReason],
    }),
  ],
].map(([title, prepare]) => [title, prepare] as [string, () => Promise<Deed>]);

test.each(deeds)('%s needs a reason', async (_, prepare) => {
  const first = await prepare();
  for (const silence of silences) {
    const input = { ...first.input, ...(silence !== undefined && { reason: silence }) };
    expect(await refusalOf(world, first.by, mutation(first.mutation, first.type), input)).toMatchObject({
      code: 'BAD_USER_INPUT',
      argument: first.argument,
      message: expect.stringMatching(/\bsay\b.*`(reason|notes)`/i),
    });
  }
  for (let i = 0; i < first.explained.length; i++) {
    const { by, mutation: name, type, input, explained } = i === 0 ? first : await prepare();
    const answer = await world.get(by, mutation(name, type), { input: { ...input, ...explained[i]!('Not so.') } });
    expect(answer[name].version.revision).toBeGreaterThan(0);
  }
});

test('the reason of a whole request stands for the items that have none of their own', async () => {
  const version = await buildVersion(world, { phase: 'SCOPING', status: 'PENDING_APPROVAL', items: 3 });
  const [first, second, third] = await itemKeys(world, version.versionId);
  await mutate(world, olga, 'decideItems', 'DecideItemsInput', {
    ...at(version),
    reason: 'Not in this cycle.',
    decisions: [
      { itemKey: first, status: 'REJECTED' },
      { itemKey: second, status: 'REJECTED', notes: 'Closed in May.' },
      { itemKey: third, status: 'APPROVED' },
    ],
  });
  const { phaseVersion } = await world.get(
    aud,
    'query ($id: UUID!) { phaseVersion(versionId: $id) { items(first: 3) { nodes { decision { notes } } } } }',
    { id: version.versionId },
  );
  expect(phaseVersion.items.nodes.map(({ decision }: { decision: { notes: string } }) => decision.notes)).toEqual([
    'Not in this cycle.',
    'Closed in May.',
    null,
  ]);
});

test('no reason is asked for by what refuses nobody', async () => {
  const version = await buildVersion(world, { phase: 'SCOPING', status: 'PENDING_APPROVAL', items: 1 });
  const [itemKey] = await itemKeys(world, version.versionId);
  const approved = await mutate(world, olga, 'decideItems', 'DecideItemsInput', {
    ...at(version),
    decisions: [{ itemKey, status: 'APPROVED' }],
  });
  const undecided = await mutate(world, olga, 'decideItems', 'DecideItemsInput', {
    ...at(approved),
    decisions: [{ itemKey, status: 'PENDING' }],
  });
  const draft = await transition(world, ada, 'withdrawVersion', undecided);
  const deleted = await transition(world, ada, 'deleteVersion', draft, 'Not needed.');
  expect(await transition(world, ada, 'undeleteVersion', deleted)).toMatchObject({ status: 'DRAFT' });
});

describe('the database refuses the service what is not explained', () => {
  const asService = (actor: number, reason: string | null, sql: string, parameters: unknown[]) =>
    world.session('service', async (client) => {
      await client.query('begin');
      await client.query('select log.open($1, $2, $3, $4, null)', [workflow.workflowId, actor, 'test', reason]);
      try {
        return (await client.query(sql, parameters)).rowCount;
      } finally {
        await client.query('rollback');
      }
    });
  const cases: readonly [string, number, () => Promise<BuiltVersion>, string][] = [
    [
      'a deletion',
      ada,
      () => buildVersion(world, { phase: 'SCOPING' }),
      'update phase_version set is_deleted = true, deleted_at = now(), deleted_by = 1 where version_id = $1',
    ],
    [
      'a rejected item',
      olga,
      () => buildVersion(world, { phase: 'SCOPING', status: 'PENDING_APPROVAL' }),
      `insert into item_decision (decision_id, stream_id, version_id, item_key, item_hash, status, decided_by, decided_at)
       select gen_random_uuid(), stream_id, version_id, item_key, item_hash, 'REJECTED', ${olga}, now() from scoping_decisions where version_id = $1`,
    ],
    [
      'a waiver',
      tess,
      () => buildVersion(world, { phase: 'FINALIZE_TEST_REPORT' }),
      'update test_report_versions set requires_executive_approval = false where version_id = $1',
    ],
  ];
  test.each(cases)('%s', async (_, actor, prepare, sql) => {
    const { versionId } = await prepare();
    await expect(asService(actor, null, sql, [versionId])).rejects.toMatchObject({ code: 'PL004' });
    await expect(asService(actor, ' ', sql, [versionId])).rejects.toMatchObject({ code: 'PL004' });
    expect(await asService(actor, 'It is a duplicate.', sql, [versionId])).toBeGreaterThan(0);
  });
});
