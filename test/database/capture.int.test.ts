/**
 * Whatever way a row is written, the commit log has it: once, whole, and nothing that did not happen. What is expected comes
 * from the rows themselves, before and after.
 */
import type pg from 'pg';
import {
  changesIn,
  copyIn,
  differences,
  insertRows,
  liveRows,
  loggedCommits,
  rawAttribute,
  rawVersion,
  recording,
  REFERENCE,
  transaction,
  type Recorded,
} from '../support/log';
import { otherWorkflow, workflow, World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.destroy());

/** A fresh draft of Planning with three items in each of the two workflows. */
let draft: ReturnType<typeof rawVersion>;
let other: ReturnType<typeof rawVersion>;
let items: ReturnType<typeof rawAttribute>[];
let number = 0;
beforeEach(async () => {
  number++;
  draft = rawVersion({ version_number: number });
  other = rawVersion({ version_number: number }, otherWorkflow);
  items = [1, 2, 3].map((n) => rawAttribute(draft, { label: `item ${n}`, attribute_data: { n } }));
  await world.session('owner', (client) =>
    transaction(client, async () => {
      await insertRows(client, 'phase_version', [draft, other]);
      await insertRows(client, 'attribute_decisions', [
        ...items,
        ...[1, 2, 3].map((n) => rawAttribute(other, { label: `item ${n}` })),
      ]);
    }),
  );
});

const raw = <T>(work: (client: pg.Client) => Promise<T>, as: 'owner' | 'superuser' = 'owner'): Promise<Recorded<T>> =>
  recording(world, () => world.session(as, work));
const statement = (sql: string, as?: 'owner' | 'superuser'): Promise<Recorded<unknown>> =>
  raw((client) => client.query(sql), as);

/** Exactly what changed was recorded, in one change set of each stream, by a role and by no person. */
function expectRecorded(
  recorded: Recorded<unknown>,
  streams: readonly string[],
  origin = 'db:phaseledger_owner',
): void {
  expect(recorded.commits.map(({ streamId }) => streamId)).toEqual([...streams].sort());
  for (const commit of recorded.commits)
    expect(commit).toMatchObject({ origin, actorId: null, operation: 'SQL', reason: null, requestId: null });
  expect(changesIn(recorded.commits)).toEqual(differences(recorded));
  expect(changesIn(recorded.commits).length).toBeGreaterThan(0);
}

async function refused(sql: string | ((client: pg.Client) => Promise<unknown>), error: object): Promise<void> {
  const { commits, before, after } = await raw((client) =>
    expect(typeof sql === 'string' ? client.query(sql) : sql(client)).rejects.toMatchObject(error),
  );
  expect(commits).toEqual([]);
  expect(after).toEqual(before);
}

