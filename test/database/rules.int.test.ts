/**
 * Who edited a version, and what content a decision was made on: both are kept by the database, so that four eyes and
 * approvals hold for what is really there and not for what somebody says is there.
 */
import { itemHash } from '../../src/versioning/content';
import { fullPhaseOf } from '../../src/phases';
import {
  buildVersion,
  decideAll,
  itemKeys,
  mutate,
  sampleContent,
  sampleItem,
  transition,
  type BuiltVersion,
} from '../support/builders';
import { insertRows, logFaults, rawScoping, recording, transaction } from '../support/log';
import { ada, ben, olga, World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await World.create();
  await buildVersion(world, { phase: 'SCOPING', status: 'APPROVED' });
});
afterAll(async () => {
  expect(await world.session('superuser', logFaults)).toEqual([]);
  await world.destroy();
});

const editors = async ({ versionId }: { versionId: string }) =>
  (
    await world.sql<{ user_id: number }>(
      'owner',
      'select user_id from version_editor where version_id = $1 order by 1',
      [versionId],
    )
  ).map(({ user_id }) => user_id);

const put = (version: BuiltVersion, as: number, items: Record<string, unknown>[]) =>
  mutate(world, as, 'putItems', 'PutItemsInput', {
    versionId: version.versionId,
    expectedRevision: version.revision,
    items: { scopingDecisions: items },
  });

interface StoredItem {
  readonly item_id: string;
  readonly item_key: string;
  readonly item_hash: string;
  readonly carried_decision_id: string | null;
  readonly [column: string]: unknown;
}
const items = ({ versionId }: { versionId: string }) =>
  world.sql<StoredItem>('owner', 'select * from scoping_decisions where version_id = $1 order by item_key', [
    versionId,
  ]);

const answer = async ({ versionId }: { versionId: string }) =>
  (
    await world.get(
      olga,
      `query ($id: UUID!) { phaseVersion(versionId: $id) { contentHash status items(first: 100) { nodes { itemKey reviewStatus } } } }`,
      { id: versionId },
    )
  ).phaseVersion as {
    contentHash: string;
    items: { nodes: { itemKey: string; reviewStatus: string }[] };
  };

/** The hash that the content of a stored item really has. */
const trueHash = (row: StoredItem) =>
  itemHash(fullPhaseOf('SCOPING').item.fields, {
    attributeId: row.attribute_id,
    isInScope: row.is_in_scope,
    scopingRationale: row.scoping_rationale,
    riskRating: row.risk_rating,
    recommendationType: row.recommendation_type,
  });

const createFrom = (parent: BuiltVersion | null, carryForward: string, as = ben) =>
  mutate(world, as, 'createVersion', 'CreateVersionInput', {
    cycleId: '0194d2a0-5c00-7000-8000-000000000001',
    reportId: '0194d2a0-5c00-7000-8000-000000000002',
    phase: 'SCOPING',
    carryForward,
    parentVersionId: parent?.versionId,
  });

