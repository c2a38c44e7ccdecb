/**
 * The chain of hashes, held against an independent computation after a history of everything the product can do, and of SQL
 * by hand with values that are meant to confuse it. And the log alone is enough to rebuild every row.
 */
import type pg from 'pg';
import { commitHash, type LoggedCommit, type LoggedRow } from '../../src/versioning/chain';
import { buildVersion, mutate, sampleContent, sampleItem, transition } from '../support/builders';
import {
  insertRows,
  liveRows,
  logFaults,
  loggedCommits,
  rawAttribute,
  rawVersion,
  replay,
  transaction,
  type RecordedCommit,
} from '../support/log';
import { chance } from '../support/chance';
import { ada, ben, olga, otherWorkflow, workflow, World } from '../support/world';

const hostile: Record<string, string> = {
  empty: '',
  blank: ' ',
  quotes: `'"\`\\''""`,
  'what looks like a field of the hash': '3:abc-0:4:null',
  dash: '-',
  'a backslash at the end': 'x\\',
  'line ends and tabs': 'a\r\nb\rc\n\td\u2028\u2029',
  control: '\u0001\u0007\u001b[31m\u007f',
  'composed and decomposed': 'é e\u0301 ñ n\u0303',
  'right to left': '\u202eשלום مرحبا\u202c',
  emoji: '🏦👩‍👩‍👧‍👦🇩🇪',
  'beyond the BMP': '\u{10ffff}𝒳𠜎',
  'no-break and zero width': '\u00a0\u200b\ufeff',
  'almost SQL': `'); drop table log.change_set; --`,
  'almost JSON': '{"a": [1, 2, {"b": null}]}',
  'almost a number': '1.10',
  'almost a COPY end': '\\.\n\\N',
  'very long': 'läng '.repeat(4_000),
};
/** JSON as text, with what JavaScript would not keep. */
const hostileJson = [
  'null',
  '{}',
  '[]',
  '"text"',
  '1.10',
  '-0.0',
  '1e400',
  '12345678901234567890',
  '{"n": 1.100, "big": 99999999999999999999999999.000000000000000000001, "tiny": 1e-300}',
  '{"b": 1, "a": 2, "aa": 3, "": 4, "B": 5, "é": 6, "__proto__": 7, "constructor": {"prototype": 8}}',
  '{"dup": 1, "dup": 2}',
  '[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]',
  `{"text": ${JSON.stringify(hostile.quotes)}}`,
  `{${JSON.stringify(hostile.emoji)}: ${JSON.stringify(hostile['right to left'])}}`,
];

let world: World;
let commits: RecordedCommit[];
beforeAll(async () => {
  world = await World.create();
  await throughTheApi();
  await world.session('owner', byHand);
  await throughTheApi();
  commits = await world.session('superuser', (client) => loggedCommits(client));
});
afterAll(() => world.destroy());

async function throughTheApi(): Promise<void> {
  for (const phase of ['PLANNING', 'SCOPING']) {
    await buildVersion(world, { phase, status: 'APPROVED' });
    const rejected = await buildVersion(world, { phase, status: 'REJECTED' });
    let draft = await transition(world, ada, 'reviseVersion', rejected, hostile.emoji);
    const put = (n: number, text: string | null) =>
      mutate(world, ben, 'putItems', 'PutItemsInput', {
        versionId: draft.versionId,
        expectedRevision: draft.revision,
        reason: text,
        items: {
          [phase === 'PLANNING' ? 'attributeDecisions' : 'scopingDecisions']: [
            { ...sampleItem(phase, n), [phase === 'PLANNING' ? 'decisionReason' : 'scopingRationale']: text },
          ],
        },
      });
    let n = 100;
    for (const text of [...Object.values(hostile), null]) draft = await put(n++, text);
    draft = await mutate(world, ada, 'updateVersion', 'UpdateVersionInput', {
      versionId: draft.versionId,
      expectedRevision: draft.revision,
      content: sampleContent(phase, 9),
    });
    draft = await transition(world, ada, 'deleteVersion', draft);
    draft = await transition(world, ada, 'undeleteVersion', draft);
    draft = await transition(world, ada, 'submitVersion', draft);
    await transition(world, ada, 'withdrawVersion', draft, hostile.quotes);
  }
}

