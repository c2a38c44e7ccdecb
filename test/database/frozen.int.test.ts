/**
 * What was submitted, decided or logged stays as it is, whoever writes: the owner of the tables, a superuser, a superuser in
 * replica mode. A refusal leaves nothing behind.
 */
import pg from 'pg';
import { buildVersion, transition, type BuiltVersion } from '../support/builders';
import {
  changesIn,
  insertRows,
  liveRows,
  rawAttribute,
  rawScoping,
  rawVersion,
  recording,
  transaction,
} from '../support/log';
import { ada, olga, otherWorkflow, workflow, World } from '../support/world';

let world: World;
const versions: Record<string, BuiltVersion> = {};
/** A draft that nobody of the service wrote: the only thing here that may be changed. */
const draft = rawVersion({ version_number: 1 }, otherWorkflow);
const item = rawAttribute(draft);

beforeAll(async () => {
  world = await World.create();
  const first = await buildVersion(world, { phase: 'SCOPING', status: 'APPROVED' });
  versions.APPROVED = await buildVersion(world, { phase: 'SCOPING', status: 'APPROVED' });
  versions.SUPERSEDED = first;
  versions.REJECTED = await buildVersion(world, { phase: 'SCOPING', status: 'REJECTED' });
  versions.PENDING_APPROVAL = await buildVersion(world, { phase: 'SCOPING', status: 'PENDING_APPROVAL' });
  const deleted = await buildVersion(world, { phase: 'SCOPING' });
  versions['deleted DRAFT'] = await transition(world, ada, 'deleteVersion', deleted);
  await world.session('owner', (client) =>
    transaction(client, async () => {
      await insertRows(client, 'phase_version', [draft]);
      await insertRows(client, 'attribute_decisions', [item]);
    }),
  );
});

type Writer = 'the owner' | 'a superuser in replica mode';
const clients: Partial<Record<Writer, pg.Client>> = {};
beforeAll(async () => {
  const { ownerUrl, superuserUrl } = world.database;
  clients['the owner'] = new pg.Client({ connectionString: ownerUrl });
  clients['a superuser in replica mode'] = new pg.Client({
    connectionString: superuserUrl,
    options: '-c session_replication_role=replica',
  });
  for (const client of Object.values(clients)) await client.connect();
});
afterAll(async () => {
  for (const client of Object.values(clients)) await client.end();
  await world.destroy();
});

/** Every row, every head, and how much the log holds. */
async function everything(): Promise<object> {
  const client = clients['the owner']!;
  const log = await client.query<object>(
    'select s.*, (select count(*) from log.change_set) as commits, (select count(*) from log.row_change) as changes from log.stream s order by 1',
  );
  return { rows: await liveRows(client), log: log.rows };
}

/** The statement is refused with the code, alone and after a write that is allowed, and nothing of either is left behind. */
async function refused(writer: Writer, sql: string, code: string, afterAnotherWrite = code): Promise<void> {
  const before = await everything();
  const client = clients[writer]!;
  const attempt = async (first: string) => {
    await client.query(`begin; ${first}`);
    const error = await client.query(sql).catch((refusal: pg.DatabaseError) => refusal);
    await client.query('rollback'); // also if it was not refused, so that other tests find what they expect
    return error;
  };
  expect(await attempt('select')).toMatchObject({ code });
  expect(await attempt(`update attribute_decisions set label = 'x' where item_id = '${item.item_id}'`)).toMatchObject({
    code: afterAnotherWrite,
  });
  await expect(client.query(sql)).rejects.toMatchObject({ code });
  expect(await everything()).toEqual(before);
}

const statuses = ['PENDING_APPROVAL', 'APPROVED', 'REJECTED', 'SUPERSEDED', 'deleted DRAFT'];