describe('who writes to a version is recorded as its editor:', () => {
  test('whoever puts items, changes them, removes them or changes its content', async () => {
    const version = await buildVersion(world, { phase: 'SCOPING', preparer: ada });
    expect(await editors(version)).toEqual([ada]);
    let next = await put(version, ben, [sampleItem('SCOPING', 50)]);
    expect(await editors(next)).toEqual([ada, ben]);

    const mine = await buildVersion(world, { phase: 'SCOPING', preparer: ada });
    const [key] = await itemKeys(world, mine.versionId);
    next = await mutate(world, ben, 'removeItems', 'RemoveItemsInput', {
      versionId: mine.versionId,
      expectedRevision: mine.revision,
      itemKeys: [key],
    });
    expect(await editors(next)).toEqual([ada, ben]);

    const content = await buildVersion(world, { phase: 'SCOPING', preparer: ada });
    next = await mutate(world, ben, 'updateVersion', 'UpdateVersionInput', {
      versionId: content.versionId,
      expectedRevision: content.revision,
      content: sampleContent('SCOPING', 7),
    });
    expect(await editors(next)).toEqual([ada, ben]);
  });

  test('not who only submits, withdraws, deletes, decides or approves', async () => {
    let version = await buildVersion(world, { phase: 'SCOPING', preparer: ada });
    version = await transition(world, ben, 'deleteVersion', version);
    version = await transition(world, ben, 'undeleteVersion', version);
    version = await transition(world, ben, 'submitVersion', version);
    version = await transition(world, ben, 'withdrawVersion', version);
    version = await transition(world, ben, 'submitVersion', version);
    version = await decideAll(world, olga, version, 'SCOPING');
    await transition(world, olga, 'rejectVersion', version, 'no');
    expect(await editors(version)).toEqual([ada]);
  });

  test('no refused or undone write makes an editor', async () => {
    const version = await buildVersion(world, { phase: 'SCOPING', preparer: ada });
    await expect(put({ ...version, revision: 99 }, ben, [sampleItem('SCOPING', 51)])).rejects.toThrow('CONFLICT');
    expect(await editors(version)).toEqual([ada]);
  });

  test('a write by hand has no editor, because nobody can say who it was', async () => {
    const version = await buildVersion(world, { phase: 'SCOPING', preparer: ada });
    await world.session('owner', async (client) => {
      await insertRows(client, 'scoping_decisions', [
        rawScoping({ version_id: version.versionId, stream_id: (await items(version))[0]!.stream_id }),
      ]);
      await client.query(`update scoping_decisions set scoping_rationale = 'by hand' where version_id = $1`, [
        version.versionId,
      ]);
    });
    expect(await editors(version)).toEqual([ada]);
  });

  test('by the database: the service adds no line to it, and each is in the log', async () => {
    const { commits, result } = await recording(world, () =>
      createFrom(null, 'NONE', ben).then((version) => put(version, ada, [sampleItem('SCOPING', 52)])),
    );
    const logged = commits.map(({ rows }) =>
      rows.filter(({ tableName }) => tableName === 'version_editor').map(({ rowId }) => rowId),
    );
    expect(logged).toEqual([[`${result.versionId},${ben}`], [`${result.versionId},${ada}`]]);
  });
});

describe('editors are inherited', () => {
  test('by the revision of a version that was rejected', async () => {
    let version = await buildVersion(world, { phase: 'SCOPING', preparer: ada });
    version = await transition(world, ada, 'submitVersion', version);
    const rejected = await transition(world, olga, 'rejectVersion', version, 'no');
    const revised = await transition(world, ben, 'reviseVersion', rejected);
    expect(await editors(revised)).toEqual([ada, ben]);
    // And by what is made of that.
    const pending = await transition(world, ben, 'submitVersion', revised);
    const again = await transition(world, olga, 'rejectVersion', pending, 'no');
    expect(await editors(await transition(world, ben, 'reviseVersion', again))).toEqual([ada, ben]);
  });

  test.each(['DRAFT', 'PENDING_APPROVAL', 'REJECTED'] as const)('by a draft made of one that is %s', async (status) => {
    const parent = await buildVersion(world, { phase: 'SCOPING', preparer: ada, status });
    expect(await editors(await createFrom(parent, 'ALL_ITEMS'))).toEqual([ada, ben]);
  });

  test('not from a version that was approved: its content was seen by four eyes', async () => {
    const parent = await buildVersion(world, { phase: 'SCOPING', preparer: ada, status: 'APPROVED' });
    expect(await editors(await createFrom(parent, 'APPROVED_ITEMS'))).toEqual([ben]);
    expect(await editors(await createFrom(null, 'APPROVED_ITEMS'))).toEqual([ben]);
    await buildVersion(world, { phase: 'SCOPING', preparer: ada, status: 'APPROVED' });
    expect(await editors(await createFrom(parent, 'ALL_ITEMS'))).toEqual([ben]);
  });

  test('whatever path inserts the version', async () => {
    const parent = await buildVersion(world, { phase: 'SCOPING', preparer: ada, status: 'REJECTED' });
    const version = await createFrom(null, 'NONE');
    const [row] = await world.sql<Record<string, unknown>>(
      'owner',
      'select * from phase_version where version_id = $1',
      [version.versionId],
    );
    const copy = { ...row, version_id: crypto.randomUUID(), parent_version_id: parent.versionId, version_number: 5000 };
    await world.session('owner', (client) => insertRows(client, 'phase_version', [copy]));
    expect(await editors({ versionId: copy.version_id })).toEqual([ada]);
  });
});