/** A random history by the owner: transactions of random statements, some of them undone. */
async function byHand(client: pg.Client): Promise<void> {
  const next = chance(42);
  const random = (below: number) => Math.floor(next() * below);
  const [last] = (await client.query<{ n: number }>('select max(version_number) as n from phase_version')).rows;
  const drafts = [rawVersion({ version_number: last!.n + 1 }), rawVersion({ version_number: 1 }, otherWorkflow)];
  // The first belongs to a record that has a version in force.
  await transaction(client, async () => {
    await insertRows(client, 'phase_version', drafts);
    for (const draft of drafts)
      await insertRows(
        client,
        'attribute_decisions',
        Object.values(hostile).map((label) => rawAttribute(draft, { label, decision_reason: label })),
      );
  });
  const texts = Object.values(hostile);
  const steps: (() => Promise<unknown>)[] = [
    () =>
      insertRows(client, 'attribute_decisions', [
        rawAttribute(drafts[random(2)]!, { label: texts[random(texts.length)] }),
      ]),
    () =>
      client.query(
        `update attribute_decisions set attribute_data = $1, decision_reason = $2
         where item_id = (select item_id from attribute_decisions where version_id = $3 order by item_id limit 1 offset $4)`,
        [
          hostileJson[random(hostileJson.length)],
          random(3) ? texts[random(texts.length)] : null,
          drafts[random(2)]!.version_id,
          random(15),
        ],
      ),
    () =>
      client.query(
        `delete from attribute_decisions where item_id = (select item_id from attribute_decisions where version_id = $1 order by item_id limit 1 offset $2)`,
        [drafts[random(2)]!.version_id, random(15)],
      ),
    () => client.query(`select set_config('phaseledger.operator', $1, false)`, [texts[random(texts.length)]]),
    () =>
      client.query(`update users set name = 'x' || $1 where user_id = $2`, [
        texts[random(texts.length)],
        1 + random(11),
      ]),
    () =>
      client.query(`update cycles set end_date = $1, name = 'x' || $2`, [
        random(2) ? null : `2026-12-${10 + random(20)}`,
        texts[random(texts.length)],
      ]),
    () =>
      client.query(`update phase_version set approval_notes = $1 where version_id = $2`, [
        texts[random(texts.length)],
        drafts[random(2)]!.version_id,
      ]),
    () =>
      client.query(`update attribute_decisions set label = label || '.' where version_id = any($1)`, [
        drafts.map((draft) => draft.version_id),
      ]),
  ];
  for (const json of hostileJson) {
    await client.query('update attribute_decisions set attribute_data = $1 where version_id = $2', [
      json,
      drafts[0]!.version_id,
    ]);
  }
  for (let i = 0; i < 60; i++) {
    await client.query('begin');
    for (let j = random(5); j >= 0; j--) {
      await client.query('savepoint s');
      await steps[random(steps.length)]!();
      if (random(4) === 0) await client.query('rollback to s');
    }
    await client.query(random(5) === 0 ? 'rollback' : 'commit');
  }
  await client.query('truncate planning_phase_versions').catch(() => undefined);
  await client.query(`update users set name = 'user ' || user_id`);
}

describe('the log of a long history', () => {
  test('is long, and of every kind', () => {
    expect(commits.length).toBeGreaterThan(150);
    const rows = commits.flatMap((commit) => commit.rows);
    expect(new Set(rows.map(({ tableName, operation }) => `${operation} ${tableName}`)).size).toBeGreaterThan(15);
    const values = new Set(rows.flatMap(({ after }) => (after ? Object.values(JSON.parse(after) as object) : [])));
    for (const text of Object.values(hostile)) expect(values).toContain(text);
    expect(rows.some(({ after }) => after?.includes('12345678901234567890'))).toBe(true);
    expect(rows.some(({ after }) => after?.includes(': 1.10,'))).toBe(true);
    expect(new Set(commits.map(({ streamId }) => streamId)).size).toBe(3);
    expect(commits.some(({ reason }) => reason === hostile.quotes)).toBe(true);
  });

  test('has the hash of every commit that TypeScript computes from its texts', () => {
    expect(commits.map((commit) => commitHash(commit))).toEqual(commits.map(({ hash }) => hash));
  });

  test('links every commit to the one before it, without gaps, later each time', () => {
    const previous = new Map<string, RecordedCommit>();
    for (const commit of commits) {
      const before = previous.get(commit.streamId);
      expect(commit.sequence).toBe((before?.sequence ?? 0) + 1);
      expect(commit.previousHash).toBe(before?.hash ?? null);
      if (before) expect(Date.parse(commit.committedAt)).toBeGreaterThan(Date.parse(before.committedAt));
      previous.set(commit.streamId, commit);
    }
  });

  test('names with each commit exactly the versions whose rows it changed', () => {
    for (const { versionIds, rows } of commits) {
      const distinct = new Set(rows.flatMap(({ versionId }) => versionId ?? []));
      expect(versionIds).toEqual([...distinct].sort());
    }
  });

  test('replayed, gives exactly the rows that are there, to the last character', async () => {
    const live = await world.session('superuser', liveRows);
    const replayed = replay(commits);
    expect(replayed.size).toBeGreaterThan(80);
    expect(Object.fromEntries(replayed)).toEqual(Object.fromEntries(live));
  });

  test('the head of each stream is its last commit', async () => {
    const heads = await world.sql<{ id: string; hash: string }>(
      'owner',
      `select stream_id as id, encode(hash, 'hex') as hash from log.stream where sequence > 0`,
    );
    const last = new Map(commits.map(({ streamId, hash }) => [streamId, hash]));
    expect(new Map(heads.map(({ id, hash }) => [id, hash]))).toEqual(last);
  });

  test('is found sound by the check that the other tests rest on', async () => {
    expect(await world.session('superuser', logFaults)).toEqual([]);
  });
});