describe('a single statement is one change set', () => {
  const ofDraft = () => `version_id = '${draft.version_id}'`;
  const ofBoth = () => `version_id in ('${draft.version_id}', '${other.version_id}')`;
  const one = [workflow.workflowId];
  const both = [workflow.workflowId, otherWorkflow.workflowId];

  test.each<[string, () => string, readonly string[], number]>([
    [
      'INSERT … SELECT',
      () => `insert into attribute_decisions (item_id, stream_id, version_id, item_key, attribute_id, attribute_data)
             select gen_random_uuid(), stream_id, version_id, gen_random_uuid(), attribute_id, '{}' from attribute_decisions where ${ofDraft()}`,
      one,
      3,
    ],
    ['UPDATE', () => `update attribute_decisions set label = label || '!' where ${ofDraft()}`, one, 3],
    [
      'UPDATE that changes only some of the rows it touches',
      () => `update attribute_decisions set label = replace(label, '2', 'two') where ${ofDraft()}`,
      one,
      1,
    ],
    [
      'UPDATE … FROM',
      () =>
        `update attribute_decisions i set decision_reason = v.status::text from phase_version v where v.version_id = i.version_id and i.${ofDraft()}`,
      one,
      3,
    ],
    ['UPDATE of a header', () => `update phase_version set revision = revision + 1 where ${ofDraft()}`, one, 1],
    ['DELETE', () => `delete from attribute_decisions where ${ofDraft()}`, one, 3],
    [
      'DELETE … USING',
      () =>
        `delete from attribute_decisions i using phase_version v where v.version_id = i.version_id and v.${ofDraft()} and i.label <> 'item 1'`,
      one,
      2,
    ],
    [
      'MERGE that inserts, updates and deletes',
      () => `merge into attribute_decisions i
             using (select *, row_number() over (order by label) as n from attribute_decisions where ${ofDraft()}
                    union all select gen_random_uuid(), stream_id, version_id, gen_random_uuid(), 'new', '', null, null, attribute_id, null, '{}', null, null, null, null, 9
                    from attribute_decisions where ${ofDraft()}) s
             on i.item_id = s.item_id
             when matched and s.n = 1 then delete
             when matched and s.n = 2 then update set label = 'merged'
             when not matched then insert (item_id, stream_id, version_id, item_key, label, attribute_id, attribute_data)
               values (s.item_id, s.stream_id, s.version_id, s.item_key, s.label, s.attribute_id, s.attribute_data)`,
      one,
      5,
    ],
    [
      'INSERT … ON CONFLICT DO UPDATE',
      () => `insert into attribute_decisions as i (item_id, stream_id, version_id, item_key, label, attribute_id, attribute_data)
             select gen_random_uuid(), stream_id, version_id, item_key, 'put again', attribute_id, '{}'::jsonb from attribute_decisions where ${ofDraft()}
             union all select gen_random_uuid(), '${draft.stream_id as string}', '${draft.version_id}', gen_random_uuid(), 'put', gen_random_uuid(), '{}'
             on conflict (version_id, item_key) do update set label = excluded.label where i.label <> 'item 3'`,
      one,
      3,
    ],
    [
      'INSERT … ON CONFLICT DO NOTHING that inserts only some',
      () => `insert into attribute_decisions (item_id, stream_id, version_id, item_key, attribute_id, attribute_data)
             select gen_random_uuid(), stream_id, version_id, item_key, attribute_id, '{}'::jsonb from attribute_decisions where ${ofDraft()}
             union all select gen_random_uuid(), '${draft.stream_id as string}', '${draft.version_id}', gen_random_uuid(), gen_random_uuid(), '{}'
             on conflict do nothing`,
      one,
      1,
    ],
    [
      'a writable CTE over two tables',
      () => `with gone as (delete from attribute_decisions where ${ofDraft()} and label = 'item 1' returning stream_id, version_id),
                  content as (insert into planning_phase_versions select version_id, stream_id, '{"from": "a CTE"}' from gone),
                  header as (update phase_version set revision = 7 where ${ofDraft()})
             insert into attribute_decisions (item_id, stream_id, version_id, item_key, attribute_id, attribute_data)
             select gen_random_uuid(), stream_id, version_id, gen_random_uuid(), gen_random_uuid(), '{}' from gone`,
      one,
      4,
    ],
    [
      'a statement over two workflows',
      () => `update attribute_decisions set label = 'in both' where ${ofBoth()}`,
      both,
      6,
    ],
    [
      'a writable CTE over reference data and two workflows',
      () => `with people as (update users set name = name || '${number}' where user_id < 3)
             delete from attribute_decisions where ${ofBoth()} and label = 'item 2'`,
      [...both, REFERENCE],
      4,
    ],
    [
      'an anonymous block',
      () => `do $$ declare one record; begin
               for one in select item_id from attribute_decisions where ${ofDraft()} loop
                 update attribute_decisions set label = 'looped' where item_id = one.item_id;
               end loop;
             end $$`,
      one,
      3,
    ],
    [
      'a write through a cursor',
      () => `do $$ declare c cursor for select * from attribute_decisions where ${ofDraft()} for update; begin
               open c; move c; update attribute_decisions set label = 'under the cursor' where current of c;
             end $$`,
      one,
      1,
    ],
  ])('%s', async (_, sql, streams, rows) => {
    const recorded = await statement(sql());
    expectRecorded(recorded, streams);
    expect(changesIn(recorded.commits)).toHaveLength(rows);
  });

  test('COPY … FROM', async () => {
    const row = (label: string) =>
      `${crypto.randomUUID()},${draft.stream_id as string},${draft.version_id},${crypto.randomUUID()},${label},${crypto.randomUUID()},"{""a"": 1.10}"\n`;
    const recorded = await raw((client) =>
      copyIn(
        client,
        'copy attribute_decisions (item_id, stream_id, version_id, item_key, label, attribute_id, attribute_data) from stdin (format csv)',
        row('copied') + row('"with, comma ""and quotes"""') + row('ünïcødé 🏦'),
      ),
    );
    expectRecorded(recorded, [workflow.workflowId]);
    expect(changesIn(recorded.commits)).toHaveLength(3);
  });

  test('COPY … FROM over two workflows', async () => {
    const row = (version: typeof draft) =>
      `${crypto.randomUUID()},${version.stream_id as string},${version.version_id},${crypto.randomUUID()},${crypto.randomUUID()},{}\n`;
    const recorded = await raw((client) =>
      copyIn(
        client,
        'copy attribute_decisions (item_id, stream_id, version_id, item_key, attribute_id, attribute_data) from stdin (format csv)',
        row(other) + row(draft) + row(other),
      ),
    );
    expectRecorded(recorded, [workflow.workflowId, otherWorkflow.workflowId]);
  });

  test('TRUNCATE', async () => {
    const recorded = await statement('truncate attribute_decisions');
    expectRecorded(recorded, [workflow.workflowId, otherWorkflow.workflowId]);
    expect(changesIn(recorded.commits).length).toBeGreaterThanOrEqual(6);
  });

  test('TRUNCATE … CASCADE, with every table it reaches', async () => {
    const recorded = await statement('truncate phase_version cascade');
    expectRecorded(recorded, [workflow.workflowId, otherWorkflow.workflowId]);
    const tables = new Set(recorded.commits.flatMap(({ rows }) => rows.map(({ tableName }) => tableName)));
    expect(tables).toContain('phase_version');
    expect(tables).toContain('attribute_decisions');
  });

  test('TRUNCATE … CASCADE from the top of the reference data', async () => {
    await world.session('owner', async (client) => {
      await client.query('begin');
      const before = await liveRows(client);
      const known = new Set((await loggedCommits(client)).map(({ changeSetId }) => changeSetId));
      await client.query('truncate users cascade');
      await client.query('set constraints all immediate');
      const commits = (await loggedCommits(client)).filter(({ changeSetId }) => !known.has(changeSetId));
      expectRecorded({ result: null, before, after: await liveRows(client), commits }, [
        workflow.workflowId,
        otherWorkflow.workflowId,
        REFERENCE,
      ]);
      await client.query('rollback');
    });
  });

  test('a superuser is recorded by its own name', async () => {
    expectRecorded(
      await statement(`update attribute_decisions set label = 'super' where ${ofDraft()}`, 'superuser'),
      one,
      'db:postgres',
    );
  });

  test('a superuser in replica mode does not escape', async () => {
    for (const sql of [
      `update attribute_decisions set label = 'unseen' where ${ofDraft()}`,
      `delete from attribute_decisions where ${ofDraft()}`,
      `insert into users (user_id, name) values (${1000 + number}, 'Nobody')`,
      'truncate attribute_decisions',
    ]) {
      const recorded = await raw(async (client) => {
        await client.query('set session_replication_role = replica');
        await client.query(sql);
      }, 'superuser');
      expect(recorded.commits.length).toBeGreaterThan(0);
      expect(changesIn(recorded.commits)).toEqual(differences(recorded));
    }
  });
});