describe('an item that is changed by hand', () => {
  const approvedThenCarried = async () => {
    const approved = await buildVersion(world, { phase: 'SCOPING', preparer: ada, status: 'APPROVED' });
    const draft = await createFrom(approved, 'APPROVED_ITEMS', ada);
    const rows = await items(draft);
    expect(rows).toHaveLength(3);
    for (const row of rows) expect(row.carried_decision_id).not.toBeNull();
    expect((await answer(draft)).items.nodes.map(({ reviewStatus }) => reviewStatus)).toEqual([
      'APPROVED',
      'APPROVED',
      'APPROVED',
    ]);
    return { draft, rows };
  };
  const byHand = (assignments: string, row: StoredItem) =>
    world.sql('owner', `update scoping_decisions set ${assignments} where item_id = $1`, [row.item_id]);

  test('loses its hash and the approval it was carried with; the others keep theirs', async () => {
    const { draft, rows } = await approvedThenCarried();
    await byHand('is_in_scope = not is_in_scope', rows[0]!);
    const [first, ...others] = await items(draft);
    expect(first).toMatchObject({ item_hash: '', carried_decision_id: null });
    expect(others).toEqual(rows.slice(1));
    const statuses = Object.fromEntries(
      (await answer(draft)).items.nodes.map(({ itemKey, reviewStatus }) => [itemKey, reviewStatus]),
    );
    expect(statuses).toEqual({
      [rows[0]!.item_key]: 'PENDING',
      [rows[1]!.item_key]: 'APPROVED',
      [rows[2]!.item_key]: 'APPROVED',
    });
  });

  test.each([
    ['is_in_scope', 'not is_in_scope'],
    ['scoping_rationale', `'changed'`],
    ['scoping_rationale', 'null'],
    ['risk_rating', `'changed'`],
    ['recommendation_type', 'null'],
    ['attribute_id', 'gen_random_uuid()'],
    ['recommended_by', '5'],
  ])('whichever field it is: %s = %s', async (column, value) => {
    const { draft, rows } = await approvedThenCarried();
    await byHand(`${column} = ${value}`, rows[0]!);
    expect((await items(draft))[0]).toMatchObject({ item_hash: '', carried_decision_id: null });
  });

  test('keeps both if only its label changes, which is no content', async () => {
    const { draft, rows } = await approvedThenCarried();
    await byHand(`label = 'another'`, rows[0]!);
    expect((await items(draft))[0]).toEqual({ ...rows[0], label: 'another' });
  });

  test('has its hash again after the service’s next write, whatever that is, and the version’s hash fits', async () => {
    const { draft, rows } = await approvedThenCarried();
    await byHand(`scoping_rationale = 'by hand'`, rows[0]!);
    await put(draft, ada, [sampleItem('SCOPING', 60)]);
    const stored = await items(draft);
    expect(stored).toHaveLength(4);
    for (const row of stored) expect(row.item_hash).toBe(trueHash(row));
    expect(stored.find(({ item_id }) => item_id === rows[0]!.item_id)).toMatchObject({ carried_decision_id: null });
  });

  test('is decided anew before its version can be approved', async () => {
    const { draft, rows } = await approvedThenCarried();
    await byHand(`scoping_rationale = 'by hand'`, rows[0]!);
    const pending = await transition(world, ada, 'submitVersion', draft);
    await expect(transition(world, olga, 'approveVersion', pending)).rejects.toThrow('ITEMS_UNDECIDED');
    const decided = await decideAll(world, olga, pending, 'SCOPING');
    expect(await transition(world, olga, 'approveVersion', decided)).toMatchObject({ status: 'APPROVED' });
  });

  test('does not keep decisions that were made before it was withdrawn, while the others do', async () => {
    let version = await buildVersion(world, { phase: 'SCOPING', status: 'PENDING_APPROVAL' });
    version = await decideAll(world, olga, version, 'SCOPING');
    version = await transition(world, ada, 'withdrawVersion', version);
    const [first] = await items(version);
    await byHand(`scoping_rationale = 'by hand'`, first!);
    version = await transition(world, ada, 'submitVersion', version);
    const undecided = (await answer(version)).items.nodes.filter(({ reviewStatus }) => reviewStatus === 'PENDING');
    expect(undecided.map(({ itemKey }) => itemKey)).toEqual([first!.item_key]);
  });
});