describe('somebody who switches a trigger off and', () => {
  const after = (...statements: string[]): Promise<string[]> =>
    world.session('superuser', async (client) => {
      await client.query('begin');
      for (const sql of statements) await client.query(sql);
      const faults = await logFaults(client);
      await client.query('rollback');
      return faults;
    });
  const open = 'alter table log.change_set disable trigger all; alter table log.row_change disable trigger all';
  const second = `stream_id = '${workflow.workflowId}' and sequence = 2`;

  test.each<[string, string, string | RegExp]>([
    [
      'edits a row, is found',
      `alter table users disable trigger user; update users set name = 'x' where user_id = 5`,
      /^users 5 is/,
    ],
    [
      'removes a row, is found',
      `alter table user_roles disable trigger user; delete from user_roles where user_id = 8`,
      /^user_roles 8,AUDITOR is gone/,
    ],
    [
      'adds a row, is found',
      `alter table users disable trigger user; insert into users (user_id, name) values (66, 'x')`,
      /^users 66 is .* the log says gone/,
    ],
    ['changes who did it, is found', `${open}; update log.change_set set actor_id = 5 where ${second}`, /another hash/],
    [
      'changes when it was, is found',
      `${open}; update log.change_set set committed_at = committed_at - interval '1 ms' where ${second}`,
      /another hash/,
    ],
    [
      'changes an image, is found',
      `${open}; update log.row_change set after = after || '{"x": 1}' where ${second} and ordinal = 1`,
      /another hash/,
    ],
    [
      'removes a commit, is found',
      `${open}; delete from log.row_change where ${second}; delete from log.change_set where ${second}`,
      /3 follows 1/,
    ],
    [
      'cuts the tail, is found',
      `${open}; delete from log.row_change r using log.stream s where r.stream_id = s.stream_id and r.sequence = s.sequence;
       delete from log.change_set c using log.stream s where c.stream_id = s.stream_id and c.sequence = s.sequence`,
      /the head of .* is elsewhere/,
    ],
    [
      'adds a row change, is found',
      `${open}; insert into log.row_change select stream_id, 9999, 1, table_name, row_id, version_id, operation, before, after from log.row_change limit 1`,
      /belong to no change set/,
    ],
    [
      'changes which versions a commit names, is found',
      `${open}; update log.change_set set version_ids = '{}' where ${second}`,
      /names other versions/,
    ],
  ])('%s', async (_, sql, fault) => {
    expect((await after(sql)).join('\n')).toMatch(new RegExp(fault, 'm'));
  });
});