describe('a transaction is one change set of each stream it wrote to', () => {
  test('whatever number of statements and tables it has', async () => {
    const recorded = await raw((client) =>
      transaction(client, async () => {
        await client.query(`update attribute_decisions set label = 'a' where item_id = $1`, [items[0]!.item_id]);
        await client.query(`update users set name = 'Ada of ${number}' where user_id = 1`);
        await client.query(`delete from attribute_decisions where item_id = $1`, [items[1]!.item_id]);
        await client.query(`update attribute_decisions set label = 'b' where version_id = $1`, [other.version_id]);
        await insertRows(client, 'attribute_decisions', [rawAttribute(draft), rawAttribute(other)]);
        await insertRows(client, 'planning_phase_versions', [
          { version_id: draft.version_id, stream_id: draft.stream_id, planning_metadata: { n: 1 } },
        ]);
      }),
    );
    expectRecorded(recorded, [workflow.workflowId, otherWorkflow.workflowId, REFERENCE]);
    // All of it was written at one instant of its stream, and in the order of the statements.
    const own = recorded.commits.find(({ streamId }) => streamId === workflow.workflowId)!;
    expect(own.rows.map(({ operation, tableName }) => `${operation} ${tableName}`)).toEqual([
      'UPDATE attribute_decisions',
      'DELETE attribute_decisions',
      'INSERT attribute_decisions',
      'INSERT planning_phase_versions',
    ]);
    expect(own.versionIds).toEqual([draft.version_id]);
  });

  test('and has every step of a row that it changed more than once', async () => {
    const { commits } = await raw((client) =>
      transaction(client, async () => {
        for (const label of ['one', 'two', 'three'])
          await client.query('update attribute_decisions set label = $2 where item_id = $1', [
            items[0]!.item_id,
            label,
          ]);
      }),
    );
    const labels = commits[0]!.rows.map(({ before, after }) =>
      [before, after].map((text) => (JSON.parse(text!) as { label: string }).label),
    );
    expect(labels).toEqual([
      ['item 1', 'one'],
      ['one', 'two'],
      ['two', 'three'],
    ]);
  });

  test('a row that it inserted and deleted again is in it twice, and is not there', async () => {
    const passing = rawAttribute(draft, { label: 'here and gone' });
    const { commits, before, after } = await raw((client) =>
      transaction(client, async () => {
        await insertRows(client, 'attribute_decisions', [passing]);
        await client.query('delete from attribute_decisions where item_id = $1', [passing.item_id]);
      }),
    );
    expect(after).toEqual(before);
    expect(commits).toHaveLength(1);
    expect(commits[0]!.rows.map(({ rowId, operation }) => [rowId, operation])).toEqual([
      [passing.item_id, 'INSERT'],
      [passing.item_id, 'DELETE'],
    ]);
    expect(commits[0]!.rows[0]!.after).toBe(commits[0]!.rows[1]!.before);
  });

  test('a change that it takes back is there as both', async () => {
    const { commits, before, after } = await raw((client) =>
      transaction(client, async () => {
        await client.query(`update users set is_active = false where user_id = 2`);
        await client.query(`update users set is_active = true where user_id = 2`);
      }),
    );
    expect(after).toEqual(before);
    expect(commits.flatMap(({ rows }) => rows)).toHaveLength(2);
  });

  test('what a savepoint undid is not in it', async () => {
    const recorded = await raw((client) =>
      transaction(client, async () => {
        await client.query(`update attribute_decisions set label = 'kept' where item_id = $1`, [items[0]!.item_id]);
        await client.query('savepoint s');
        await client.query(`update attribute_decisions set label = 'undone' where version_id = $1`, [draft.version_id]);
        await client.query(`update attribute_decisions set label = 'undone' where version_id = $1`, [other.version_id]);
        await client.query('rollback to s');
        await client.query(`update attribute_decisions set label = 'kept too' where item_id = $1`, [items[1]!.item_id]);
        await client.query('savepoint t');
        await client.query('delete from attribute_decisions where item_id = $1', [items[2]!.item_id]);
        await client.query('release t');
      }),
    );
    expectRecorded(recorded, [workflow.workflowId]);
    expect(changesIn(recorded.commits)).toHaveLength(3);
  });

  test('a savepoint that undid all of it leaves nothing, and the next transaction takes the next number', async () => {
    const [head] = await world.sql('owner', 'select sequence from log.stream where stream_id = $1', [
      workflow.workflowId,
    ]);
    const nothing = await raw((client) =>
      transaction(client, async () => {
        await client.query('savepoint s');
        await client.query(`update attribute_decisions set label = 'undone' where version_id = $1`, [draft.version_id]);
        await client.query('rollback to s');
      }),
    );
    expect(nothing.commits).toEqual([]);
    const again = await raw((client) =>
      transaction(client, async () => {
        await client.query('savepoint s');
        await client.query(`update attribute_decisions set label = 'undone' where version_id = $1`, [draft.version_id]);
        await client.query('rollback to s');
        await client.query(`update attribute_decisions set label = 'done' where version_id = $1`, [draft.version_id]);
      }),
    );
    expectRecorded(again, [workflow.workflowId]);
    expect(again.commits[0]!.sequence).toBe((head.sequence as number) + 1);
  });

  test('a write that a block of PL/pgSQL caught is not in it', async () => {
    const recorded = await statement(`do $$ begin
      begin
        update attribute_decisions set label = 'undone' where version_id = '${draft.version_id}';
        raise exception 'on purpose';
      exception when others then null; end;
      update attribute_decisions set label = 'done' where item_id = '${items[0]!.item_id}';
    end $$`);
    expectRecorded(recorded, [workflow.workflowId]);
    expect(changesIn(recorded.commits)).toHaveLength(1);
  });
});