describe('a hash that was forged in a draft', () => {
  test.each([
    ['of an item', `item_hash = repeat('0', 64)`],
    ['of an item, with its content', `item_hash = repeat('0', 64), scoping_rationale = 'forged'`],
  ])('%s is corrected when the version is submitted', async (_, forged) => {
    const honest = await buildVersion(world, { phase: 'SCOPING' });
    await world.sql('owner', `update scoping_decisions set ${forged} where item_id = $1`, [
      (await items(honest))[0]!.item_id,
    ]);
    const pending = await transition(world, ada, 'submitVersion', honest);
    const stored = await items(honest);
    for (const row of stored) expect(row.item_hash).toBe(trueHash(row));
    if (!forged.includes('rationale')) expect(pending.contentHash).toBe(honest.contentHash);
    else expect(pending.contentHash).not.toBe(honest.contentHash);
    expect((await answer(pending)).contentHash).toBe(pending.contentHash);
  });

  test('of the version is corrected as well', async () => {
    const honest = await buildVersion(world, { phase: 'SCOPING' });
    await world.sql('owner', `update phase_version set content_hash = 'forged' where version_id = $1`, [
      honest.versionId,
    ]);
    expect((await transition(world, ada, 'submitVersion', honest)).contentHash).toBe(honest.contentHash);
  });

  test('of changed content does not bring an old approval back', async () => {
    const approved = await buildVersion(world, { phase: 'SCOPING', status: 'APPROVED' });
    const draft = await createFrom(approved, 'APPROVED_ITEMS', ada);
    const [row] = await items(draft);
    await world.session('owner', (client) =>
      transaction(client, async () => {
        await client.query(`update scoping_decisions set scoping_rationale = 'forged' where item_id = $1`, [
          row!.item_id,
        ]);
        await client.query('update scoping_decisions set item_hash = $2, carried_decision_id = $3 where item_id = $1', [
          row!.item_id,
          row!.item_hash,
          row!.carried_decision_id,
        ]);
      }),
    );
    const pending = await transition(world, ada, 'submitVersion', draft);
    const status = (await answer(pending)).items.nodes.find(({ itemKey }) => itemKey === row!.item_key)!.reviewStatus;
    expect(status).toBe('PENDING');
    await expect(transition(world, olga, 'approveVersion', pending)).rejects.toThrow('ITEMS_UNDECIDED');
  });

  test('does not keep a write by the service from being stored', async () => {
    const version = await buildVersion(world, { phase: 'SCOPING' });
    const [row] = await items(version);
    const wanted: Record<string, unknown> = {
      ...sampleItem('SCOPING', 1),
      attributeId: row!.attribute_id,
      scopingRationale: 'what was wanted',
      itemKey: row!.item_key,
    };
    const hash = trueHash({
      ...row!,
      is_in_scope: wanted.isInScope,
      scoping_rationale: 'what was wanted',
      risk_rating: wanted.riskRating,
      recommendation_type: wanted.recommendationType,
    });
    await world.sql('owner', 'update scoping_decisions set item_hash = $2 where item_id = $1', [row!.item_id, hash]);
    await put(version, ada, [wanted]);
    expect((await items(version))[0]).toMatchObject({ scoping_rationale: 'what was wanted', item_hash: hash });
  });
});