describe.each<Writer>(['the owner', 'a superuser in replica mode'])('%s', (writer) => {
  describe.each(statuses)('cannot change a version that is %s:', (status) => {
    const id = () => versions[status]!.versionId;
    const newItem = (columns = 'gen_random_uuid()') =>
      `insert into scoping_decisions (item_id, stream_id, version_id, item_key, attribute_id, is_in_scope)
       select ${columns}, '${workflow.workflowId}', '${id()}', gen_random_uuid(), gen_random_uuid(), true`;

    test.each<[string, () => string]>([
      ['insert an item', () => newItem()],
      [
        'update its items',
        () => `update scoping_decisions set is_in_scope = not is_in_scope where version_id = '${id()}'`,
      ],
      ['relabel its items', () => `update scoping_decisions set label = 'x' where version_id = '${id()}'`],
      [
        'forge the hash of its items',
        () => `update scoping_decisions set item_hash = 'x' where version_id = '${id()}'`,
      ],
      ['delete its items', () => `delete from scoping_decisions where version_id = '${id()}'`],
      [
        'put an item on conflict',
        () => `insert into scoping_decisions select * from scoping_decisions where version_id = '${id()}'
               on conflict (item_id) do update set scoping_rationale = 'x'`,
      ],
      [
        'merge into its items',
        () => `merge into scoping_decisions i using (select 1) s on i.version_id = '${id()}' when matched then delete`,
      ],
      [
        'reach it from a CTE',
        () => `with gone as (delete from scoping_decisions where version_id = '${id()}') select 1`,
      ],
      [
        'update its content',
        () => `update scoping_versions set scoping_criteria = '{"forged": true}' where version_id = '${id()}'`,
      ],
      ['delete its content', () => `delete from scoping_versions where version_id = '${id()}'`],
    ])('%s', (_, sql) => refused(writer, sql(), 'PL005'));
  });

  describe.each(['PENDING_APPROVAL', 'APPROVED', 'REJECTED', 'SUPERSEDED'])(
    'cannot change the header of a version that is %s:',
    (status) => {
      const id = () => versions[status]!.versionId;
      const headers: [string, string][] = [
        ['its content hash', `content_hash = 'forged'`],
        ['its base', `base_version_id = case when base_version_id = version_id then null else version_id end`],
        ['its revision backwards', `revision = revision - 1`],
        ['who submitted it', `submitted_by = 2`],
        ['when it was submitted', `submitted_at = '2020-01-01'`],
      ];
      if (status !== 'PENDING_APPROVAL')
        headers.push(
          ['who decided on it', `reviewed_by = 5`],
          ['when it was decided on', `reviewed_at = '2020-01-01'`],
          ['why', `approval_notes = 'forged'`],
        );
      test.each(headers)('%s', (_, assignment) =>
        refused(writer, `update phase_version set ${assignment} where version_id = '${id()}'`, 'PL005'),
      );
      test.each([
        ['who started it', `created_by = 5`],
        ['when it was started', `created_at = '2020-01-01'`],
        ['its number', `version_number = 99`],
        ['where it came from', `parent_version_id = version_id`],
      ])('%s', (_, assignment) =>
        refused(writer, `update phase_version set ${assignment} where version_id = '${id()}'`, 'PL003'),
      );
      test('that it is there', async () => {
        // In replica mode there is no foreign key to protect its content first.
        await refused(writer, `delete from phase_version where version_id = '${id()}'`, 'PL005');
      });
    },
  );

  test('superseding an approved version changes nothing else of it', async () => {
    const supersede = `update phase_version set status = 'SUPERSEDED', effective_to = effective_from + interval '1 day'`;
    for (const forged of [
      `reviewed_by = 5`,
      `reviewed_at = '2020-01-01'`,
      `submitted_by = 5`,
      `approval_notes = 'forged'`,
      `effective_from = '2020-01-01'`,
    ])
      await refused(writer, `${supersede}, ${forged} where version_id = '${versions.APPROVED!.versionId}'`, 'PL005');
  });

  test('approving a version does not change who submitted it', () =>
    refused(
      writer,
      `update phase_version set status = 'SUPERSEDED', effective_to = now() where version_id = '${versions.APPROVED!.versionId}';
       update phase_version set status = 'APPROVED', reviewed_by = ${olga}, reviewed_at = now(), effective_from = now(), submitted_by = 5
       where version_id = '${versions.PENDING_APPROVAL!.versionId}'`,
      'PL005',
    ));

  test.each([
    ['scoping_decisions', 'PL005'],
    ['scoping_versions', 'PL005'],
    ['phase_version cascade', 'PL005'],
    ['users cascade', 'PL005'],
    ['workflows cascade', 'PL005'],
    ['item_decision cascade', 'PL005'],
    ['version_editor', 'PL005'],
    ['log.change_set', 'PL002'],
    ['log.row_change', 'PL002'],
    ['log.stream cascade', 'PL002', '55006'],
  ])('cannot TRUNCATE %s', (table, code, afterAnotherWrite = code) =>
    refused(writer, `truncate ${table}`, code, afterAnotherWrite),
  );

  test.each([
    ['change a decision', `update item_decision set status = 'REJECTED'`],
    [
      'change one decision',
      `update item_decision set notes = 'x' where decision_id = (select decision_id from item_decision limit 1)`,
    ],
    ['change nothing of a decision, by an UPDATE', `update item_decision set notes = notes`],
    ['remove a decision', `delete from item_decision`],
    ['remove an editor', `delete from version_editor`],
  ])('cannot %s', (_, sql) => refused(writer, sql, 'PL005'));
  test('cannot make an editor of somebody else', () =>
    refused(writer, 'update version_editor set user_id = 5', 'PL003'));

  test.each([
    ['change what a change set says', `update log.change_set set actor_id = 5`],
    ['change nothing of a change set, by an UPDATE', `update log.change_set set actor_id = actor_id`],
    ['remove a change set', `delete from log.change_set where sequence = (select max(sequence) from log.change_set)`],
    ['add a change set', `insert into log.change_set select * from log.change_set limit 1`],
    ['change a row change', `update log.row_change set after = '{}' where after is not null`],
    ['remove a row change', `delete from log.row_change`],
    [
      'add a row change',
      `insert into log.row_change (stream_id, sequence, ordinal, table_name, row_id, operation) select stream_id, sequence, 999, 'users', '1', 'DELETE' from log.stream`,
    ],
    ['add no row change, by an INSERT', `insert into log.row_change select * from log.row_change where false`],
    ['remove the head of a stream', `delete from log.stream`],
  ])('cannot %s', (_, sql) => refused(writer, sql, 'PL002'));

  test('cannot decide items of a draft, or of a version that is decided', async () => {
    for (const id of [draft.version_id, versions.APPROVED!.versionId, versions.REJECTED!.versionId])
      await refused(
        writer,
        `insert into item_decision (decision_id, stream_id, version_id, item_key, item_hash, status, decided_by, decided_at)
         select gen_random_uuid(), stream_id, version_id, gen_random_uuid(), 'x', 'APPROVED', ${olga}, now() from phase_version where version_id = '${id}'`,
        'PL004',
      );
  });

  test('may write to the draft beside all that', async () => {
    const { commits } = await recording(world, () =>
      clients[writer]!.query(`update attribute_decisions set decision_reason = $1 where item_id = $2`, [
        writer,
        item.item_id,
      ]),
    );
    expect(changesIn(commits)).toHaveLength(1);
  });
});