describe('what did not happen is not recorded', () => {
  test.each<[string, () => string]>([
    ['an UPDATE that changes nothing', () => `update attribute_decisions set label = label`],
    ['an UPDATE of no row', () => `update attribute_decisions set label = 'x' where false`],
    ['a DELETE of no row', () => `delete from attribute_decisions where false`],
    ['an INSERT of no row', () => `insert into users select 99, 'x' where false`],
    [
      'an INSERT … ON CONFLICT DO NOTHING that meets only conflicts',
      () => `insert into users (user_id, name) values (1, 'x') on conflict do nothing`,
    ],
    ['a TRUNCATE of an empty table', () => `truncate scoping_decisions`],
    ['a transaction that was rolled back', () => `begin; update attribute_decisions set label = 'x'; rollback`],
    [
      'an INSERT … ON CONFLICT DO UPDATE that sets what was there',
      () =>
        `insert into users (user_id, name) select user_id, name from users on conflict (user_id) do update set name = excluded.name`,
    ],
  ])('%s', async (_, sql) => {
    const { commits, before, after } = await statement(sql());
    expect(commits).toEqual([]);
    expect(after).toEqual(before);
  });

  test('a statement that fails half-way', async () => {
    await refused(
      `update attribute_decisions set label = 'x', carried_decision_id = case label when 'item 3' then gen_random_uuid() end`,
      { code: '23503' },
    );
    await refused(`begin; update attribute_decisions set label = 'x'; select 1 / 0; commit`, { code: '22012' });
  });
});