describe('no two commits have one hash:', () => {
  const row: LoggedRow = {
    tableName: 'users',
    rowId: '1',
    versionId: 'v1',
    operation: 'UPDATE',
    before: '{"a": 1}',
    after: '{"a": 2}',
  };
  const commit: LoggedCommit = {
    streamId: 's1',
    sequence: 12,
    committedAt: '2026-10-01T00:00:00.000Z',
    changeSetId: 'c1',
    actorId: 3,
    origin: 'api',
    operation: 'putItems',
    reason: 'why',
    requestId: 'r1',
    occurredAt: '2026-09-01T00:00:00.000Z',
    operator: 'nfield',
    previousHash: 'ab',
    hash: 'is not part of itself',
    rows: [row, { ...row, rowId: '2' }],
  };
  const hash = commitHash(commit);
  const header = Object.keys(commit).filter((key) => !['hash', 'rows'].includes(key)) as (keyof LoggedCommit)[];
  const ofRow = Object.keys(row) as (keyof LoggedRow)[];
  const withRow = (change: Partial<LoggedRow>, index = 0): LoggedCommit => ({
    ...commit,
    rows: commit.rows.map((one, i) => (i === index ? { ...one, ...change } : one)),
  });

  test('what names no operator has the hash that it had before operators were noted', () => {
    expect(commitHash({ ...commit, operator: null })).toBe(
      '51e5f2590e97d8b8c5d8c1b817e7b79626fd0415441393850100911fd0db8bb0',
    );
  });
  test('the same says the same', () => {
    expect(commitHash(structuredClone(commit))).toBe(hash);
    expect(commitHash({ ...commit, hash: 'another' })).toBe(hash);
  });
  test.each(header)('another %s', (key) => {
    const value = commit[key] as string | number;
    for (const other of [typeof value === 'number' ? value + 1 : `${value}x`, typeof value === 'number' ? 0 : '', null])
      expect(commitHash({ ...commit, [key]: other })).not.toBe(hash);
  });
  test.each(header.filter((key) => typeof commit[key] === 'string'))(
    'an empty %s is not a missing one, nor a dash',
    (key) => {
      const hashes = ['', null, '-', '0:', '1:-'].map((value) => commitHash({ ...commit, [key]: value }));
      expect(new Set(hashes).size).toBe(5);
    },
  );
  test.each(ofRow)('another %s of a row', (key) => {
    for (const index of [0, 1])
      for (const other of [`${row[key]}x`, '', null])
        expect(commitHash(withRow({ [key]: other }, index))).not.toBe(hash);
    expect(commitHash(withRow({ [key]: '' }))).not.toBe(commitHash(withRow({ [key]: null })));
  });
  test('a character that moves from one field to the next', () => {
    const texts = [
      ...header.map((key) => [key, commit[key]] as const).filter(([, value]) => typeof value === 'string'),
    ] as [keyof LoggedCommit, string][];
    for (let i = 0; i + 1 < texts.length; i++) {
      const [[a, left], [b, right]] = [texts[i]!, texts[i + 1]!];
      expect(commitHash({ ...commit, [a]: left.slice(0, -1), [b]: left.slice(-1) + right })).not.toBe(hash);
      expect(commitHash({ ...commit, [a]: left + right[0], [b]: right.slice(1) })).not.toBe(hash);
      expect(commitHash({ ...commit, [a]: right, [b]: left })).not.toBe(hash);
    }
    for (let i = 0; i + 1 < ofRow.length; i++) {
      const [a, b] = [ofRow[i]!, ofRow[i + 1]!];
      expect(commitHash(withRow({ [a]: row[a]!.slice(0, -1), [b]: row[a]!.slice(-1) + row[b] }))).not.toBe(hash);
      expect(commitHash(withRow({ [a]: row[b], [b]: row[a] }))).not.toBe(hash);
    }
  });
  test('rows in another order, one more, one less, none, or one twice', () => {
    const [one, two] = commit.rows;
    for (const rows of [[two!, one!], [one!], [two!], [], [one!, two!, two!], [one!, one!]])
      expect(commitHash({ ...commit, rows })).not.toBe(hash);
  });
  test('lengths are counted in bytes, so no character hides in another', () => {
    const hashes = ['é', 'e\u0301', 'é ', 'ã©', '🏦', '\ud83c'].map((reason) => commitHash({ ...commit, reason }));
    expect(new Set(hashes).size).toBe(6);
  });
  test('the database computes the same one', async () => {
    await expect(
      world.sql<{ field: string }>(
        'owner',
        `select log.field('é🏦') || log.field('') || log.field(null) || log.field('-') as field`,
      ),
    ).resolves.toEqual([{ field: '6:é🏦0:-1:-' }]);
  });
});

test('everything that people did is under their name, and nothing else is under any', () => {
  for (const { origin, actorId } of commits) {
    if (origin === 'api') expect([ada, ben, olga]).toContain(actorId);
    else expect([origin, actorId]).toEqual(['db:phaseledger_owner', null]);
  }
});