describe('an import', () => {
  test('brings an approved version together with its items, in one commit', async () => {
    const imported = rawVersion(
      { version_number: 2, status: 'APPROVED', effective_from: '2026-10-02T00:00:00Z' },
      otherWorkflow,
    );
    const { commits } = await recording(world, () =>
      world.session('owner', (client) =>
        transaction(client, async () => {
          await insertRows(client, 'phase_version', [imported]);
          await insertRows(client, 'attribute_decisions', [rawAttribute(imported), rawAttribute(imported)]);
        }),
      ),
    );
    expect(changesIn(commits)).toHaveLength(3);

    // Once that commit is made, it is as frozen as any other.
    const late = recording(world, () =>
      world.session('owner', (client) => insertRows(client, 'attribute_decisions', [rawAttribute(imported)])),
    );
    await expect(late).rejects.toMatchObject({ code: 'PL005' });
  });

  test('cannot change or remove, in its own commit, what it brought as approved', async () => {
    for (const sql of [`update attribute_decisions set label = 'x'`, `delete from attribute_decisions`]) {
      const imported = rawVersion(
        { version_number: 3, status: 'APPROVED', effective_from: '2026-10-03T00:00:00Z' },
        otherWorkflow,
      );
      const attempt = world.session('owner', (client) =>
        transaction(client, async () => {
          await client.query(
            `update phase_version set status = 'SUPERSEDED', effective_to = '2026-10-03T00:00:00Z' where status = 'APPROVED' and stream_id = $1`,
            [otherWorkflow.workflowId],
          );
          await insertRows(client, 'phase_version', [imported]);
          await insertRows(client, 'attribute_decisions', [rawAttribute(imported)]);
          await client.query(`${sql} where version_id = '${imported.version_id}'`);
        }),
      );
      await expect(attempt).rejects.toMatchObject({ code: 'PL005' });
    }
  });

  test('does not open a version that another transaction brought, not even under a savepoint', async () => {
    const attempt = world.session('owner', (client) =>
      transaction(client, async () => {
        await client.query('savepoint s');
        await insertRows(client, 'phase_version', [
          rawVersion({ version_number: 9, phase: 'SCOPING', status: 'DRAFT' }, otherWorkflow),
        ]);
        await client.query('rollback to s');
        await insertRows(client, 'scoping_decisions', [
          rawScoping({ version_id: versions.APPROVED!.versionId, stream_id: workflow.workflowId }),
        ]);
      }),
    );
    await expect(attempt).rejects.toMatchObject({ code: 'PL005' });
  });
});