describe('a value that only the text tells apart is a change', () => {
  test.each([
    ['1.1 and 1.10', '{"n": 1.1}', '{"n": 1.10}'],
    ['a number and its text', '{"n": 1}', '{"n": "1"}'],
    ['20-digit integers', '{"n": 12345678901234567890}', '{"n": 12345678901234567891}'],
    ['é composed and decomposed', '{"n": "\u00e9"}', '{"n": "e\u0301"}'],
    ['no key and a null', '{}', '{"n": null}'],
  ])('%s', async (_, from, to) => {
    const write = (client: pg.Client, json: string) =>
      client.query('update attribute_decisions set attribute_data = $2 where item_id = $1', [items[0]!.item_id, json]);
    await world.session('owner', (client) => write(client, from));
    const recorded = await raw((client) => write(client, to));
    expectRecorded(recorded, [workflow.workflowId]);
  });

  test('an empty text and null', async () => {
    const write = (client: pg.Client, text: string | null) =>
      client.query('update attribute_decisions set decision_reason = $2 where item_id = $1', [items[0]!.item_id, text]);
    expectRecorded(await raw((client) => write(client, '')), [workflow.workflowId]);
    expectRecorded(await raw((client) => write(client, null)), [workflow.workflowId]);
  });

  test('the session’s time zone, date style and float digits do not show in the images', async () => {
    const recorded = await raw(async (client) => {
      await client.query(
        `set timezone = 'Asia/Kathmandu'; set datestyle = 'German'; set extra_float_digits = -5; set intervalstyle = 'iso_8601'`,
      );
      await client.query(
        `update phase_version set submitted_at = '2026-10-02T10:00:00.123Z', submitted_by = 1 where version_id = $1`,
        [draft.version_id],
      );
      await client.query(`update cycles set start_date = '2026-10-0${(number % 9) + 1}'`);
      await client.query('truncate attribute_decisions');
    });
    expect(changesIn(recorded.commits)).toEqual(differences(recorded));
    expect(recorded.commits[0]).toBeDefined();
  });
});

describe('the identity of a row cannot be changed', () => {
  const uuid = '0194d2a0-5c00-7000-8000-00000000abcd';
  test.each<[string, () => string]>([
    [
      'the key of a version',
      () => `update phase_version set version_id = '${uuid}' where version_id = '${draft.version_id}'`,
    ],
    [
      'the stream of a version',
      () =>
        `update phase_version set stream_id = '${otherWorkflow.workflowId}', report_id = '${otherWorkflow.reportId}' where version_id = '${draft.version_id}'`,
    ],
    [
      'the record of a version',
      () => `update phase_version set master_record_id = '${uuid}' where version_id = '${draft.version_id}'`,
    ],
    [
      'the number of a version',
      () => `update phase_version set version_number = 999 where version_id = '${draft.version_id}'`,
    ],
    [
      'the key of an item’s row',
      () => `update attribute_decisions set item_id = '${uuid}' where item_id = '${items[0]!.item_id}'`,
    ],
    [
      'the key of an item',
      () => `update attribute_decisions set item_key = '${uuid}' where item_id = '${items[0]!.item_id}'`,
    ],
    [
      'the version of an item',
      () =>
        `update attribute_decisions set version_id = '${other.version_id}', stream_id = '${other.stream_id as string}' where item_id = '${items[0]!.item_id}'`,
    ],
    ['the stream of reference data', () => `update users set stream_id = '${workflow.workflowId}' where user_id = 1`],
    ['the key of reference data', () => `update users set user_id = 77 where user_id = ${9}`],
    ['the key of reference data with two columns', () => `update user_roles set role = 'ADMIN' where user_id = 1`],
    [
      'an ON CONFLICT that moves a row',
      () => `insert into users (user_id, name) values (1, 'x') on conflict (user_id) do update set user_id = 78`,
    ],
  ])('%s', (_, sql) => refused(sql(), { code: 'PL003' }));
});

describe('sealing early', () => {
  const write = (client: pg.Client, label: string) =>
    client.query('update attribute_decisions set label = $2 where version_id = $1', [draft.version_id, label]);
  const early = { code: 'PL001', hint: expect.stringContaining('after the last write') as string };

  test('before the first write is refused at the write', () =>
    refused(
      (client) =>
        transaction(client, async () => {
          await client.query('set constraints all immediate');
          await write(client, 'x');
        }),
      { ...early, message: expect.stringContaining('nothing to commit') as string },
    ));

  test('between two writes to a stream is refused at the second', () =>
    refused(
      (client) =>
        transaction(client, async () => {
          await write(client, 'x');
          await client.query('set constraints all immediate');
          await write(client, 'y');
        }),
      { ...early, message: expect.stringContaining('already committed') as string },
    ));

  test('between writes to two streams is refused at the second', () =>
    refused(
      (client) =>
        transaction(client, async () => {
          await write(client, 'x');
          await client.query('set constraints all immediate');
          await client.query(`update users set name = 'x' where user_id = 1`);
        }),
      early,
    ));

  test('is refused also when the constraints are deferred again before writing', () =>
    refused(
      (client) =>
        transaction(client, async () => {
          await write(client, 'x');
          await client.query('set constraints all immediate');
          await client.query('set constraints all deferred');
          await write(client, 'y');
        }),
      early,
    ));

  test('after the last write is fine, and the change set is there before COMMIT', async () => {
    const recorded = await raw((client) =>
      transaction(client, async () => {
        await write(client, 'x');
        await write(client, 'y');
        await client.query('set constraints all immediate');
        const { rows } = await client.query<{ n: number }>(
          'select count(*)::int as n from log.stream s join log.change_set c using (stream_id, sequence) where s.stream_id = $1 and not s.is_open and c.committed_at = s.committed_at',
          [workflow.workflowId],
        );
        return rows[0]!.n;
      }),
    );
    expect(recorded.result).toBe(1);
    expect(recorded.commits).toHaveLength(1);
    expect(recorded.commits[0]!.rows).toHaveLength(6);
  });

  test('under a savepoint that is rolled back is undone with it', async () => {
    const recorded = await raw((client) =>
      transaction(client, async () => {
        await write(client, 'x');
        await client.query('savepoint s');
        await client.query('set constraints all immediate');
        await client.query('rollback to s');
        await client.query(`delete from attribute_decisions where item_id = $1`, [items[0]!.item_id]);
      }),
    );
    expect(recorded.commits).toHaveLength(1);
    expect(recorded.commits[0]!.rows).toHaveLength(4);
  });
});
